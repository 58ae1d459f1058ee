"""Hold a hearing: who of the panel was in the room, who spoke for the candidate."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions import conclusion
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from juries.actions.steps import lock_hearing, lock_jury, record
from juries.enums import HearingState
from juries.models import Hearing, HearingPresence, Seat
from juries.rules.hearings import admitted, voters
from juries.rules.offices import refuse_if_recused, refuse_unless_organising
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
        if not present:
            raise Refusal(_("Cochez les membres du panel qui étaient présents."), code="nobody_present")
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


def _refuse_intruders(hearing: Hearing, present: Collection[Seat]) -> None:
    welcome = {seat.pk for seat in admitted(hearing.panel, hearing.candidacy)}
    intruders = [str(seat.user) for seat in present if seat.pk not in welcome]
    if intruders:
        raise Refusal(
            _("Ces personnes ne peuvent pas siéger à cette audition : déport, lien non levé ou autre panel."),
            code="intruders",
            items=intruders,
        )
