"""Juries, from their constitution to a candidacy they heard and scored."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from applications.actions.closing import close_call, settle_candidacies
from applications.enums import CandidacyState, Role
from applications.models import Call, Candidacy, Criterion
from applications.rules.deadline import FREEZE_DELAY
from hubs_portal.accounts.models import User
from juries.actions import attendance, constitution, hearings, interests, panels, scoring
from juries.enums import SeatRole, Stage, Verdict
from juries.models import Hearing, Jury, Panel, PanelMember, ScoreSheet, Seat, Slot
from juries.rules.docket import undeclared
from tests.builders.candidacies import a_submission
from tests.builders.crowds import many_ready
from tests.builders.examined import AFTER, a_shortlisted, team_of

JURY_TIME = AFTER + timedelta(hours=1)
HEARING_TIME = datetime(2018, 12, 10, 8, tzinfo=UTC)  # Monday, 09:00 in Paris
_rank = count(1)


def some_shortlisted(call: Call, n: int = 1) -> list[Candidacy]:
    """So many candidacies of a call that this closes, ready to be heard; their dossiers are copies of one."""
    for member in many_ready(call, n):
        a_submission(member, revision=1)
    at = call.closes_at + FREEZE_DELAY
    close_call(call, at=at)
    settle_candidacies(call, at=at)
    frozen = Candidacy.objects.filter(call=call, state=CandidacyState.FROZEN).order_by("pk")
    return [a_shortlisted(candidacy) for candidacy in frozen]


def the_manager(jury: Jury) -> User:
    """The first manager of the jury's call."""
    return team_of(jury.call, Role.MANAGER)[0]


def a_jury(call: Call, *, quorum: int = 2, at: datetime = JURY_TIME, **fields: Any) -> Jury:
    """A jury whose sheets of after the hearing rank, unless told otherwise."""
    charter = constitution.Charter("Je m’engage à la confidentialité.", "I will keep it confidential.")
    given = {"name": f"Jury d’essai n° {next(_rank)}", "charter": charter, "quorum": quorum, **fields}
    return constitution.constitute_jury(call, by=team_of(call, Role.MANAGER)[0], at=at, **given)


def a_juror(jury: Jury, *, charter: bool = True, role: SeatRole = SeatRole.JUROR, at: datetime = JURY_TIME) -> Seat:
    """A member of the jury, who has signed the charter unless told otherwise."""
    n = next(_rank)
    seat = constitution.invite_juror(
        jury, email=f"jure-{n}@exemple.invalid", name=f"Sacha Juré {n}", role=role, by=the_manager(jury), at=at
    )
    return constitution.sign_charter(seat, at=at) if charter else seat


def a_chair(jury: Jury, *, at: datetime = JURY_TIME) -> Seat:
    """Its chair, charter signed."""
    return a_juror(jury, role=SeatRole.CHAIR, at=at)


def a_panel(
    jury: Jury,
    seats: Iterable[Seat] = (),
    candidacies: Iterable[Candidacy] = (),
    *,
    listeners: Iterable[Seat] = (),
    at: datetime = JURY_TIME,
) -> Panel:
    """A panel where `seats` read and `listeners` only hear, with the candidacies it was given."""
    manager = the_manager(jury)
    panel = panels.create_panel(jury, name=f"Panel {next(_rank)}", by=manager, at=at)
    for seat in seats:
        panels.assign_to_panel(panel, seat, by=manager, at=at)
    for seat in listeners:
        panels.assign_to_panel(panel, seat, reader=False, by=manager, at=at)
    if given := list(candidacies):
        panels.assign(panel, given, by=manager, at=at)
    return panel


def without_ties(*seats: Seat, at: datetime = JURY_TIME) -> None:
    """Each declares no tie with everything left to declare."""
    for seat in seats:
        for candidacy in list(undeclared(seat)):
            interests.declare_interest(seat, candidacy, verdict=Verdict.NONE, at=at)


def marks_of(call: Call, marks: str) -> dict[Criterion, scoring.Written]:
    """« 4 3.5 2 »: a mark for each criterion of the grid, in its order."""
    values = [Decimal(mark) for mark in marks.split()]
    return {c: scoring.Written(v, "Vu.") for c, v in zip(call.criteria.all(), values, strict=True)}


def a_locked_sheet(seat: Seat, candidacy: Candidacy, marks: str, *, at: datetime = JURY_TIME) -> ScoreSheet:
    """What a reader thinks of the dossier alone, finished."""
    sheet = scoring.open_sheet(seat, candidacy, at=at)
    scoring.write_scores(sheet, marks_of(candidacy.call, marks), opinion="Un projet solide.", at=at)
    return scoring.lock_sheet(sheet, at=at)


def a_slot(panel: Panel, starts_at: datetime | None = None, *, at: datetime = JURY_TIME, room: str = "Salle 2") -> Slot:
    """A slot of the panel in that room: after its last one unless an instant is given."""
    last = Slot.objects.filter(jury=panel.jury_id).order_by("-starts_at").first()
    start = starts_at or (last.ends_at if last else HEARING_TIME)
    where = hearings.Somewhere(room, place="12, rue de l’Exemple, Paris")
    (slot,) = hearings.propose_slots(panel, [start], where=where, by=the_manager(panel.jury), at=at)
    return slot


def a_convened(panel: Panel, candidacy: Candidacy, slot: Slot | None = None, *, at: datetime = JURY_TIME) -> Hearing:
    """A hearing the candidate knows of."""
    manager = the_manager(panel.jury)
    hearing = hearings.book_hearing(slot or a_slot(panel, at=at), candidacy, by=manager, at=at)
    return hearings.convene(hearing, by=manager, at=at)


def a_held(panel: Panel, candidacy: Candidacy, present: Iterable[Seat]) -> Hearing:
    """A hearing that took place with these members of the panel; their sheets of after it are open."""
    hearing = a_convened(panel, candidacy)
    manager, over = the_manager(panel.jury), hearing.slot.ends_at
    held = attendance.hold_hearing(hearing, present=list(present), attended_by="La direction.", by=manager, at=over)
    scoring.reopen_after_hearing(held, by=manager, at=over)
    return held


def a_scored_candidacy(panel: Panel, candidacy: Candidacy, marks: Mapping[Seat, str]) -> Hearing:
    """Take a candidacy of the panel through its hearing to signed sheets: « 4 3.5 2 » for each juror.

    The readers among them lock the same marks before.
    """
    without_ties(*marks)
    for seat, given in marks.items():
        if PanelMember.objects.filter(panel=panel, seat=seat, reader=True).exists():
            a_locked_sheet(seat, candidacy, given)
    hearing = a_held(panel, candidacy, marks)
    for seat, given in marks.items():
        sheet = ScoreSheet.objects.get(seat=seat, candidacy=candidacy, stage=Stage.AFTER)
        at = hearing.slot.ends_at
        scoring.write_scores(sheet, marks_of(candidacy.call, given), opinion="Entendu.", at=at)
        scoring.sign_sheet(sheet, at=at)
    return hearing
