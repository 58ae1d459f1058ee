"""What waits for a juror, as their reminders say it, and the mornings on which it is worth one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone

from hubs_portal.letters.models import Letter
from hubs_portal.letters.timed import morning_of
from hubs_portal.templatetags.french import PARIS
from juries.enums import Stage, Verdict
from juries.models import Hearing, ScoreSheet, Seat
from juries.selectors.assigned import Assigned, assigned_to
from juries.selectors.visible import hearings_visible_to
from juries.workflow import AWAITED, COUNTED

_SILENT_FOR = (2, 5)  # days after the dossiers were given, while ties are not declared
_BEFORE_SCORES = (7, 2)  # days before the scores are expected
_BEFORE_HEARING = 2  # days
_TOO_SOON = timedelta(days=1)


@dataclass(frozen=True)
class Waits:
    """Ties to declare, dossiers to read, and the hearings of the next days."""

    undeclared: int
    unread: int
    days: list[tuple[date, list[Hearing]]]

    def __bool__(self) -> bool:
        return bool(self.undeclared or self.unread or self.days)


def waits_of(seat: Seat, at: datetime) -> Waits:
    """What waits for the juror now: seven queries."""
    held = _to_hear(seat)
    return _waits(seat, held, _hearings(seat, held, at), at)


def reminder_of(seat: Seat, at: datetime, *, since: datetime | None) -> Waits | None:
    """What to remind the juror of: `None` when nothing waits, or when no morning of theirs came since.

    Asked of every juror at each sweep: most of the time three short queries are enough to say that no morning came.
    """
    if not _came(_possible_mornings(seat, at), at, since):
        return None
    held = _to_hear(seat)
    hearings = _hearings(seat, held, at)
    waits = _waits(seat, held, hearings, at)
    return waits if waits and _came(_mornings(seat, waits, hearings), at, since) else None


def _came(mornings: Iterable[datetime], at: datetime, since: datetime | None) -> bool:
    return any(morning <= at and (since is None or since < morning) for morning in mornings)


def _to_hear(seat: Seat) -> list[Assigned]:
    """The candidacies of the docket not heard yet, those apart where a tie of theirs is looked at."""
    return [one for one in assigned_to(seat) if not one.heard and one.verdict in ("", Verdict.NONE)]


def _hearings(seat: Seat, held: list[Assigned], at: datetime) -> list[Hearing]:
    mine = hearings_visible_to(seat).filter(state__in=sorted(AWAITED), slot__starts_at__gt=at)
    return list(mine.filter(candidacy__in=[one.candidacy.pk for one in held]).order_by("slot__starts_at", "pk"))


def _waits(seat: Seat, held: list[Assigned], hearings: list[Hearing], at: datetime) -> Waits:
    done = ScoreSheet.objects.filter(seat=seat, stage=Stage.BEFORE, state__in=sorted(COUNTED))
    locked = set(done.values_list("candidacy", flat=True))
    soon = timezone.localdate(at, PARIS) + timedelta(days=_BEFORE_HEARING)
    return Waits(
        undeclared=sum(not one.verdict for one in held),
        unread=sum(one.reads and one.candidacy.pk not in locked for one in held),
        days=[(day, those) for day, those in _by_day(hearings) if day <= soon],
    )


def _by_day(hearings: list[Hearing]) -> list[tuple[date, list[Hearing]]]:
    days = groupby(hearings, key=lambda hearing: timezone.localdate(hearing.slot.starts_at, PARIS))
    return [(day, list(those)) for day, those in days]


# ---------------------------------------------------------------- mornings


def _mornings(seat: Seat, waits: Waits, hearings: list[Hearing]) -> Iterator[datetime]:
    """When each thing that waits falls due."""
    given = _given(seat)
    if waits.undeclared:
        yield from _for_ties(given)
    if waits.unread:
        yield from _for_scores(seat, given)
    told = _told(seat)
    for day, those in _by_day(hearings):
        morning = _for_hearings(day)
        if any(told.get(hearing.pk, morning) <= morning - _TOO_SOON for hearing in those):
            yield morning


def _possible_mornings(seat: Seat, at: datetime) -> Iterator[datetime]:
    """All of those above and maybe more, without asking what waits for this juror."""
    given = _given(seat)
    yield from _for_ties(given)
    yield from _for_scores(seat, given)
    of_their_panels = Hearing.objects.filter(panel__in=seat.panels.all(), state__in=sorted(AWAITED))
    starts = of_their_panels.filter(slot__starts_at__gt=at).values_list("slot__starts_at", flat=True)
    yield from {_for_hearings(timezone.localdate(start, PARIS)) for start in starts}


def _given(seat: Seat) -> datetime | None:
    """When the juror was last given dossiers."""
    letters = Letter.objects.filter(kind="dossiers_to_read", subject_key=seat.key)
    return letters.order_by("-written_at").values_list("written_at", flat=True).first()


def _for_ties(given: datetime | None) -> Iterator[datetime]:
    if given:
        day = timezone.localdate(given, PARIS)
        yield from (morning_of(day + timedelta(days=n)) for n in _SILENT_FOR)


def _for_scores(seat: Seat, given: datetime | None) -> Iterator[datetime]:
    if due := seat.jury.scores_due_on:
        mornings = [morning_of(due - timedelta(days=n)) for n in _BEFORE_SCORES]
        yield from (m for m in mornings if not given or given <= m - _TOO_SOON)


def _for_hearings(day: date) -> datetime:
    return morning_of(day - timedelta(days=_BEFORE_HEARING))


def _told(seat: Seat) -> dict[int, datetime]:
    """When the juror was last told of each hearing."""
    rows = Letter.objects.filter(
        of_jury__seat=seat, kind__in=["hearing_invitation", "hearing_moved"], subject_key__endswith=f":{seat.key}"
    )
    found: dict[int, datetime] = {}
    for key, at in rows.order_by("written_at").values_list("subject_key", "written_at"):
        found[int(key.split(":")[1])] = at
    return found
