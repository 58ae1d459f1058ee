"""What time sends in the jury phase: hearings that come near, invitations without an answer, what waits for a juror.

A juror has one reminder a day at most, in the morning, with everything that waits for them; never anything of a
candidacy they stay out of, and nothing at all once they left.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from applications.enums import CallState
from hubs_portal.letters.models import Letter
from hubs_portal.letters.timed import Source, Step, days_before, owed
from hubs_portal.templatetags.french import PARIS
from juries import letters
from juries.actions.steps import lock_hearing, lock_jury
from juries.models import Hearing, Seat
from juries.selectors.waiting import reminder_of, waits_of
from juries.workflow import AWAITED

CONVOCATIONS = ("hearing_invitation", "hearing_moved")
_BEFORE_HEARING = 2  # days
# A convocation that left so little time before its reminder has just said the same.
_TOO_SOON = timedelta(days=1)
_AFTER_INVITATION = (3, 7)  # days without an answer
_OVER = (CallState.RELEASED, CallState.ARCHIVED)


# ---------------------------------------------------------------- candidates who are heard


def _near(at: datetime) -> Iterable[int]:
    soon = at + timedelta(days=_BEFORE_HEARING + 1)
    awaited = Hearing.objects.filter(state__in=sorted(AWAITED), slot__starts_at__gt=at, slot__starts_at__lt=soon)
    return [hearing.pk for hearing in awaited.select_related("slot").order_by("pk") if _is_owed(hearing, at)]


def _is_owed(hearing: Hearing, at: datetime) -> bool:
    """Whether its candidate, told long enough ago, was not reminded of this very hour."""
    start = hearing.slot.starts_at
    reminder = days_before(start, _BEFORE_HEARING)
    if hearing.state not in AWAITED or not reminder <= at < start:
        return False
    mine = Letter.objects.filter(subject_key=hearing.key)
    reminded = Q(kind="hearing_reminder", occurrence=letters.hour_of(hearing))
    return not mine.filter(reminded | Q(kind__in=CONVOCATIONS, written_at__gt=reminder - _TOO_SOON)).exists()


def _remind_candidate(pk: int, at: datetime) -> int:
    lock_jury(Hearing.objects.values_list("panel__jury", flat=True).get(pk=pk))
    hearing = lock_hearing(pk)
    if not _is_owed(hearing, at):
        return 0
    letters.hearing_reminder(hearing, at=at)
    return 1


# ---------------------------------------------------------------- people who were invited


def _silent(at: datetime) -> QuerySet[Seat]:
    """The seats whose holder has not signed, while they could still be useful."""
    today = timezone.localdate(at, PARIS)
    unsworn = Seat.objects.present().filter(charter_signed_at__isnull=True, jury__call__hearings_until__gte=today)
    return unsworn.exclude(jury__call__state__in=_OVER).select_related("user", "jury__call").order_by("pk")


def _invitations(at: datetime) -> Iterable[int]:
    return [seat.pk for seat in _silent(at) if _invitation_step(seat, at)]


def _invitation_step(seat: Seat, at: datetime) -> str:
    """The occurrence of the reminder owed since the last invitation; empty when none is."""
    last = Letter.objects.filter(kind="jury_invitation", subject_key=seat.key).order_by("-written_at", "-pk").first()
    if last is None:
        return ""
    steps = [Step(f"J+{n} {last.pk}", days_before(last.written_at, -n)) for n in _AFTER_INVITATION]
    names = [step.name for step in owed(steps, at)]
    written = Letter.objects.filter(kind="jury_invitation_reminder", subject_key=seat.key, occurrence__in=names)
    return names[0] if names and not written.exists() else ""


def _remind_invited(pk: int, at: datetime) -> int:
    lock_jury(Seat.objects.values_list("jury", flat=True).get(pk=pk))
    seat = _silent(at).filter(pk=pk).first()
    step = _invitation_step(seat, at) if seat else ""
    if seat is None or not step:
        return 0
    letters.jury_invitation_reminder(seat, occurrence=step, at=at)
    return 1


# ---------------------------------------------------------------- jurors at work


def _at_work() -> QuerySet[Seat]:
    sworn = Seat.objects.sworn().exclude(jury__call__state__in=_OVER)
    return sworn.select_related("user", "jury__call").order_by("pk")


def _jurors(at: datetime) -> Iterable[int]:
    return [seat.pk for seat in _at_work() if _owed_to(seat, at)]


def _owed_to(seat: Seat, at: datetime) -> bool:
    last = _last(seat)
    return _may_write(last, at) and reminder_of(seat, at, since=last) is not None


def _last(seat: Seat) -> datetime | None:
    """When this juror was last reminded of anything."""
    reminders = Letter.objects.filter(kind__in=["juror_reminder", "jury_invitation_reminder"], subject_key=seat.key)
    return reminders.order_by("-written_at").values_list("written_at", flat=True).first()


def _may_write(last: datetime | None, at: datetime) -> bool:
    """One letter a day: not today if one left, nor while a clock set back lives again what was."""
    return last is None or _day(last) < _day(at)


def _day(instant: datetime) -> date:
    return timezone.localdate(instant, PARIS)


def _remind_juror(pk: int, at: datetime) -> int:
    lock_jury(Seat.objects.values_list("jury", flat=True).get(pk=pk))
    seat = _at_work().filter(pk=pk).first()
    if seat is None or not _owed_to(seat, at):
        return 0
    letters.juror_reminder(seat, waits=waits_of(seat, at), day=_day(at), at=at.astimezone(UTC))
    return 1


HEARINGS = Source("hearings", _near, _remind_candidate)
INVITATIONS = Source("invitations", _invitations, _remind_invited)
JURORS = Source("jurors", _jurors, _remind_juror)
SOURCES = (HEARINGS, INVITATIONS, JURORS)
