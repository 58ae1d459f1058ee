"""What the office and the candidates do for hearings: given to panels, booked, convened, confirmed, held."""

from collections.abc import Sequence
from datetime import datetime

from applications.enums import CandidacyState
from applications.models import Candidacy
from applications.rehearsal import deeds, setting
from applications.rehearsal.cast import Player
from hubs_portal.rehearsal.timeline import PassedOver
from juries.actions import attendance, hearings, panels, scoring
from juries.enums import HearingState
from juries.models import Hearing, Panel, PanelCandidacy, Seat, Slot
from juries.rehearsal.cast import Appointment, Audition, juror, told
from juries.rehearsal.setting import the_panel
from juries.rehearsal.sitting import candidacy_of, player_of
from juries.rules.hearings import voters
from juries.workflow import AWAITED

_JULIEN, _NADIA, _SOPHIE = 3, 2, 0


def assign(panel: str, players: Sequence[Player], at: datetime) -> None:
    """Give a panel the shortlisted candidacies among these that no panel has yet."""
    given = PanelCandidacy.objects.values("candidacy")
    wanted = [candidacy_of(player).pk for player in players if _is_there(player)]
    ready = Candidacy.objects.filter(pk__in=wanted, state=CandidacyState.SHORTLISTED).exclude(pk__in=given)
    if not ready:
        raise PassedOver("aucune candidature n’est à attribuer")
    panels.assign(the_panel(panel), ready, by=setting.teammate(_JULIEN), at=at)


def _is_there(player: Player) -> bool:
    try:
        candidacy_of(player)
    except PassedOver:
        return False
    return True


def book(audition: Audition, appointment: Appointment, at: datetime) -> None:
    """Offer a slot and put the candidacy in it."""
    candidacy = candidacy_of(audition.player)
    slot = slot_at(the_panel(audition.panel), appointment.starts, at, by_video=audition.by_video)
    hearings.book_hearing(slot, candidacy, by=setting.teammate(_JULIEN), at=at)


def slot_at(panel: Panel, starts: datetime, at: datetime, *, by_video: bool = False) -> Slot:
    """The slot of a panel at that instant, offered when it was not."""
    known = Slot.objects.filter(panel=panel, starts_at=starts).select_related("panel", "jury").first()
    places = told()["places"]
    room = hearings.Somewhere(places["room"], place=places["place"].replace("'", "’"))
    video = hearings.Somewhere(places["video"], link=places["link"])
    where = video if by_video else room
    return known or hearings.propose_slots(panel, [starts], where=where, by=setting.teammate(_JULIEN), at=at)[0]


def standing(candidacy: Candidacy) -> Hearing:
    """The hearing of a candidacy that is neither cancelled nor held."""
    found = Hearing.objects.filter(candidacy=candidacy, state__in=[HearingState.PROPOSED, *AWAITED])
    hearing = found.select_related("slot", "panel__jury__call", "candidacy").first()
    if hearing is None:
        raise PassedOver("aucune audition n’est prévue")
    return hearing


def convene(audition: Audition, at: datetime) -> None:
    """Write to the candidate."""
    hearings.convene(standing(candidacy_of(audition.player)), by=setting.teammate(_JULIEN), at=at)


def confirm(audition: Audition, at: datetime) -> None:
    """The candidate will come."""
    contact = deeds.contact(audition.player)
    hearings.confirm(standing(contact.candidacy), by=contact.actor, at=at)


def move(audition: Audition, at: datetime) -> None:
    """The office changes the hour."""
    assert audition.change
    hearing = standing(candidacy_of(audition.player))
    slot = slot_at(hearing.panel, audition.change.then.starts, at, by_video=audition.by_video)
    hearings.move(hearing, slot, reason=audition.change.reason, by=setting.teammate(_JULIEN), at=at)


def cancel(audition: Audition, at: datetime) -> None:
    """The office gives it up."""
    assert audition.change
    hearing = standing(candidacy_of(audition.player))
    hearings.cancel(hearing, reason=audition.change.reason, by=setting.teammate(_JULIEN), at=at)


def hold(audition: Audition, at: datetime) -> None:
    """The hearing takes place: who was there is written, and those who were score again."""
    absent = {juror(key).email for key in audition.absent}
    hold_it(standing(candidacy_of(audition.player)), at, absent=absent)


def hold_it(hearing: Hearing, at: datetime, *, absent: set[str] | None = None) -> None:
    """Hold this hearing with everybody of its panel who may be in the room, save those absent."""
    present = [seat for seat in able(hearing) if seat.user.email not in (absent or set())]
    if not present:
        raise PassedOver("personne ne peut l’entendre")
    player = player_of(hearing.candidacy)
    heard = f"{player.contact} ; {player.signs[0]}" if player.territories else player.contact
    held = attendance.hold_hearing(hearing, present=present, attended_by=heard, by=setting.teammate(_NADIA), at=at)
    scoring.reopen_after_hearing(held, by=setting.teammate(_SOPHIE), at=at)


def able(hearing: Hearing) -> list[Seat]:
    """The members of the panel with no tie, nothing left to declare of it."""
    return [
        seat
        for seat in voters(hearing.panel, hearing.candidacy)
        if seat.declarations.filter(candidacy=hearing.candidacy, verdict="none").exists()
    ]
