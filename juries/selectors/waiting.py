"""What waits for a juror, as their reminders say it, and the mornings on which it is worth one."""

from collections.abc import Iterator
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
    """What to remind the juror of: `None` when nothing waits, or when no morning of theirs came since."""
    held = _to_hear(seat)
    hearings = _hearings(seat, held, at)
    waits = _waits(seat, held, hearings, at)
    mornings = _mornings(seat, waits, hearings) if waits else ()
    return waits if any(m <= at and (since is None or since < m) for m in mornings) else None


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
    given = Letter.objects.filter(kind="dossiers_to_read", subject_key=seat.key).order_by("-written_at").first()
    if waits.undeclared and given:
        day = timezone.localdate(given.written_at, PARIS)
        yield from (morning_of(day + timedelta(days=n)) for n in _SILENT_FOR)
    due = seat.jury.scores_due_on
    if waits.unread and due:
        mornings = [morning_of(due - timedelta(days=n)) for n in _BEFORE_SCORES]
        yield from (m for m in mornings if not given or given.written_at <= m - _TOO_SOON)
    told = _told(seat)
    for day, those in _by_day(hearings):
        morning = morning_of(day - timedelta(days=_BEFORE_HEARING))
        if any(told.get(hearing.pk, morning) <= morning - _TOO_SOON for hearing in those):
            yield morning


def _told(seat: Seat) -> dict[int, datetime]:
    """When the juror was last told of each hearing."""
    rows = Letter.objects.filter(
        of_jury__seat=seat, kind__in=["hearing_invitation", "hearing_moved"], subject_key__endswith=f":{seat.key}"
    )
    found: dict[int, datetime] = {}
    for key, at in rows.order_by("written_at").values_list("subject_key", "written_at"):
        found[int(key.split(":")[1])] = at
    return found
