"""A juror's hearings, day by day, and what they need in the room."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from hubs_portal.accounts.models import User
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import PARIS
from juries.enums import HearingState, Verdict
from juries.models import Hearing, InterestDeclaration, Seat, Slot
from juries.rules.hearings import voters
from juries.selectors.visible import hearings_visible_to


@dataclass(frozen=True)
class Expected:
    """A hearing of one of the juror's panels. `may_sit` is false while a tie they declared is looked at."""

    hearing: Hearing
    seat: Seat
    may_sit: bool
    at: datetime

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.hearing.state == HearingState.CANCELLED

    @property
    def is_over(self) -> bool:
        """Whether it is past, or was held."""
        return self.hearing.state == HearingState.HELD or self.hearing.slot.ends_at <= self.at


@dataclass(frozen=True)
class Part:
    """A part of a hearing: its name, its length, its hours."""

    label: Sentence
    minutes: int
    starts_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


def agenda(user: User, at: datetime) -> list[Expected]:
    """Every hearing the person was told of, the earliest first: one query, then two for each seat."""
    found = [expected for seat in _seats(user) for expected in _of_seat(seat, at)]
    return sorted(found, key=lambda expected: (expected.hearing.slot.starts_at, expected.hearing.pk))


def by_day(found: list[Expected]) -> list[tuple[date, list[Expected]]]:
    """The same, grouped by the day it is in Paris."""
    days = groupby(found, key=lambda expected: expected.hearing.slot.starts_at.astimezone(PARIS).date())
    return [(day, list(those)) for day, those in days]


def find_expected(user: User, pk: int, at: datetime) -> Expected | None:
    """One of them: at most three queries for each seat."""
    for seat in _seats(user):
        if found := next((e for e in _of_seat(seat, at, pk=pk)), None):
            return found
    return None


def parts(slot: Slot) -> list[Part]:
    """Presentation, questions, exchange: those that last some time."""
    shown: list[Part] = []
    at = slot.starts_at
    for label, minutes in (
        (_("Présentation du candidat"), slot.presentation_minutes),
        (_("Questions du jury"), slot.questions_minutes),
        (_("Échange entre jurés, sans le candidat"), slot.exchange_minutes),
    ):
        if minutes:
            shown.append(Part(label, minutes, at))
        at += timedelta(minutes=minutes)
    return shown


def panel_of(expected: Expected) -> list[Seat]:
    """Who may be in the room for the jury: one query."""
    return voters(expected.hearing.panel, expected.hearing.candidacy)


def _seats(user: User) -> list[Seat]:
    return list(Seat.objects.of(user).sworn().select_related("user", "jury__call"))


def _of_seat(seat: Seat, at: datetime, pk: int | None = None) -> list[Expected]:
    rows = hearings_visible_to(seat).select_related("candidacy__call")
    hearings = list(rows if pk is None else rows.filter(pk=pk))
    cleared = InterestDeclaration.objects.filter(
        seat=seat, verdict=Verdict.NONE, candidacy__in=[hearing.candidacy_id for hearing in hearings]
    )
    may = set(cleared.values_list("candidacy", flat=True)) if hearings else set()
    return [Expected(hearing, seat, hearing.candidacy_id in may, at) for hearing in hearings]
