"""Hearings: slots offered, booked, convened, moved, cancelled, held. Two hearings never meet in a slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from applications.actions import conclusion
from applications.enums import CandidacyState
from applications.models import Candidacy
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import paris_short
from juries import letters
from juries.actions.steps import lock_hearing, lock_jury, record
from juries.enums import HearingState
from juries.models import Hearing, Jury, Panel, Slot
from juries.rules.hearings import obstacles, overlapping
from juries.rules.offices import refuse_unless_organising
from juries.workflow import HEARING


@dataclass(frozen=True)
class Somewhere:
    """Where a panel hears: a room by its name, and its address or its video link."""

    room: str
    place: str = ""
    link: str = ""


@locks.retried
def propose_slots(panel: Panel, starts: Sequence[datetime], *, where: Somewhere, by: User, at: datetime) -> list[Slot]:
    """Offer slots of the jury's length, all or none. Raises `Refusal` naming those that meet another."""
    if not where.room.strip() or not (where.place.strip() or where.link.strip()):
        raise Refusal(_("Indiquez la salle, et son adresse ou un lien de visioconférence."), code="nowhere")
    with transaction.atomic():
        jury = lock_jury(panel.jury_id)
        refuse_unless_organising(jury, by)
        slots = [_slot(jury, panel, start, where) for start in sorted(set(starts))]
        _refuse_meeting(jury, slots, at)
        Slot.objects.bulk_create(slots)
        told = [slot.starts_at.isoformat() for slot in slots]
        record("propose_slots", jury, by=Actor.person(by), at=at, panel=panel.name, room=where.room, starts=told)
    return slots


def _slot(jury: Jury, panel: Panel, starts_at: datetime, where: Somewhere) -> Slot:
    return Slot(
        jury=jury,
        panel=panel,
        room=where.room.strip(),
        place=where.place.strip(),
        link=where.link.strip(),
        starts_at=starts_at,
        presentation_minutes=jury.presentation_minutes,
        questions_minutes=jury.questions_minutes,
        exchange_minutes=jury.exchange_minutes,
    )


def _refuse_meeting(jury: Jury, slots: Sequence[Slot], at: datetime) -> None:
    known = list(jury.slots.all())
    wrong = [
        slot
        for rank, slot in enumerate(slots)
        if slot.starts_at <= at or overlapping(slot, known) or any(slot.overlaps(other) for other in slots[:rank])
    ]
    if wrong:
        raise Refusal(
            _("Ces créneaux sont passés, ou en rencontrent un autre dans la même salle ou pour le même panel :"),
            code="slots_meet",
            items=[paris_short(slot.starts_at) for slot in wrong],
        )


@locks.retried
def withdraw_slot(slot: Slot, *, by: User, at: datetime) -> None:
    """Take back a slot proposed by mistake. One that ever held a hearing stays: its letters say where it was."""
    with transaction.atomic():
        jury = lock_jury(slot.jury_id)
        refuse_unless_organising(jury, by)
        found = Slot.objects.select_related("panel").filter(pk=slot.pk).first()
        if found is None:
            return
        if found.hearings.exists():
            raise Refusal(_("Une audition a été placée dans ce créneau : il reste au calendrier."), code="slot_used")
        panel, start = found.panel.name, found.starts_at
        record("withdraw_slot", jury, by=Actor.person(by), at=at, panel=panel, room=found.room, starts_at=start)
        found.delete()


@locks.retried
def book_hearing(slot: Slot, candidacy: Candidacy, *, by: User, at: datetime) -> Hearing:
    """Put a shortlisted candidacy in a slot; the candidate knows nothing until it is convened."""
    with transaction.atomic():
        jury = lock_jury(slot.jury_id)
        refuse_unless_organising(jury, by)
        candidacy = Candidacy.objects.get(pk=candidacy.pk)
        if candidacy.state != CandidacyState.SHORTLISTED:
            raise Refusal(_("Seule une candidature présélectionnée est auditionnée."), code="not_shortlisted")
        _refuse_impossible(slot, candidacy, at)
        hearing = _insert(Hearing(slot=slot, panel=slot.panel, candidacy=candidacy, proposed_at=at))
        _record("book", jury, hearing, by=Actor.person(by), at=at)
    return hearing


def _refuse_impossible(slot: Slot, candidacy: Candidacy, at: datetime, moving: Hearing | None = None) -> None:
    items = obstacles(slot, candidacy, moving=moving)
    if slot.starts_at <= at:
        items.append(_("Ce créneau est passé."))
    if items:
        raise Refusal(_("L’audition ne peut pas avoir lieu dans ce créneau :"), code="impossible_slot", items=items)


def _insert(hearing: Hearing) -> Hearing:
    """The constraints are the last judges, should anything have written without the jury's lock."""
    try:
        with transaction.atomic():
            hearing.save()
    except IntegrityError as error:
        raise Refusal(_("Ce créneau ou cette candidature vient d’être pris."), code="impossible_slot") from error
    return hearing


@locks.retried
def convene(hearing: Hearing, *, by: User, at: datetime) -> Hearing:
    """Convene the candidate, who so learns that they are shortlisted, and tell the panel, calendar file joined."""
    with transaction.atomic():
        jury, hearing = _locked(hearing, by)
        row = HEARING.step("convene", HearingState(hearing.state))
        _refuse_impossible(hearing.slot, hearing.candidacy, at, moving=hearing)
        hearing.state, hearing.convened_at = row.target, at
        hearing.save(update_fields=["state", "convened_at"])
        conclusion.mark_convened(hearing.candidacy, by=Actor.person(by), at=at)
        _record("convene", jury, hearing, by=Actor.person(by), at=at)
        letters.hearing_invitation(hearing, at=at)
    return hearing


@locks.retried
def confirm(hearing: Hearing, *, by: Actor, at: datetime) -> Hearing:
    """The candidate will come. `by` is a member of the dossier, or somebody of the office who was told by telephone.

    The caller has fetched the hearing among those of the person's candidacies. Confirming twice changes nothing.
    """
    with transaction.atomic():
        jury = lock_jury(hearing.panel.jury_id)
        hearing = lock_hearing(hearing.pk)
        if hearing.state == HearingState.CONFIRMED:
            return hearing
        if at >= hearing.slot.starts_at:
            raise Refusal(_("L’heure de l’audition est passée : il n’y a plus à la confirmer."), code="too_late")
        row = HEARING.step("confirm", HearingState(hearing.state))
        hearing.state, hearing.confirmed_at = row.target, at
        hearing.save(update_fields=["state", "confirmed_at"])
        _record("confirm", jury, hearing, by=by, at=at)
    return hearing


@locks.retried
def move(hearing: Hearing, slot: Slot, *, reason: str, by: User, at: datetime) -> Hearing:
    """Change the slot; who was convened is told, before and after, and must confirm again."""
    with transaction.atomic():
        jury, hearing = _locked(hearing, by)
        told = hearing.convened_at is not None
        row = HEARING.step("move" if told else "arrange", HearingState(hearing.state))
        if told:
            _refuse_without(reason)
        _refuse_impossible(slot, hearing.candidacy, at, moving=hearing)
        former, hearing.slot = hearing.slot, slot
        hearing.state, hearing.confirmed_at = row.target, None
        hearing.sequence += int(told)
        _insert(hearing)
        _record("move", jury, hearing, by=Actor.person(by), at=at, note=reason, before=former.starts_at)
        if told:
            letters.hearing_moved(hearing, former=former, reason=reason.strip(), at=at)
    return hearing


@locks.retried
def cancel(hearing: Hearing, *, reason: str, by: User, at: datetime) -> Hearing:
    """Give the hearing up: its slot and its candidacy are free again; who was convened is told."""
    with transaction.atomic():
        jury, hearing = _locked(hearing, by)
        told = hearing.convened_at is not None
        row = HEARING.step("cancel" if told else "drop", HearingState(hearing.state))
        if told:
            _refuse_without(reason)
        hearing.state, hearing.cancelled_at = row.target, at
        hearing.sequence += int(told)
        hearing.save(update_fields=["state", "cancelled_at", "sequence"])
        _record("cancel", jury, hearing, by=Actor.person(by), at=at, note=reason)
        if told:
            letters.hearing_cancelled(hearing, reason=reason.strip(), at=at)
    return hearing


def _locked(hearing: Hearing, user: User) -> tuple[Jury, Hearing]:
    jury = lock_jury(hearing.panel.jury_id)
    refuse_unless_organising(jury, user)
    return jury, lock_hearing(hearing.pk)


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise Refusal(_("Écrivez le motif : il figure dans la lettre au candidat."), code="no_reason")


def _record(
    act: str, jury: Jury, hearing: Hearing, *, by: Actor, at: datetime, note: str = "", **details: object
) -> None:
    told = {"candidacy": hearing.candidacy.number, "starts_at": hearing.slot.starts_at, "sequence": hearing.sequence}
    record(act, jury, by=by, at=at, note=note, **told, **details)
