"""The letters of the jury phase: one function each, named as the procedure names them.

A juror's letters are linked to their seat, never to the candidacy: they must not fill a candidate's « messages reçus ».
Nobody who stays out of a candidacy is written to about it.
"""

from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from applications import internal_letters
from applications.enums import Role
from applications.models import CandidacyLetter
from applications.models.candidacy import candidates_drawer
from applications.selectors import closing_times
from applications.selectors.wording import adapted
from hubs_portal.accounts import links
from hubs_portal.accounts.models import User
from hubs_portal.files import store_bytes
from hubs_portal.letters.compose import Addressee, Enclosure, write_letter
from hubs_portal.letters.models import Letter
from juries import calendars
from juries.models import Deliberation, Hearing, JuryLetter, Seat, Slot
from juries.models.jury import jurors_drawer
from juries.rules.hearings import candidates_told, voters
from juries.selectors.waiting import Waits

# The addresses of the juror's desk.
DESK = "/jury/"
INVITATION = "/jury/invitation/%s/"


def jury_invitation(seat: Seat, *, at: datetime) -> Letter:
    """16. You are asked to sit in a jury: the charter first, nothing to read before."""
    link = settings.PUBLIC_URL + INVITATION % links.make("seat", seat.pk)
    return _to_juror("jury_invitation", seat, at=at, occurrence=at.isoformat(), secret=True, link=link)


def dossiers_to_read(seat: Seat, *, count: int, at: datetime) -> Letter:
    """17. So many dossiers to read, and ties to declare before: which ones, only the desk says."""
    return _to_juror("dossiers_to_read", seat, at=at, occurrence=at.isoformat(), count=count)


def jury_invitation_reminder(seat: Seat, *, occurrence: str, at: datetime) -> Letter:
    """16. Nobody has answered, or the charter is not signed; the link is personal until the invitation is followed."""
    followed = seat.accepted_at is not None
    page = reverse("juror_charter", args=[seat.pk]) if followed else INVITATION % links.make("seat", seat.pk)
    link = settings.PUBLIC_URL + page
    return _to_juror("jury_invitation_reminder", seat, at=at, occurrence=occurrence, secret=not followed, link=link)


def juror_reminder(seat: Seat, *, waits: Waits, day: date, at: datetime) -> Letter:
    """17. What waits for the juror: ties to declare, dossiers to read, hearings of the next days; once a day."""
    due = seat.jury.scores_due_on
    is_late = due is not None and due < day
    return _to_juror("juror_reminder", seat, at=at, occurrence=day.isoformat(), waits=waits, is_late=is_late)


def _to_juror(kind: str, seat: Seat, *, at: datetime, occurrence: str, secret: bool = False, **context: Any) -> Letter:
    call = seat.jury.call
    letter = write_letter(
        kind,
        to=seat.addressee,
        subject_key=seat.key,
        occurrence=occurrence,
        at=at,
        reply_to=call.service_email,
        secret=secret,
        drawer=jurors_drawer(call.pk),
        adapted=adapted(kind, call),
        context={"call": call, "jury": seat.jury, "seat": seat, "desk": settings.PUBLIC_URL + DESK, **context},
    )
    JuryLetter.objects.get_or_create(letter=letter, defaults={"jury": seat.jury, "seat": seat})
    return letter


def deliberation_to_sign(deliberation: Deliberation, *, signed_by: User, at: datetime) -> None:
    """A deliberation has its first signature: to the managers and to the chair, without whoever has just signed.

    Somebody who is both is written to once, as a manager.
    """
    jury = deliberation.jury
    key = f"deliberation:{deliberation.pk}"
    office = reverse("admin:juries_deliberation_change", args=[deliberation.pk])
    internal_letters.deliberation_to_sign(jury.call, key=key, link=office, signed_by=signed_by, at=at)
    managers = internal_letters.colleagues(jury.call, Role.MANAGER)
    chairs = Seat.objects.presiding().filter(jury=jury).exclude(user__in=[signed_by, *managers])
    for seat in chairs.select_related("user", "jury__call"):
        link = settings.PUBLIC_URL + reverse("jury_deliberation", args=[deliberation.pk])
        what = internal_letters.FIRST_SIGNATURE
        _to_juror("second_signature", seat, at=at, occurrence=key, what=what, by=signed_by, link=link)


# ---------------------------------------------------------------- hearings


def hearing_invitation(hearing: Hearing, *, at: datetime) -> None:
    """18. The candidate is convened, and the panel has it in its calendar."""
    _tell_everybody("hearing_invitation", hearing, calendars.REQUEST, at=at)


def hearing_moved(hearing: Hearing, *, former: Slot, reason: str, at: datetime) -> None:
    """18. The hearing takes place elsewhere or at another time: before, after and why."""
    _tell_everybody("hearing_moved", hearing, calendars.REQUEST, at=at, former=former, reason=reason)


def hearing_cancelled(hearing: Hearing, *, reason: str, at: datetime) -> None:
    """18. The hearing does not take place."""
    _tell_everybody("hearing_cancelled", hearing, calendars.CANCEL, at=at, reason=reason)


def hearing_reminder(hearing: Hearing, *, at: datetime) -> None:
    """18. Two days before: where and when, and whether the candidate has still to confirm. No calendar is joined."""
    local_times = closing_times.of_candidacy(hearing.candidacy, hearing.slot.starts_at)
    for member in candidates_told([hearing.candidacy]):
        letter = _about(
            "hearing_reminder",
            hearing,
            member.addressee,
            None,
            None,
            occurrence=hour_of(hearing),
            at=at,
            local_times=local_times,
        )
        CandidacyLetter.objects.get_or_create(letter=letter, defaults={"candidacy": hearing.candidacy})


def hour_of(hearing: Hearing) -> str:
    """The occurrence of a reminder: a hearing moved to another hour is reminded anew."""
    return f"{hearing.slot.starts_at.astimezone(UTC):%Y%m%dT%H%M%S}"


def hearing_invitation_to(seat: Seat, hearing: Hearing, *, at: datetime) -> None:
    """18. A juror who joined the panel since the convocation is told too."""
    _tell_juror("hearing_invitation", hearing, seat, calendars.REQUEST, at=at)


def hearing_left(seat: Seat, hearing: Hearing, *, at: datetime) -> None:
    """18. A juror who stays out, or left, is expected no more: nothing names the candidacy, not even the calendar."""
    call = hearing.candidacy.call
    letter = write_letter(
        "hearing_left",
        to=seat.addressee,
        subject_key=f"{hearing.key}:{seat.key}",
        occurrence=str(hearing.sequence),
        at=at,
        reply_to=call.service_email,
        drawer=jurors_drawer(call.pk),
        enclosures=[_calendar(hearing, seat.addressee, calendars.LEFT, whole=True, at=at)],
        context={"call": call, "slot": hearing.slot, "seat": seat, "desk": settings.PUBLIC_URL + DESK},
    )
    JuryLetter.objects.get_or_create(letter=letter, defaults={"jury": seat.jury, "seat": seat})


def _tell_everybody(kind: str, hearing: Hearing, method: str, *, at: datetime, **context: Any) -> None:
    local_times = closing_times.of_candidacy(hearing.candidacy, hearing.slot.starts_at)
    for member in candidates_told([hearing.candidacy]):
        letter = _about(kind, hearing, member.addressee, None, method, at=at, local_times=local_times, **context)
        CandidacyLetter.objects.get_or_create(letter=letter, defaults={"candidacy": hearing.candidacy})
    for seat in voters(hearing.panel, hearing.candidacy):
        _tell_juror(kind, hearing, seat, method, at=at, **context)


def _tell_juror(kind: str, hearing: Hearing, seat: Seat, method: str, *, at: datetime, **context: Any) -> None:
    letter = _about(kind, hearing, seat.addressee, seat, method, at=at, local_times=[], **context)
    about = {"jury": seat.jury, "seat": seat, "candidacy": hearing.candidacy}
    JuryLetter.objects.get_or_create(letter=letter, defaults=about)


def _about(
    kind: str,
    hearing: Hearing,
    to: Addressee,
    seat: Seat | None,
    method: str | None,
    *,
    at: datetime,
    occurrence: str = "",
    **context: Any,
) -> Letter:
    candidacy = hearing.candidacy
    page = DESK if seat else reverse("hearing", args=[candidacy.number])
    return write_letter(
        kind,
        to=to,
        subject_key=hearing.key if seat is None else f"{hearing.key}:{seat.key}",
        occurrence=occurrence or str(hearing.sequence),
        at=at,
        reply_to=candidacy.call.service_email,
        drawer=candidates_drawer(candidacy.call_id) if seat is None else jurors_drawer(candidacy.call_id),
        adapted=adapted(kind if seat is None else f"{kind}_juror", candidacy.call),
        enclosures=[_calendar(hearing, to, method, whole=seat is not None, at=at)] if method else [],
        context={
            "call": candidacy.call,
            "candidacy": candidacy,
            "organisation": candidacy.organisation,
            "hearing": hearing,
            "slot": hearing.slot,
            "seat": seat,
            "desk": settings.PUBLIC_URL + page,
            **context,
        },
    )


def _calendar(hearing: Hearing, to: Addressee, method: str, *, whole: bool, at: datetime) -> Enclosure:
    with translation.override(to.language):
        content = calendars.as_ics(calendars.Invitation(hearing, to, method, whole), at=at)
    told = calendars.CANCEL if method == calendars.LEFT else method
    return Enclosure("audition.ics", f"text/calendar; method={told}", stored=store_bytes(content))
