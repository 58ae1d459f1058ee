"""Hold a hearing: who of the panel was in the room, who spoke for the candidate; and correct what was written of it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions import conclusion
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from juries.actions.scoring import annul_unsigned, open_sheets_of_after
from juries.actions.steps import lock_hearing, lock_jury, record
from juries.enums import DeliberationState, HearingState, SheetState, Stage
from juries.models import Hearing, HearingPresence, ScoreSheet, Seat
from juries.rules.hearings import admitted, voters
from juries.rules.offices import refuse_if_recused, refuse_unless_leading, refuse_unless_organising
from juries.selectors.deliberation import is_decided
from juries.workflow import HEARING


@locks.retried
def hold_hearing(
    hearing: Hearing, *, present: Collection[Seat], by: User, at: datetime, attended_by: str = ""
) -> Hearing:
    """Write that the hearing took place, with its attendance sheet; `attended_by` names the people heard.

    Raises `Refusal` for somebody who may not be in the room (not of the panel, recused, or with a tie not cleared), and
    when nobody of the panel was there: no sheet would ever open, and nothing could be decided of the candidacy.
    """
    with transaction.atomic():
        jury = lock_jury(hearing.panel.jury_id)
        refuse_unless_organising(jury, by)
        hearing = lock_hearing(hearing.pk)
        refuse_if_recused(by, hearing.candidacy)
        row = HEARING.step("hold", HearingState(hearing.state))
        if at < hearing.slot.starts_at:
            raise Refusal(_("L’audition n’a pas encore commencé."), code="too_early")
        _refuse_an_empty_room(present)
        able = voters(hearing.panel, hearing.candidacy)
        there = {seat.pk for seat in present}
        _refuse_intruders(hearing, present)
        hearing.state, hearing.held_at, hearing.attended_by = row.target, at, attended_by.strip()
        hearing.save(update_fields=["state", "held_at", "attended_by"])
        HearingPresence.objects.bulk_create(
            HearingPresence(hearing=hearing, seat=seat, present=seat.pk in there) for seat in able
        )
        conclusion.mark_heard(hearing.candidacy, by=Actor.person(by), at=at)
        number = hearing.candidacy.number
        record("hold", jury, by=Actor.person(by), at=at, candidacy=number, present=sorted(there))
    return hearing


@locks.retried
def correct_attendance(
    hearing: Hearing,
    *,
    present: Collection[Seat],
    reason: str,
    by: User,
    at: datetime,
    attended_by: str | None = None,
) -> Hearing:
    """Write again who was in the room, until a signed deliberation decides the candidacy: a tick forgotten would leave
    it without a quorum for ever. `attended_by` stays as it was unless given.

    Whoever is now present has a sheet of after at once; the one an absent person was writing is annulled, not deleted.
    Raises `Refusal` for intruders as `hold_hearing` does, and for an absent person who signed theirs. What is written
    of those who may not be in the room any more stays: they left, or a recusal came since.
    """
    if not reason.strip():
        raise Refusal(_("Écrivez pourquoi la feuille de présence est corrigée."), code="no_reason")
    with transaction.atomic():
        jury = lock_jury(hearing.panel.jury_id)
        refuse_unless_leading(jury, by)
        hearing = lock_hearing(hearing.pk)
        refuse_if_recused(by, hearing.candidacy)
        _refuse_unless_correctable(hearing)
        _refuse_intruders(hearing, present)
        before = _present_at(hearing)
        there = {seat.pk for seat in present}
        gone = before & {seat.pk for seat in admitted(hearing.panel, hearing.candidacy)} - there
        after = before - gone | there
        _refuse_an_empty_room(after)
        _refuse_to_unseat_signatories(hearing, gone)
        details = _rewrite(hearing, before, after, attended_by)
        annul_unsigned(hearing, gone, at=at)
        if details:
            number = hearing.candidacy.number
            record("correct_attendance", jury, by=Actor.person(by), at=at, note=reason, candidacy=number, **details)
        open_sheets_of_after(hearing, jury, by=by, at=at)
    return hearing


def _refuse_unless_correctable(hearing: Hearing) -> None:
    if hearing.state != HearingState.HELD:
        raise Refusal(_("L’audition n’a pas encore eu lieu."), code="not_held")
    if is_decided(hearing.candidacy):
        raise Refusal(
            _("La délibération signée a décidé de cette candidature : sa feuille de présence ne change plus."),
            code="decided",
        )
    if hearing.panel.jury.deliberations.filter(state=DeliberationState.SETTLED).exists():
        # Who signs must sign the list that was read.
        raise Refusal(_("La délibération est arrêtée : reprenez-la avant de corriger une présence."), code="settled")


def _present_at(hearing: Hearing) -> set[int]:
    return set(hearing.presences.filter(present=True).values_list("seat", flat=True))


def _refuse_to_unseat_signatories(hearing: Hearing, gone: Collection[int]) -> None:
    signed = ScoreSheet.objects.live().filter(
        candidacy=hearing.candidacy, stage=Stage.AFTER, state=SheetState.SIGNED, seat__in=gone
    )
    names = [str(sheet.seat.user) for sheet in signed.select_related("seat__user").order_by("seat")]
    if names:
        raise Refusal(
            _("Ces personnes ont signé leur feuille d’après l’audition : elles ne peuvent pas être notées absentes."),
            code="signed",
            items=names,
        )


def _rewrite(hearing: Hearing, before: set[int], after: set[int], attended_by: str | None) -> dict[str, object]:
    """Write what changes; return it, as the journal keeps it: nothing when the sheet said so already."""
    details: dict[str, object] = {}
    if before != after:
        hearing.presences.filter(seat__in=before - after).update(present=False)
        for seat in sorted(after - before):
            HearingPresence.objects.update_or_create(hearing=hearing, seat_id=seat, defaults={"present": True})
        details = {"before": sorted(before), "after": sorted(after)}
    if attended_by is not None and attended_by.strip() != hearing.attended_by:
        details |= {"attended_before": hearing.attended_by, "attended_after": attended_by.strip()}
        hearing.attended_by = attended_by.strip()
        hearing.save(update_fields=["attended_by"])
    return details


def _refuse_an_empty_room(present: Collection[object]) -> None:
    if not present:
        raise Refusal(_("Cochez les membres du panel qui étaient présents."), code="nobody_present")


def _refuse_intruders(hearing: Hearing, present: Collection[Seat]) -> None:
    welcome = {seat.pk for seat in admitted(hearing.panel, hearing.candidacy)}
    intruders = [str(seat.user) for seat in present if seat.pk not in welcome]
    if intruders:
        raise Refusal(
            _("Ces personnes ne peuvent pas siéger à cette audition : déport, lien non levé ou autre panel."),
            code="intruders",
            items=intruders,
        )
