"""Keep the calendars of a panel true when its members change after a convocation."""

from collections.abc import Iterable
from datetime import datetime

from hubs_portal.letters.models import Letter
from juries import letters
from juries.actions.steps import lock_hearing
from juries.models import Hearing, Panel, Seat
from juries.rules.hearings import voters
from juries.workflow import AWAITED

_TELLING = ("hearing_invitation", "hearing_moved")
_ENDING = ("hearing_left", "hearing_cancelled")


def retell_of(seat: Seat, *, at: datetime, candidacy: int | None = None) -> None:
    """After this juror joined, left, or stays out of a candidacy: the hearings of the panels they sit in, by any seat.

    Whoever was told and is expected no more has a cancellation for their calendar; whoever is now expected and was not
    told has the invitation. The caller holds the jury's lock.
    """
    panels = Panel.objects.filter(members__user=seat.user_id)
    awaited = Hearing.objects.filter(state__in=sorted(AWAITED), panel__in=panels, slot__starts_at__gt=at)
    about = awaited if candidacy is None else awaited.filter(candidacy=candidacy)
    for pk in about.order_by("pk").values_list("pk", flat=True):
        _retell(lock_hearing(pk), seat, at)


def _retell(hearing: Hearing, seat: Seat, at: datetime) -> None:
    expected = {voter.pk: voter for voter in voters(hearing.panel, hearing.candidacy)}
    for mine in _seats(hearing, seat):
        last = _last_told(hearing, mine)
        is_told = last is not None and last.kind in _TELLING
        if is_told and mine.pk not in expected:
            _raise(hearing)
            letters.hearing_left(mine, hearing, at=at)
        elif not is_told and mine.pk in expected:
            if last is not None:  # their calendar would take an older number for an old message
                _raise(hearing)
            letters.hearing_invitation_to(mine, hearing, at=at)


def _seats(hearing: Hearing, seat: Seat) -> Iterable[Seat]:
    members = Seat.objects.filter(panels=hearing.panel, user=seat.user_id)
    return list(members.select_related("user", "jury__call").order_by("pk"))


def _last_told(hearing: Hearing, seat: Seat) -> Letter | None:
    """The last letter that put this hearing in the juror's calendar, or took it out."""
    mine = Letter.objects.filter(subject_key=f"{hearing.key}:{seat.key}", kind__in=_TELLING + _ENDING)
    return mine.order_by("-pk").first()


def _raise(hearing: Hearing) -> None:
    hearing.sequence += 1
    hearing.save(update_fields=["sequence"])
