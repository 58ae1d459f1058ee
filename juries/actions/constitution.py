"""Constitute a jury and bring its members in: invited, sworn, removed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions.steps import lock_call
from applications.enums import Role
from applications.models import Call
from applications.rules.team import refuse_unless
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from juries import letters
from juries.actions import convocations
from juries.actions.steps import lock_jury, record
from juries.enums import SeatRole, Stage
from juries.models import Jury, Seat
from juries.rules.docket import docket


@dataclass(frozen=True)
class Charter:
    """What the members of a jury promise, in both languages."""

    french: str
    english: str = ""


@dataclass(frozen=True)
class Lengths:
    """How long a hearing lasts, in minutes; the candidate leaves before the exchange."""

    presentation: int = 15
    questions: int = 20
    exchange: int = 10


_USUAL = Lengths()


def constitute_jury(
    call: Call,
    *,
    name: str,
    charter: Charter,
    quorum: int,
    by: User,
    at: datetime,
    ranking_stage: Stage = Stage.AFTER,
    scores_due_on: date | None = None,
    lengths: Lengths = _USUAL,
) -> Jury:
    """Create the jury of a call; `quorum` voters are needed for each candidacy. Managers only."""
    jury = Jury(
        call=call,
        name=name.strip(),
        charter_fr=charter.french.strip(),
        charter_en=charter.english.strip(),
        quorum=quorum,
        ranking_stage=ranking_stage,
        scores_due_on=scores_due_on,
        presentation_minutes=lengths.presentation,
        questions_minutes=lengths.questions,
        exchange_minutes=lengths.exchange,
    )
    refuse_incomplete(jury)
    with transaction.atomic():
        locked = lock_call(call.pk)
        refuse_unless(locked, by, Role.MANAGER)
        refuse_homonym(jury)
        jury.save()
        record("constitute", jury, by=Actor.person(by), at=at, quorum=quorum, ranking_stage=ranking_stage)
    return jury


def refuse_incomplete(jury: Jury) -> None:
    """Raise unless the jury has what makes a jury."""
    if jury.quorum < 1 or not jury.name or not jury.charter_fr:
        raise Refusal(_("Un jury a un nom, une charte et un quorum d’au moins un votant."), code="incomplete_jury")
    if not jury.presentation_minutes and not jury.questions_minutes:
        raise Refusal(_("Une audition dure : indiquez ses minutes de présentation ou de questions."), code="no_length")


def refuse_homonym(jury: Jury) -> None:
    """Raise when another jury of the call has this name. The caller holds the lock of the call or of the jury."""
    if Jury.objects.filter(call=jury.call_id, name=jury.name).exclude(pk=jury.pk).exists():
        raise Refusal(_("Un jury de cet appel porte déjà ce nom."), code="name_taken")


@locks.retried
def invite_juror(
    jury: Jury,
    *,
    email: str,
    name: str,
    by: User,
    at: datetime,
    role: SeatRole = SeatRole.JUROR,
    capacity: str = "",
    language: str = "fr",
) -> Seat:
    """Offer a seat and write to its holder, whose account is opened when they have none; they may read nothing yet.

    A person removed before is invited anew, and keeps the recusals that were theirs. Managers only.
    """
    email = email.strip().lower()
    with transaction.atomic():
        locked = lock_jury(jury.pk)
        refuse_unless(locked.call, by, Role.MANAGER)
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, name=name.strip(), language=language
        )
        seat = Seat.objects.filter(jury=locked, user=user).first()
        if seat is not None and seat.removed_at is None:
            raise Refusal(_("Cette personne siège déjà dans ce jury."), code="already_seated")
        if role == SeatRole.CHAIR and locked.seats.present().filter(role=SeatRole.CHAIR).exists():
            raise Refusal(_("Ce jury a déjà une présidence."), code="chair_taken")
        seat = seat or Seat(jury=locked, user=user)
        seat.role, seat.capacity, seat.invited_at, seat.removed_at = role, capacity.strip(), at, None
        seat.accepted_at, seat.charter_signed_at, seat.charter_digest = None, None, ""
        seat.save()
        record("invite", locked, by=Actor.person(by), at=at, juror=email, role=role)
        letters.jury_invitation(seat, at=at)
    return seat


@locks.retried
def invite_again(seat: Seat, *, by: User, at: datetime) -> Seat:
    """Write once more to somebody who was invited and has not signed: a letter is lost, a link grows old."""
    with transaction.atomic():
        jury = lock_jury(seat.jury_id)
        refuse_unless(jury.call, by, Role.MANAGER)
        seat = _invited(seat)
        if seat.charter_signed_at is not None:
            raise Refusal(_("Cette personne a signé la charte : elle siège déjà."), code="sworn")
        record("invite_again", jury, by=Actor.person(by), at=at, juror=seat.user.email)
        letters.jury_invitation(seat, at=at)
    return seat


def accept_invitation(seat: Seat, *, at: datetime) -> Seat:
    """Its holder followed the personal link of the letter: the address is theirs. Doing it again changes nothing."""
    with transaction.atomic():
        jury = lock_jury(seat.jury_id)
        seat = _invited(seat)
        if seat.accepted_at is None:
            seat.accepted_at = at
            seat.save(update_fields=["accepted_at"])
            record("accept", jury, by=seat.actor, at=at)
    return seat


def decline_invitation(seat: Seat, *, at: datetime, reason: str = "") -> None:
    """Its holder will not sit. Refused once the charter is signed: the office then removes them."""
    with transaction.atomic():
        jury = lock_jury(seat.jury_id)
        seat = _invited(seat)
        if seat.charter_signed_at is not None:
            raise Refusal(_("Vous avez signé la charte : appelez le service pour quitter le jury."), code="sworn")
        seat.removed_at = at
        seat.save(update_fields=["removed_at"])
        record("decline", jury, by=seat.actor, at=at, note=reason)


@locks.retried
def sign_charter(seat: Seat, *, at: datetime, read: str | None = None) -> Seat:
    """Sign the charter as it stands; from here on the juror sees who their candidates are, and declares their ties.

    `read` is the fingerprint of the text their page showed: nobody signs another.
    """
    with transaction.atomic():
        jury = lock_jury(seat.jury_id)
        seat = _invited(seat)
        if seat.charter_signed_at is not None:
            return seat
        if read is not None and read != jury.charter_digest:
            raise Refusal(_("La charte a changé depuis que vous la lisez. Relisez-la, puis signez."), code="other_text")
        seat.accepted_at = seat.accepted_at or at
        seat.charter_signed_at, seat.charter_digest = at, jury.charter_digest
        seat.save(update_fields=["accepted_at", "charter_signed_at", "charter_digest"])
        record("sign_charter", jury, by=seat.actor, at=at, charter=jury.charter_digest)
        if given := docket(seat).count():
            letters.dossiers_to_read(seat, count=given, at=at)
        convocations.retell_of(seat, at=at)
    return seat


def remove_juror(seat: Seat, *, reason: str, by: User, at: datetime) -> None:
    """Take a seat back: its pages, files and links stop working with the next request. Managers only.

    The sheets already finished still count; those still written do not. Hearings leave their calendar.
    """
    if not reason.strip():
        raise Refusal(_("Écrivez le motif : il entre au journal du jury."), code="no_reason")
    with transaction.atomic():
        jury = lock_jury(seat.jury_id)
        refuse_unless(jury.call, by, Role.MANAGER)
        seat = _invited(seat)
        seat.removed_at = at
        seat.save(update_fields=["removed_at"])
        record("remove", jury, by=Actor.person(by), at=at, note=reason, juror=seat.user.email)
        convocations.retell_of(seat, at=at)


def _invited(seat: Seat) -> Seat:
    present = Seat.objects.present().select_related("user", "jury__call").filter(pk=seat.pk).first()
    if present is None:
        raise Refusal(_("Cette invitation n’est plus valable."), code="removed")
    return present
