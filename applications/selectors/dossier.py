"""A dossier as its last save left it: what it says, what it lacks, who wrote what, and whether it may still change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.content import Content, kept_content
from applications.enums import CandidacyState, Rights, Section, TerritoryKind
from applications.models import Document, Member, SectionEdit, Territory
from applications.models.dossier import UNUSABLE
from applications.rules.completeness import DOCUMENTS, Expectations, Missing, Weight, blocking, missing
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal.templatetags.french import clock, day, paris

PLACES = [*Section, DOCUMENTS]


@dataclass(frozen=True)
class Draft:
    """Everything the pages of a dossier show, read together."""

    member: Member
    at: datetime
    content: Content
    expected: Expectations
    edits: Mapping[str, SectionEdit]
    items: list[Missing]

    def lacks(self, place: str) -> list[Missing]:
        """What is missing in one place, advice included."""
        return [item for item in self.items if item.place == place]

    def seen(self, place: str) -> int:
        """The revision of a section that a page built from this draft shows."""
        return self.edits[place].revision if place in self.edits else 0

    @property
    def read_only(self) -> str:
        """Why nothing can be changed, in a sentence; empty when everything can."""
        return why_read_only(self.member, self.at)


def draft_of(member: Member, at: datetime) -> Draft:
    """Read the draft in five queries at most, whatever its size.

    The edits are read before the content: a save that falls in between makes the page look stale, which costs a
    comparison; the other way round its text would be overwritten unawares.
    """
    candidacy = member.candidacy
    edits = {edit.section: edit for edit in SectionEdit.objects.filter(dossier=candidacy.dossier)}
    content = kept_content(candidacy.dossier)
    expected = Expectations.of(candidacy.call, content["organisation"]["legal_form"], at.date())
    items = missing(expected, content, _unreadable(member) if content["documents"] else ())
    return Draft(member, at, content, expected, edits, items)


def _unreadable(member: Member) -> set[str]:
    found = Document.objects.filter(dossier=member.candidacy.dossier, state__in=UNUSABLE)
    return set(found.values_list("stored__digest", flat=True))


def why_read_only(member: Member, at: datetime) -> str:
    """Why this person changes nothing of the dossier, in a sentence; empty when they may."""
    candidacy, call = member.candidacy, member.candidacy.call
    if candidacy.state == CandidacyState.WITHDRAWN:
        return _("Cette candidature est retirée : son dossier se lit, mais ne se modifie plus.")
    if at < call.opens_at:
        return _("L’appel ouvre le %(opening)s : le dossier se remplira à partir de cette date.") % {
            "opening": paris(call.opens_at)
        }
    if at >= call.closes_at or not call.takes_candidacies(at) or candidacy.state not in WITH_A_LIVE_DRAFT:
        return _("L’appel est clos depuis le %(closing)s : le dossier se lit, mais ne se modifie plus.") % {
            "closing": paris(call.closes_at)
        }
    if not member.may(Rights.EDIT):
        return _("Vous pouvez lire ce dossier. Pour le modifier, demandez ce droit à la personne qui le dépose.")
    return ""


def place_label(place: str) -> str:
    """The name of a section, or of the documents."""
    return _("Les pièces à joindre") if place == DOCUMENTS else str(Section(place).label)


def place_url(number: str, place: str) -> str:
    """Its address."""
    return reverse("documents", args=[number]) if place == DOCUMENTS else reverse("section", args=[number, place])


def tasks(draft: Draft) -> list[dict[str, Any]]:
    """The lines of the task list: each place with its state, what is missing there and who wrote in it last."""
    return [_task(draft, place) for place in PLACES]


def _task(draft: Draft, place: str) -> dict[str, Any]:
    waiting = blocking(draft.lacks(place))
    # Signalling has begun to describe the structure.
    begun = draft.seen(place) > 0 or place == Section.ORGANISATION
    notes = [_count(place, len(waiting)), *_advice(draft, place), last_edit(draft, place)] if begun else []
    return {
        "place": place,
        "label": place_label(place),
        "url": place_url(draft.content["number"], place),
        "state": "done" if not waiting else "started" if begun else "todo",
        "note": " ".join(filter(None, notes)),
    }


def _count(place: str, number: int) -> str:
    if not number:
        return ""
    if place == DOCUMENTS:
        return ngettext("Il manque une pièce.", "Il manque %(n)s pièces.", number) % {"n": number}
    return ngettext("Il manque une réponse.", "Il manque %(n)s réponses.", number) % {"n": number}


def _advice(draft: Draft, place: str) -> list[str]:
    """What does not hold the submission back, in brief."""
    said = [item for item in draft.lacks(place) if item.weight is not Weight.BLOCKING]
    follow = sum(item.weight is Weight.WILL_FOLLOW for item in said)
    advised = sum(item.weight is Weight.ADVICE for item in said)
    return [
        ngettext("Une pièce suivra.", "%(n)s pièces suivront.", follow) % {"n": follow} if follow else "",
        ngettext("Un point à vérifier.", "%(n)s points à vérifier.", advised) % {"n": advised} if advised else "",
    ]


def last_edit(draft: Draft, place: str) -> str:
    """Who wrote there last, and when."""
    edit = draft.edits.get(place)
    if edit is None or edit.revision == 0:
        return ""
    return _("Modifié par %(who)s le %(day)s à %(hour)s.") % {
        "who": edit.edited_by,
        "day": day(edit.edited_at),
        "hour": clock(edit.edited_at),
    }


def next_step(draft: Draft) -> dict[str, str]:
    """The one thing to do next: the first place that lacks something, then the review."""
    number = draft.content["number"]
    if not draft.read_only:
        for place in PLACES:
            if blocking(draft.lacks(place)):
                label = _("Continuer : %(place)s") % {"place": place_label(place)}
                return {"label": label, "url": place_url(number, place)}
    label = _("Relire le dossier") if draft.read_only else _("Vérifier et déposer")
    return {"label": label, "url": reverse("review", args=[number])}


def territories_of(draft: Draft) -> list[Territory]:
    """The territories this call takes, region after region; those of the dossier in any case."""
    call, chosen = draft.member.candidacy.call, {territory["code"] for territory in draft.content["territories"]}
    return [
        territory
        for territory in sorted(Territory.objects.all(), key=lambda territory: territory.rank)
        if call.collectivities_accepted or territory.kind != TerritoryKind.COLLECTIVITY or territory.code in chosen
    ]
