"""Hearings as their candidate knows them: from the convocation on, with what each letter said since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from applications.models import Candidacy
from applications.selectors.told import Appointment
from juries.enums import HearingState
from juries.models import Hearing, JuryLine
from juries.selectors.hearings import hearings_told_to

TEMPLATE = "candidate/_hearing.html"


def appointments(candidacies: Sequence[Candidacy]) -> Mapping[int, Appointment]:
    """The hearing each candidate is expected at: one query. A cancelled one is told until another is convened."""
    told = Hearing.objects.filter(candidacy__in=candidacies, convened_at__isnull=False)
    numbers = {candidacy.pk: candidacy.number for candidacy in candidacies}
    found: dict[int, Hearing] = {}
    for hearing in sorted(told.select_related("slot"), key=_rank):
        found[hearing.candidacy_id] = hearing
    return {pk: _appointment(hearing, numbers[pk]) for pk, hearing in found.items()}


def _rank(hearing: Hearing) -> tuple[bool, datetime | None, int]:
    return not is_cancelled(hearing), hearing.convened_at, hearing.pk


def is_cancelled(hearing: Hearing) -> bool:
    """Whether it was given up."""
    return hearing.state == HearingState.CANCELLED


def _appointment(hearing: Hearing, number: str) -> Appointment:
    """By what the candidate knows alone: that the office has written it down as held changes nothing here."""
    return Appointment(
        url=reverse("hearing", args=[number]),
        starts_at=hearing.slot.starts_at,
        ends_at=hearing.slot.candidate_leaves_at,
        is_confirmed=hearing.confirmed_at is not None,
        is_cancelled=is_cancelled(hearing),
        template=TEMPLATE,
        context={"hearing": hearing, "slot": hearing.slot},
    )


@dataclass(frozen=True)
class Change:
    """What the last letter said: why the hearing moved, or why it does not take place."""

    act: str
    reason: str
    at: datetime
    former: datetime | None


def current_hearing(candidacy: Candidacy) -> Hearing | None:
    """The hearing the candidate is expected at, or the last one that was cancelled: one query."""
    told = hearings_told_to(candidacy).select_related("slot", "panel__jury", "candidacy__call")
    return max(told, key=_rank, default=None)


def last_change(hearing: Hearing) -> Change | None:
    """Why it is not where its first letter said: one query, none for a hearing that never changed."""
    if not hearing.sequence:
        return None
    lines = JuryLine.objects.filter(
        subject=hearing.panel.jury_id,
        act__in=["move", "cancel"],
        details__candidacy=hearing.candidacy.number,
        details__sequence=hearing.sequence,
    )
    line = lines.order_by("-sequence").first()
    if line is None:
        return None
    former = line.details.get("before")
    return Change(line.act, line.note, line.at, datetime.fromisoformat(former) if former else None)
