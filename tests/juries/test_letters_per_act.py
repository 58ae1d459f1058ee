"""Every act of the jury phase and the letters it writes, counted: a new act that is not here fails.

The cast: a chair, and a panel of two sworn readers with two candidacies; somebody invited who has not answered, and
somebody sworn in no panel. On each dossier one person works, the contact.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from applications.enums import Outcome, Role
from juries.actions import (
    amendment,
    attendance,
    constitution,
    deliberation,
    hearings,
    interests,
    joining,
    panels,
    scoring,
)
from juries.enums import Stage, Verdict
from juries.models import Deliberation, Hearing, InterestDeclaration, ScoreSheet
from tests import builders
from tests.builders.examined import team_of
from tests.builders.letters_per_act import Act, Table

AT = builders.JURY_TIME
FIRST = builders.HEARING_TIME
LATER = FIRST + timedelta(days=30)
HELPERS = """
    amendment.bound_fields constitution.refuse_homonym constitution.refuse_incomplete convocations.retell_of
    correspondence.journal_of scoring.annul_unsigned scoring.open_sheets_of_after
    steps.lock_deliberation steps.lock_hearing steps.lock_jury steps.lock_sheet_row steps.record
"""
pytestmark = pytest.mark.django_db


class Cast:
    """A jury at work, before any hearing."""

    def __init__(self) -> None:
        self.call = builders.a_call()
        self.candidacy, self.other = builders.some_shortlisted(self.call, 2)
        self.jury = builders.a_jury(self.call)
        self.manager, self.other_manager = team_of(self.call, Role.MANAGER)
        self.chair = builders.a_chair(self.jury)
        self.seats = [builders.a_juror(self.jury) for _ in range(2)]
        self.free = builders.a_juror(self.jury)
        self.silent = builders.a_juror(self.jury, charter=False)
        self.panel = builders.a_panel(self.jury, self.seats, [self.candidacy, self.other])

    def booked(self) -> Hearing:
        """A hearing nobody knows of."""
        slot = builders.a_slot(self.panel)
        return hearings.book_hearing(slot, self.candidacy, by=self.manager, at=AT)

    def convened(self) -> Hearing:
        """One that the candidate and the two readers were told of."""
        return hearings.convene(self.booked(), by=self.manager, at=AT)

    def sheet(self) -> ScoreSheet:
        """The first reader's sheet, marked."""
        builders.without_ties(self.seats[0])
        sheet = scoring.open_sheet(self.seats[0], self.candidacy, at=AT)
        return scoring.write_scores(sheet, builders.marks_of(self.call, "4 4 4"), opinion="Bien.", at=AT)

    def held(self) -> Hearing:
        """A hearing that took place; its sheets are open."""
        builders.without_ties(*self.seats)
        return builders.a_held(self.panel, self.candidacy, self.seats)

    def session(self) -> Deliberation:
        """An open deliberation of which everything was heard and scored."""
        for candidacy in (self.candidacy, self.other):
            builders.a_scored_candidacy(self.panel, candidacy, dict.fromkeys(self.seats, "4 4 4"))
        return deliberation.open_deliberation(self.jury, by=self.manager, at=LATER)

    def settled(self) -> Deliberation:
        """One whose list is stopped."""
        session = self.session()
        for candidacy in (self.candidacy, self.other):
            self.decide(session, candidacy)
        return deliberation.settle(session, by=self.manager, at=LATER)

    def decide(self, session: Deliberation, candidacy: object) -> object:
        """An award."""
        return deliberation.record_decision(
            session,
            candidacy,  # type: ignore[arg-type]
            outcome=Outcome.AWARDED,
            amount=Decimal(10_000),
            reasons="Convenu.",
            by=self.manager,
            at=LATER,
        )


def common_ground() -> Cast:
    return Cast()


@pytest.fixture
def cast(ground: Cast) -> Cast:
    return ground


table: Table[Cast] = Table("juries.actions", helpers=HELPERS.split())


@pytest.mark.parametrize("act", sorted(table.acts()))
def test_each_act_writes_these_letters_and_no_other(cast: Cast, act: str) -> None:
    assert act in table.rows, f"{act} is not in the table: see tests/builders/letters_per_act.py"

    assert table.written_by(act, cast) == table.rows[act][1]


def test_the_table_holds_no_act_that_does_not_exist(cast: Cast) -> None:
    assert set(table.rows) - table.acts() == set()


# ---------------------------------------------------------------- the jury


@table.writes("constitution.constitute_jury")
def _(cast: Cast) -> Act:
    return lambda: builders.a_jury(cast.call)


@table.writes("amendment.amend_jury")
def _(cast: Cast) -> Act:
    changes = {"scores_due_on": date(2018, 12, 7)}
    return lambda: amendment.amend_jury(cast.jury, changes, by=cast.manager, at=AT)


@table.writes("constitution.invite_juror", jury_invitation=1)
def _(cast: Cast) -> Act:
    return lambda: builders.a_juror(cast.jury, charter=False)


@table.writes("constitution.invite_again", jury_invitation=1)
def _(cast: Cast) -> Act:
    return lambda: constitution.invite_again(cast.silent, by=cast.manager, at=AT + timedelta(hours=1))


@table.writes("constitution.accept_invitation")
def _(cast: Cast) -> Act:
    return lambda: constitution.accept_invitation(cast.silent, at=AT)


@table.writes("joining.accept_anew")
def _(cast: Cast) -> Act:
    return lambda: joining.accept_anew(cast.silent, name="Sacha", password=builders.PASSWORD, at=AT)


@table.writes("constitution.decline_invitation")
def _(cast: Cast) -> Act:
    return lambda: constitution.decline_invitation(cast.silent, at=AT)


# Placed in the panel before signing: the dossiers, and the hearing that was convened meanwhile.
@table.writes("constitution.sign_charter", dossiers_to_read=1, hearing_invitation=1)
def _(cast: Cast) -> Act:
    panels.assign_to_panel(cast.panel, cast.silent, by=cast.manager, at=AT)
    cast.convened()
    return lambda: constitution.sign_charter(cast.silent, at=AT)


@table.writes("constitution.remove_juror", hearing_left=1)
def _(cast: Cast) -> Act:
    cast.convened()
    return lambda: constitution.remove_juror(cast.seats[0], reason="Empêché.", by=cast.manager, at=AT)


@table.writes("panels.create_panel")
def _(cast: Cast) -> Act:
    return lambda: panels.create_panel(cast.jury, name="Un autre", by=cast.manager, at=AT)


@table.writes("panels.assign_to_panel", dossiers_to_read=1, hearing_invitation=1)
def _(cast: Cast) -> Act:
    cast.convened()
    return lambda: panels.assign_to_panel(cast.panel, cast.free, by=cast.manager, at=AT)


@table.writes("panels.assign", dossiers_to_read=1)
def _(cast: Cast) -> Act:
    cast.panel.assignments.filter(candidacy=cast.other).delete()
    second = builders.a_panel(cast.jury, [cast.free])
    return lambda: panels.assign(second, [cast.other], by=cast.manager, at=AT)


# ---------------------------------------------------------------- ties


@table.writes("interests.declare_interest", hearing_left=1)
def _(cast: Cast) -> Act:
    cast.convened()
    return lambda: interests.declare_interest(
        cast.seats[0], cast.candidacy, verdict=Verdict.RECUSED, reason="Parent.", at=AT
    )


@table.writes("interests.clear_interest")
def _(cast: Cast) -> Act:
    interests.declare_interest(cast.seats[0], cast.candidacy, verdict=Verdict.TO_EXAMINE, reason="Voisin.", at=AT)
    declared = InterestDeclaration.objects.select_related("seat").get()
    return lambda: interests.clear_interest(declared, reason="Rien.", by=cast.manager, at=AT)


@table.writes("interests.recuse", hearing_left=1)
def _(cast: Cast) -> Act:
    cast.convened()
    return lambda: interests.recuse(cast.seats[0], cast.candidacy, reason="Lien.", by=cast.manager, at=AT)


# ---------------------------------------------------------------- hearings


@table.writes("hearings.propose_slots")
def _(cast: Cast) -> Act:
    return lambda: builders.a_slot(cast.panel)


@table.writes("hearings.withdraw_slot")
def _(cast: Cast) -> Act:
    slot = builders.a_slot(cast.panel)
    return lambda: hearings.withdraw_slot(slot, by=cast.manager, at=AT)


@table.writes("hearings.book_hearing")
def _(cast: Cast) -> Act:
    return cast.booked


# The contact, and the two readers.
@table.writes("hearings.convene", hearing_invitation=3)
def _(cast: Cast) -> Act:
    hearing = cast.booked()
    return lambda: hearings.convene(hearing, by=cast.manager, at=AT)


@table.writes("hearings.confirm")
def _(cast: Cast) -> Act:
    hearing, contact = cast.convened(), cast.candidacy.members.get()
    return lambda: hearings.confirm(hearing, by=contact.actor, at=AT)


@table.writes("hearings.move", hearing_moved=3)
def _(cast: Cast) -> Act:
    hearing, slot = cast.convened(), builders.a_slot(cast.panel)
    return lambda: hearings.move(hearing, slot, reason="Grève.", by=cast.manager, at=AT)


@table.writes("hearings.cancel", hearing_cancelled=3)
def _(cast: Cast) -> Act:
    hearing = cast.convened()
    return lambda: hearings.cancel(hearing, reason="Salle inondée.", by=cast.manager, at=AT)


@table.writes("attendance.hold_hearing")
def _(cast: Cast) -> Act:
    builders.without_ties(*cast.seats)
    hearing = cast.convened()
    over = hearing.slot.ends_at
    return lambda: attendance.hold_hearing(hearing, present=cast.seats, by=cast.manager, at=over)


@table.writes("attendance.correct_attendance")
def _(cast: Cast) -> Act:
    hearing = cast.held()
    over = hearing.slot.ends_at
    return lambda: attendance.correct_attendance(
        hearing, present=cast.seats[:1], reason="Erreur.", by=cast.manager, at=over
    )


# ---------------------------------------------------------------- scores


@table.writes("scoring.open_sheet")
def _(cast: Cast) -> Act:
    builders.without_ties(cast.seats[0])
    return lambda: scoring.open_sheet(cast.seats[0], cast.candidacy, at=AT)


@table.writes("scoring.write_scores")
def _(cast: Cast) -> Act:
    sheet = cast.sheet()
    return lambda: scoring.write_scores(sheet, builders.marks_of(cast.call, "5 5 5"), at=AT)


@table.writes("scoring.lock_sheet")
def _(cast: Cast) -> Act:
    sheet = cast.sheet()
    return lambda: scoring.lock_sheet(sheet, at=AT)


@table.writes("scoring.reopen_after_hearing")
def _(cast: Cast) -> Act:
    hearing = cast.held()
    return lambda: scoring.reopen_after_hearing(hearing, by=cast.manager, at=hearing.slot.ends_at)


@table.writes("scoring.sign_sheet")
def _(cast: Cast) -> Act:
    hearing = cast.held()
    sheet = ScoreSheet.objects.get(seat=cast.seats[0], stage=Stage.AFTER)
    at = hearing.slot.ends_at
    scoring.write_scores(sheet, builders.marks_of(cast.call, "5 5 5"), opinion="Bien.", at=at)
    return lambda: scoring.sign_sheet(sheet, at=at)


# ---------------------------------------------------------------- deliberation: under embargo, nobody is written to


@table.writes("deliberation.open_deliberation")
def _(cast: Cast) -> Act:
    return lambda: deliberation.open_deliberation(cast.jury, by=cast.manager, at=LATER)


@table.writes("deliberation.record_decision")
def _(cast: Cast) -> Act:
    session = cast.session()
    return lambda: cast.decide(session, cast.candidacy)


@table.writes("deliberation.settle")
def _(cast: Cast) -> Act:
    session = cast.session()
    for candidacy in (cast.candidacy, cast.other):
        cast.decide(session, candidacy)
    return lambda: deliberation.settle(session, by=cast.manager, at=LATER)


@table.writes("deliberation.resume")
def _(cast: Cast) -> Act:
    session = cast.settled()
    return lambda: deliberation.resume(session, reason="Erreur.", by=cast.manager, at=LATER)


@table.writes("deliberation.sign_deliberation")
def _(cast: Cast) -> Act:
    session = cast.settled()
    deliberation.sign_deliberation(session, by=cast.chair.user, at=LATER)
    return lambda: deliberation.sign_deliberation(session, by=cast.manager, at=LATER)
