"""What the candidate's pages say of a candidacy: its state in words, and what is missing."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F

from applications.content import Content
from applications.enums import CandidacyState, Rights
from applications.models import (
    Candidacy,
    CandidacyLetter,
    Document,
    Dossier,
    DossierRevision,
    Member,
    Question,
    RequirementRule,
    Submission,
)
from applications.models.candidacy import MemberQuerySet
from applications.models.dossier import UNUSABLE
from applications.rules.completeness import Expectations, blocking, missing
from applications.selectors.after_closing import after_closing
from applications.selectors.banner import Banner, before_closing, is_over, last_submission
from applications.selectors.replacing import awaited_counts
from applications.selectors.told import Told, told, told_of


def banner(candidacy: Candidacy, dossier: Dossier, at: datetime) -> Banner:
    """The banner of every page of a dossier: one query, and after the closing what was told, three more at most."""
    last = last_submission(candidacy)
    return banner_of(candidacy, dossier, last, at, told_of(candidacy) if is_over(candidacy, at) else None)


def banner_of(
    candidacy: Candidacy, dossier: Dossier, last: Submission | None, at: datetime, told: Told | None
) -> Banner:
    """The same when what it needs is already read (`told` after the closing only): no query."""
    if told is None:
        return before_closing(candidacy, dossier, last, at)
    return after_closing(candidacy, dossier, last, told, at)


@dataclass(frozen=True)
class Card:
    """A candidacy on the desk of one of its members; `lacks` counts what a submission waits for, once begun."""

    member: Member
    banner: Banner
    lacks: int | None
    messages: int
    at: datetime
    told: Told | None
    to_replace: int

    @property
    def candidacy(self) -> Candidacy:
        """The candidacy of the card."""
        return self.member.candidacy

    @property
    def is_over(self) -> bool:
        """Whether the call is closed: what was told since is then all there is to show."""
        return self.told is not None

    @property
    def next_step(self) -> str:
        """The one thing to do next: read, resume, start, continue, or submit (for whoever may)."""
        if self.told is not None:
            return self._next_step_after(self.told)
        if self.candidacy.state == CandidacyState.WITHDRAWN:
            return "resume" if self.member.may(Rights.SUBMIT) else "read"
        if not self.member.may(Rights.EDIT):
            return "read"
        if self.lacks is None:
            return "start"
        if self.lacks or self.banner.kind == "filed":
            return "continue"
        return "submit" if self.member.may(Rights.SUBMIT) else "review"

    def _next_step_after(self, told: Told) -> str:
        """After the closing: complete, answer a convocation, send a file again (for whoever may), follow, or read."""
        if self.member.may(Rights.EDIT):
            if told.may_complete(self.at):
                return "complete"
            if told.appointment and told.appointment.waits_for_an_answer(self.at):
                return "confirm"
            if self.to_replace:
                return "replace"
        return "follow" if self.banner.kind != "closed" else "read"


def cards(memberships: MemberQuerySet, at: datetime) -> list[Card]:
    """The desk of a person, the latest candidacy first: eleven queries at most, for one candidacy or for thirty."""
    joined = ("user", "candidacy__call", "candidacy__organisation", "candidacy__dossier")
    members = list(memberships.select_related(*joined).order_by("-candidacy__signalled_at", "-pk"))
    candidacies = [member.candidacy for member in members]
    last, letters = _last_submissions(candidacies), _letters(candidacies)
    lacking = _lacking([candidacy for candidacy in candidacies if not is_over(candidacy, at)], at)
    since = told([candidacy for candidacy in candidacies if is_over(candidacy, at)])
    to_replace = awaited_counts(candidacies)
    return [
        Card(
            member,
            banner_of(member.candidacy, member.candidacy.dossier, last.get(pk), at, since.get(pk)),
            lacking.get(pk),
            letters.get(pk, 0),
            at,
            since.get(pk),
            to_replace.get(pk, 0),
        )
        for member in members
        for pk in [member.candidacy_id]
    ]


def _last_submissions(candidacies: Sequence[Candidacy]) -> dict[int, Submission]:
    latest = Submission.objects.latest_of_each().filter(candidacy__in=candidacies).defer("content")
    return {submission.candidacy_id: submission for submission in latest}


def _letters(candidacies: Sequence[Candidacy]) -> dict[int, int]:
    """How many letters each shows among its « messages reçus »."""
    readable = CandidacyLetter.objects.filter(candidacy__in=candidacies, candidacy__members__email=F("letter__address"))
    return dict(readable.values_list("candidacy").annotate(Count("letter", distinct=True)))


def _lacking(candidacies: Sequence[Candidacy], at: datetime) -> dict[int, int]:
    """How many blocking things each lacks, for those of which something was saved: four queries, none for none."""
    if not candidacies:
        return {}
    kept = DossierRevision.objects.filter(
        dossier__candidacy__in=candidacies, revision=F("dossier__revision")
    ).values_list("dossier__candidacy", "content")
    contents = {pk: json.loads(content) for pk, content in kept}
    expected = _Expected([candidacy.call_id for candidacy in candidacies])
    damaged = _unreadable(candidacies)
    found = {}
    for candidacy in candidacies:
        if content := contents.get(candidacy.pk):
            items = missing(expected.of(candidacy, content, at), content, damaged[candidacy.pk])
            found[candidacy.pk] = len(blocking(items))
    return found


def _unreadable(candidacies: Sequence[Candidacy]) -> dict[int, set[str]]:
    """The fingerprints of the files nobody can open, by candidacy."""
    rows = Document.objects.filter(dossier__candidacy__in=candidacies, state__in=UNUSABLE)
    found: dict[int, set[str]] = defaultdict(set)
    for candidacy_id, digest in rows.values_list("dossier__candidacy", "stored__digest"):
        found[candidacy_id].add(digest)
    return found


class _Expected:
    """What several calls expect, read together: two queries."""

    def __init__(self, calls: Sequence[int]) -> None:
        self.questions: dict[int, list[Question]] = defaultdict(list)
        self.rules: dict[int, list[RequirementRule]] = defaultdict(list)
        for question in Question.objects.filter(call__in=calls):
            self.questions[question.call_id].append(question)
        for rule in RequirementRule.objects.filter(requirement__call__in=calls).select_related("requirement"):
            self.rules[rule.requirement.call_id].append(rule)

    def of(self, candidacy: Candidacy, content: Content, at: datetime) -> Expectations:
        """What the call of this candidacy expects of it."""
        call, form = candidacy.call, content["organisation"]["legal_form"]
        return Expectations.among(call, self.questions[call.pk], self.rules[call.pk], form, at.date())
