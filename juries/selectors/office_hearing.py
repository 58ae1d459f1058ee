"""One hearing, or the drafts to convene, as the office sees them: who is written to, who is in the room."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy, Member
from applications.selectors.reachability import delivered, well_formed
from applications.selectors.release import Check
from hubs_portal.refusals import Sentence
from juries.enums import HearingState, Stage
from juries.models import Hearing, HearingPresence, Jury, Recusal, ScoreSheet, Seat, Slot
from juries.rules.diary import Diary
from juries.rules.hearings import admitted, candidates_told, voters
from juries.selectors.office_calendar import standing_hearings


@dataclass(frozen=True)
class Draft:
    """A hearing to convene: who will be written to, or what stands in the way."""

    hearing: Hearing
    candidates: list[Member]
    jurors: list[Seat]
    why_not: list[Sentence]

    @property
    def letters(self) -> int:
        """How many will leave."""
        return len(self.candidates) + len(self.jurors)


def drafts(jury: Jury, at: datetime) -> list[Draft]:
    """The hearings placed and told to nobody yet: eight queries whatever their number."""
    placed = [hearing for hearing in standing_hearings(jury) if hearing.state == HearingState.PROPOSED]
    told = _told(hearing.candidacy for hearing in placed)
    diary = Diary(jury)
    return [
        Draft(
            hearing,
            told.get(hearing.candidacy_id, []),
            diary.voters(hearing.panel_id, hearing.candidacy),
            _why_not(diary, hearing, at),
        )
        for hearing in placed
    ]


def reachable(jury: Jury, rows: Iterable[Draft]) -> list[Check]:
    """Whether the candidates about to be convened can be written to: the same lines as before a release."""
    addresses = {member.email: row.hearing.candidacy for row in rows for member in row.candidates}
    if not addresses:
        return []
    return [well_formed(addresses), delivered(jury.call, addresses, _("téléphonez après l’envoi."))]


def _why_not(diary: Diary, hearing: Hearing, at: datetime) -> list[Sentence]:
    items = diary.obstacles(hearing.slot, hearing.candidacy, moving=hearing)
    return [*items, _("Ce créneau est passé.")] if hearing.slot.starts_at <= at else items


def _told(candidacies: Iterable[Candidacy]) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = {}
    for member in candidates_told(candidacies):
        found.setdefault(member.candidacy_id, []).append(member)
    return found


@dataclass(frozen=True)
class Room:
    """The people of a hearing."""

    candidates: list[Member]
    able: list[Seat]
    admitted: list[Seat]
    kept_out: list[str]
    presences: list[HearingPresence]
    sheets_missing: bool

    @property
    def unclear(self) -> list[Seat]:
        """Those whose tie is not cleared: they may not enter yet."""
        return [seat for seat in self.able if seat not in self.admitted]


def room(hearing: Hearing) -> Room:
    """Who is convened, who of the panel may be there, who was: seven queries."""
    panel, candidacy = hearing.panel, hearing.candidacy
    recusals = Recusal.objects.filter(candidacy=candidacy, seat__panels=panel).select_related("seat__user")
    presences = list(hearing.presences.select_related("seat__user"))
    able = voters(panel, candidacy)
    return Room(
        candidates=list(candidates_told([candidacy])),
        able=able,
        admitted=admitted(panel, candidacy),
        kept_out=sorted({str(recusal.seat.user) for recusal in recusals}),
        presences=presences,
        sheets_missing=_sheets_missing(hearing, presences, {seat.pk for seat in able}),
    )


def as_observed(people: Room, hearing: Hearing) -> Room:
    """The same to somebody who may not know of a recusal: every sworn member of the panel, and who was there.

    Those who were not there go unsaid: a juror who stays out is not on the attendance sheet at all.
    """
    members = Seat.objects.sworn().filter(panels=hearing.panel).select_related("user").order_by("pk")
    there = [presence for presence in people.presences if presence.present]
    return replace(people, able=list(members), kept_out=[], presences=there)


def _sheets_missing(hearing: Hearing, presences: Iterable[HearingPresence], able: set[int]) -> bool:
    """Whether somebody who was there has no sheet of after the hearing yet."""
    there = {presence.seat_id for presence in presences if presence.present} & able
    if hearing.state != HearingState.HELD or not there:
        return False
    written = ScoreSheet.objects.filter(candidacy=hearing.candidacy, stage=Stage.AFTER)
    return bool(there - set(written.values_list("seat", flat=True)))


@dataclass(frozen=True)
class Choice:
    """The free slots of a candidacy's panel: where it may be heard, and what stands in the way in the others."""

    possible: list[Slot]
    impossible: list[tuple[Slot, list[Sentence]]]


def choice(jury: Jury, candidacy: Candidacy, free: Iterable[Slot], *, moving: Hearing | None = None) -> Choice:
    """Six queries, whatever the number of slots."""
    diary = Diary(jury)
    mine = [slot for slot in free if slot.panel_id == diary.panel_of(candidacy)]
    rows = [(slot, diary.obstacles(slot, candidacy, moving=moving)) for slot in mine]
    return Choice([slot for slot, why_not in rows if not why_not], [row for row in rows if row[1]])


def candidacies_for(jury: Jury, slot: Slot, waiting: Iterable[Candidacy]) -> list[tuple[Candidacy, list[Sentence]]]:
    """The candidacies of the slot's panel that wait for a hearing, each with what stands in the way here."""
    diary = Diary(jury)
    mine = [candidacy for candidacy in waiting if diary.panel_of(candidacy) == slot.panel_id]
    return [(candidacy, diary.obstacles(slot, candidacy)) for candidacy in mine]
