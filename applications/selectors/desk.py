"""What the candidate's pages say of a candidacy: its state in words, and what is missing."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F
from django.utils.translation import gettext as _

from applications.content import Content
from applications.enums import CandidacyState, DocumentState, Rights
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
from applications.rules.completeness import Expectations, blocking, missing
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal.templatetags.french import clock_second, day, paris

_STILL_FILED = (CandidacyState.SUBMITTED, CandidacyState.FROZEN)


@dataclass(frozen=True)
class Banner:
    """The state of a dossier in words; `kind` (draft, filed, changed, closed) gives its shape and colour.

    For the page: `{% include "partials/state_banner.html" with state_kind=banner.kind state_word=banner.word
    state_lines=banner.lines %}`, in the block `before_main`.
    """

    kind: str
    word: str
    lines: list[str] = field(default_factory=list)


def is_over(candidacy: Candidacy, at: datetime) -> bool:
    """Whether nothing can be changed or submitted any more: by time alone, or because the list is frozen."""
    call = candidacy.call
    return call.is_closed(at) or call.frozen_at is not None


def last_submission(candidacy: Candidacy) -> Submission | None:
    """The version that counts, its content left unread: one query."""
    return candidacy.submissions.order_by("-version").defer("content").first()


def banner(candidacy: Candidacy, dossier: Dossier, at: datetime) -> Banner:
    """The banner of every page of a dossier: one query. After the closing it tells only what was notified."""
    return banner_of(candidacy, dossier, last_submission(candidacy), at)


def banner_of(candidacy: Candidacy, dossier: Dossier, last: Submission | None, at: datetime) -> Banner:
    """The same when the last submission is already known: no query."""
    closing = {"closing": paris(candidacy.call.closes_at)}
    if candidacy.state == CandidacyState.WITHDRAWN:
        return _withdrawn(candidacy, at)
    if is_over(candidacy, at):
        return _after_closing(candidacy, dossier, last)
    if candidacy.state == CandidacyState.SUBMITTED and last:
        if dossier.revision > last.revision:
            return _changed(last)
        return Banner(
            "filed",
            _filed(last),
            [_("Vous pouvez le modifier et le déposer de nouveau jusqu’au %(closing)s.") % closing],
        )
    lines = [_("À déposer avant le %(closing)s.") % closing]
    if last:
        lines.append(
            _("La version %(n)s, déposée avant le retrait, ne compte plus : déposez de nouveau.") % {"n": last.version}
        )
    return Banner("draft", _("BROUILLON – NON DÉPOSÉ"), lines)


def _filed(last: Submission) -> str:
    return _("DÉPOSÉ le %(day)s à %(hour)s – version %(n)s") % {
        "day": day(last.arrived_at),
        "hour": clock_second(last.arrived_at),
        "n": last.version,
    }


def _changed(last: Submission) -> Banner:
    said = {"n": last.version, "day": day(last.arrived_at), "hour": clock_second(last.arrived_at)}
    return Banner(
        "changed",
        _("DÉPOSÉ (version %(n)s) – des modifications ne sont pas déposées") % said,
        [_("La version %(n)s, déposée le %(day)s à %(hour)s, compte tant que vous n’en déposez pas une autre.") % said],
    )


def _withdrawn(candidacy: Candidacy, at: datetime) -> Banner:
    lines = [_("Aucune version ne sera examinée.")]
    if not is_over(candidacy, at):
        lines.append(_("Vous pouvez la reprendre jusqu’au %(closing)s.") % {"closing": paris(candidacy.call.closes_at)})
    return Banner("closed", _("CANDIDATURE RETIRÉE"), lines)


def _after_closing(candidacy: Candidacy, dossier: Dossier, last: Submission | None) -> Banner:
    notified = CandidacyState(candidacy.notified_state)
    if notified in _STILL_FILED and last:
        lines = [_("L’appel est clos. Vous serez informé par courriel de la suite donnée à votre dossier.")]
        if dossier.revision > last.revision:
            lines.append(_("Ce qui a été modifié après ce dépôt n’est pas pris en compte."))
        return Banner("filed", _filed(last), lines)
    if notified in {*WITH_A_LIVE_DRAFT, CandidacyState.NOT_SUBMITTED}:
        return Banner(
            "closed",
            _("APPEL CLOS – DOSSIER NON DÉPOSÉ"),
            [_("L’appel a fermé le %(closing)s.") % {"closing": paris(candidacy.call.closes_at)}],
        )
    kind = "changed" if notified == CandidacyState.INCOMPLETE else "closed"
    lines = [_("Le courriel reçu à ce sujet est dans vos messages.")]
    return Banner(kind, str(notified.label).upper(), lines)


@dataclass(frozen=True)
class Card:
    """A candidacy on the desk of one of its members; `lacks` counts what a submission waits for, once begun."""

    member: Member
    banner: Banner
    lacks: int | None
    messages: int
    is_over: bool

    @property
    def candidacy(self) -> Candidacy:
        """The candidacy of the card."""
        return self.member.candidacy

    @property
    def next_step(self) -> str:
        """The one thing to do next: read, resume, start, continue, or submit (for whoever may)."""
        if self.is_over:
            return "read"
        if self.candidacy.state == CandidacyState.WITHDRAWN:
            return "resume" if self.member.may(Rights.SUBMIT) else "read"
        if not self.member.may(Rights.EDIT):
            return "read"
        if self.lacks is None:
            return "start"
        if self.lacks or self.banner.kind == "filed":
            return "continue"
        return "submit" if self.member.may(Rights.SUBMIT) else "review"


def cards(memberships: MemberQuerySet, at: datetime) -> list[Card]:
    """The desk of a person, the latest candidacy first: seven queries, for one candidacy or for thirty."""
    joined = ("user", "candidacy__call", "candidacy__organisation", "candidacy__dossier")
    members = list(memberships.select_related(*joined).order_by("-candidacy__signalled_at", "-pk"))
    candidacies = [member.candidacy for member in members]
    last, lacking, letters = _last_submissions(candidacies), _lacking(candidacies, at), _letters(candidacies)
    return [
        Card(
            member,
            banner_of(member.candidacy, member.candidacy.dossier, last.get(member.candidacy_id), at),
            lacking.get(member.candidacy_id),
            letters.get(member.candidacy_id, 0),
            is_over(member.candidacy, at),
        )
        for member in members
    ]


def _last_submissions(candidacies: Sequence[Candidacy]) -> dict[int, Submission]:
    latest = Submission.objects.latest_of_each().filter(candidacy__in=candidacies).defer("content")
    return {submission.candidacy_id: submission for submission in latest}


def _letters(candidacies: Sequence[Candidacy]) -> dict[int, int]:
    """How many letters each shows among its « messages reçus »."""
    readable = CandidacyLetter.objects.filter(candidacy__in=candidacies, candidacy__members__email=F("letter__address"))
    return dict(readable.values_list("candidacy").annotate(Count("letter", distinct=True)))


def _lacking(candidacies: Sequence[Candidacy], at: datetime) -> dict[int, int]:
    """How many blocking things each lacks, for those of which something was saved: four queries."""
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
    bad = [DocumentState.UNREADABLE, DocumentState.QUARANTINED]
    rows = Document.objects.filter(dossier__candidacy__in=candidacies, state__in=bad)
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
