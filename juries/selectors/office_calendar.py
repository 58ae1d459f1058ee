"""The hearings of a jury, week by week: rooms as columns, times as rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from applications.enums import CandidacyState
from applications.models import Candidacy
from hubs_portal.templatetags.french import PARIS
from juries.enums import HearingState
from juries.models import Hearing, Jury, Slot
from juries.workflow import STANDING

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Place:
    """A slot, and the hearing that takes it, if any."""

    slot: Slot
    hearing: Hearing | None
    is_past: bool


@dataclass(frozen=True)
class Line:
    """What begins at a time, room by room."""

    starts_at: datetime
    places: list[Place | None]


@dataclass(frozen=True)
class Day:
    """A day and its times."""

    on: date
    lines: list[Line]


@dataclass(frozen=True)
class WeekChoice:
    """A week that has slots, to go to."""

    monday: date
    slots: int
    taken: int
    is_shown: bool

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)


@dataclass(frozen=True)
class Calendar:
    """The week shown, the others to go to."""

    weeks: list[WeekChoice]
    rooms: list[str]
    days: list[Day]
    free: int
    drafts: int


def calendar(jury: Jury, at: datetime, asked: date | None = None) -> Calendar:
    """The calendar at the week of `asked`, otherwise at the first with something to come: two queries."""
    places = _places(jury, at)
    if not places:
        return Calendar([], [], [], 0, 0)
    shown = _monday(asked) if asked else _first(places, at)
    of_week = [place for place in places if _monday_of(place) == shown]
    rooms = sorted({place.slot.room for place in of_week})
    drafts = sum(p.hearing is not None and p.hearing.state == HearingState.PROPOSED for p in places)
    free = sum(place.hearing is None and not place.is_past for place in places)
    return Calendar(_weeks(places, shown), rooms, _days(of_week, rooms), free, drafts)


def _places(jury: Jury, at: datetime) -> list[Place]:
    taken = {hearing.slot_id: hearing for hearing in standing_hearings(jury)}
    slots = jury.slots.select_related("panel").order_by("starts_at", "room")
    return [Place(slot, taken.get(slot.pk), slot.starts_at <= at) for slot in slots]


def standing_hearings(jury: Jury) -> list[Hearing]:
    """Every hearing of the jury that was not cancelled, in order of time."""
    rows = Hearing.objects.filter(panel__jury=jury, state__in=sorted(STANDING))
    return list(rows.select_related("slot", "panel", "candidacy__organisation").order_by("slot__starts_at", "pk"))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _monday_of(place: Place) -> date:
    return _monday(timezone.localtime(place.slot.starts_at, PARIS).date())


def _first(places: Iterable[Place], at: datetime) -> date:
    """The present week when it has slots, the next that has some otherwise, the last one when all is over."""
    mondays = sorted({_monday_of(place) for place in places})
    present = _monday(timezone.localtime(at, PARIS).date())
    return next((monday for monday in mondays if monday >= present), mondays[-1])


def _weeks(places: Iterable[Place], shown: date) -> list[WeekChoice]:
    slots, taken = Counter[date](), Counter[date]()
    for place in places:
        slots[_monday_of(place)] += 1
        taken[_monday_of(place)] += place.hearing is not None
    return [WeekChoice(monday, slots[monday], taken[monday], monday == shown) for monday in sorted(slots)]


def _days(places: Iterable[Place], rooms: list[str]) -> list[Day]:
    days: dict[date, dict[datetime, dict[str, Place]]] = {}
    for place in places:
        start = place.slot.starts_at
        day = days.setdefault(timezone.localtime(start, PARIS).date(), {})
        day.setdefault(start, {})[place.slot.room] = place
    return [
        Day(on, [Line(start, [found.get(room) for room in rooms]) for start, found in sorted(lines.items())])
        for on, lines in sorted(days.items())
    ]


def waiting(jury: Jury) -> list[Candidacy]:
    """The shortlisted candidacies of the jury's panels that no hearing waits for."""
    standing = Hearing.objects.filter(candidacy=OuterRef("pk"), state__in=sorted(STANDING))
    given = Candidacy.objects.filter(assignment__panel__jury=jury, state=CandidacyState.SHORTLISTED)
    rows = given.filter(~Exists(standing)).select_related("organisation", "assignment__panel")
    return list(rows.order_by("number"))


def free_slots_of(jury: Jury, at: datetime) -> list[Slot]:
    """The slots of the jury that are still to come and that no hearing takes."""
    taken = Hearing.objects.filter(slot=OuterRef("pk"), state__in=sorted(STANDING))
    rows = jury.slots.filter(~Exists(taken), starts_at__gt=at).select_related("panel")
    return list(rows.order_by("starts_at", "room"))
