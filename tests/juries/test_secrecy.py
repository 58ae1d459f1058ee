"""Secrecy: nothing before the charter, nothing before the declarations, nothing of what one stays out of."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from applications.enums import Outcome
from applications.models import Candidacy
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from juries.actions import deliberation, interests, panels, scoring
from juries.actions.constitution import remove_juror
from juries.enums import RecusalOrigin, Verdict
from juries.models import InterestDeclaration, Panel, Recusal, ScoreSheet, Seat
from juries.rules.docket import cleared, docket, files_readable_by, submissions_readable_by, undeclared
from juries.selectors import visible
from juries.selectors.ranking import ranking, ranking_visible_to
from tests import builders

AT = builders.JURY_TIME
LATER = builders.HEARING_TIME + timedelta(days=1)
pytestmark = pytest.mark.django_db


class World:
    """A jury with a chair, a panel of three readers on two candidacies, and a juror of another panel."""

    def __init__(self) -> None:
        self.call = builders.a_call()
        self.candidacies = builders.some_shortlisted(self.call, 3)
        self.mine, self.other, self.elsewhere = self.candidacies
        self.jury = builders.a_jury(self.call)
        self.chair = builders.a_chair(self.jury)
        self.seats = [builders.a_juror(self.jury) for _ in range(3)]
        self.panel = builders.a_panel(self.jury, self.seats, [self.mine, self.other])
        self.stranger = builders.a_juror(self.jury)
        self.second_panel: Panel = builders.a_panel(self.jury, [self.stranger], [self.elsewhere])
        self.manager = builders.the_manager(self.jury)


def obtained(seat: Seat) -> dict[str, set[Any]]:
    """The candidacies each door lets the juror reach."""
    doors: dict[str, Callable[[], set[Any]]] = {
        "docket": lambda: set(docket(seat)),
        "cleared": lambda: set(cleared(seat)),
        "submissions": lambda: {s.candidacy for s in submissions_readable_by(seat, LATER)},
        "files": lambda: {f.submission.candidacy for f in files_readable_by(seat, LATER)},
        "own sheets": lambda: {s.candidacy for s in visible.sheets_of(seat)},
        "sheets": lambda: {s.candidacy for s in visible.sheets_visible_to(seat)},
        "hearings": lambda: {h.candidacy for h in visible.hearings_visible_to(seat)},
        "decisions": lambda: {d.candidacy for d in visible.decisions_visible_to(seat)},
        "letters": lambda: {link.candidacy for link in visible.letters_visible_to(seat) if link.candidacy},
        "ranking": lambda: {row.candidacy for row in ranking_visible_to(seat)},
    }
    return {name: door() for name, door in doors.items()}


def nothing() -> dict[str, set[Any]]:
    names = ["docket", "cleared", "submissions", "files", "hearings", "decisions", "letters", "ranking", "sheets"]
    return {name: set() for name in [*names, "own sheets"]}


def common_ground() -> World:
    return World()


@pytest.fixture
def world(ground: World) -> World:
    return ground


def deliberated(world: World) -> None:
    """Both candidacies of the panel were heard, scored by everybody, and decided."""
    marks = dict(zip(world.seats, ["5 5 5", "4 4 4", "3 3 3"], strict=True))
    for candidacy in (world.mine, world.other):
        builders.a_scored_candidacy(world.panel, candidacy, marks)
    session = deliberation.open_deliberation(world.jury, by=world.manager, at=LATER)
    for candidacy in (world.mine, world.other):
        deliberation.record_decision(
            session,
            candidacy,
            outcome=Outcome.AWARDED,
            amount=Decimal(100_000),
            reasons="Un projet solide.",
            by=world.manager,
            at=LATER,
        )


def test_before_the_charter_nothing_can_be_read(world: World) -> None:
    newcomer = builders.a_juror(world.jury, charter=False)
    panels.assign_to_panel(world.panel, newcomer, by=world.manager, at=AT)

    assert obtained(newcomer) == nothing()
    with pytest.raises(Refusal) as refused:
        interests.declare_interest(newcomer, world.mine, verdict=Verdict.NONE, at=AT)
    assert refused.value.code == "no_charter"
    assert InterestDeclaration.objects.filter(seat=newcomer).count() == 0


def test_after_the_charter_candidacies_are_named_and_no_dossier_opens(world: World) -> None:
    seat = world.seats[0]

    assert obtained(seat) == nothing() | {"docket": {world.mine, world.other}}
    assert set(undeclared(seat)) == {world.mine, world.other}


def test_no_dossier_opens_while_one_declaration_is_missing(world: World) -> None:
    seat = world.seats[0]
    interests.declare_interest(seat, world.mine, verdict=Verdict.NONE, at=AT)

    assert set(submissions_readable_by(seat, LATER)) == set()
    with pytest.raises(Refusal) as refused:
        scoring.open_sheet(seat, world.mine, at=AT)

    assert refused.value.code == "undeclared"
    assert ScoreSheet.objects.count() == 0


def test_once_everything_is_declared_the_dossiers_without_tie_open(world: World) -> None:
    seat = world.seats[0]
    builders.without_ties(seat)

    assert {s.candidacy for s in submissions_readable_by(seat, LATER)} == {world.mine, world.other}
    assert {f.submission.candidacy for f in files_readable_by(seat, LATER)} == {world.mine, world.other}
    assert set(submissions_readable_by(seat, world.call.closes_at - timedelta(microseconds=1))) == set()


def test_a_juror_of_another_panel_obtains_nothing_of_ours(world: World) -> None:
    builders.without_ties(*world.seats, world.stranger)
    deliberated(world)

    assert all(found <= {world.elsewhere} for found in obtained(world.stranger).values())
    with pytest.raises(Refusal) as refused:
        scoring.open_sheet(world.stranger, world.mine, at=AT)
    assert refused.value.code == "not_yours"


def test_a_tie_to_examine_keeps_its_dossier_closed_until_somebody_has_looked(world: World) -> None:
    seat = world.seats[0]
    tie = interests.declare_interest(seat, world.mine, verdict=Verdict.TO_EXAMINE, reason="Ancien collègue.", at=AT)
    interests.declare_interest(seat, world.other, verdict=Verdict.NONE, at=AT)

    assert set(cleared(seat)) == {world.other}
    assert set(visible.to_examine(world.chair.user)) == {tie} == set(visible.to_examine(world.manager))
    with pytest.raises(Refusal) as refused:
        interests.declare_interest(seat, world.mine, verdict=Verdict.NONE, at=AT)
    assert refused.value.code == "already_declared"

    interests.clear_interest(tie, reason="Sans influence.", by=world.chair.user, at=AT)

    assert set(cleared(seat)) == {world.mine, world.other}
    assert set(visible.to_examine(world.chair.user)) == set()


def test_a_tie_discovered_after_scoring_closes_what_the_others_thought_while_it_is_examined(world: World) -> None:
    deliberated(world)
    juror = world.seats[0]

    interests.declare_interest(juror, world.mine, verdict=Verdict.TO_EXAMINE, reason="Un cousin y entre.", at=LATER)

    got = obtained(juror)
    own = visible.sheets_visible_to(juror).filter(candidacy=world.mine)
    assert {name: got[name] for name in ("cleared", "submissions", "files", "decisions", "ranking")} == {
        name: {world.other} for name in ("cleared", "submissions", "files", "decisions", "ranking")
    }
    assert {sheet.seat for sheet in own} == {juror}


def test_nobody_examines_their_own_tie(world: World) -> None:
    panels.assign_to_panel(world.panel, world.chair, by=world.manager, at=AT)
    tie = interests.declare_interest(world.chair, world.mine, verdict=Verdict.TO_EXAMINE, reason="Voisinage.", at=AT)

    assert set(visible.to_examine(world.chair.user)) == set()
    with pytest.raises(Refusal) as refused:
        interests.clear_interest(tie, reason="Rien.", by=world.chair.user, at=AT)

    assert refused.value.code == "own_tie"


def test_a_declared_recusal_closes_everything_at_once(world: World) -> None:
    seat = world.seats[0]
    builders.without_ties(seat)
    sheet = scoring.open_sheet(seat, world.mine, at=AT)

    interests.declare_interest(seat, world.mine, verdict=Verdict.RECUSED, reason="Mon employeur.", at=AT)

    assert obtained(seat) == nothing() | {name: {world.other} for name in ("docket", "cleared", "submissions", "files")}
    assert Recusal.objects.get().origin == RecusalOrigin.DECLARATION
    with pytest.raises(Refusal):
        scoring.write_scores(sheet, builders.marks_of(world.call, "1 1 1"), at=AT)
    assert ScoreSheet.objects.get(pk=sheet.pk).scores.count() == 0


@pytest.mark.parametrize("who", ["chair", "office"])
def test_a_recused_juror_obtains_nothing_by_any_door_even_after_scoring(world: World, who: str) -> None:
    deliberated(world)
    seat, author = world.seats[1], world.chair.user if who == "chair" else world.manager
    assert all(world.mine in found for found in obtained(seat).values())

    recusal = interests.recuse(seat, world.mine, reason="Lien révélé.", by=author, at=LATER)

    assert (recusal.origin, recusal.recused_at) == (who, LATER)
    assert {name: found for name, found in obtained(seat).items() if world.mine in found} == {}
    assert all(found == {world.other} for found in obtained(seat).values())


def test_a_recused_juror_cannot_work_out_the_rank_of_what_they_do_not_see(world: World) -> None:
    builders.a_scored_candidacy(world.panel, world.mine, dict(zip(world.seats, ["5 5 5"] * 3, strict=True)))
    builders.a_scored_candidacy(world.panel, world.other, dict(zip(world.seats, ["2 2 2"] * 3, strict=True)))
    assert [(row.candidacy, row.rank) for row in ranking(world.jury)[:2]] == [(world.mine, 1), (world.other, 2)]

    interests.recuse(world.seats[0], world.mine, reason="Lien révélé.", by=world.manager, at=LATER)

    assert [(row.candidacy, row.rank) for row in ranking_visible_to(world.seats[0])] == [(world.other, 1)]


def test_others_scores_open_only_once_ones_own_are_locked(world: World) -> None:
    builders.without_ties(*world.seats)
    first, second, third = world.seats
    theirs = builders.a_locked_sheet(second, world.mine, "4 4 4")
    scoring.open_sheet(third, world.mine, at=AT)
    mine = scoring.open_sheet(first, world.mine, at=AT)

    assert set(visible.sheets_visible_to(first)) == {mine}

    scoring.write_scores(mine, builders.marks_of(world.call, "3 3 3"), opinion="Avis.", at=AT)
    scoring.lock_sheet(mine, at=AT)

    assert set(visible.sheets_visible_to(first)) == {mine, theirs}


def test_locking_one_dossier_opens_the_scores_of_no_other(world: World) -> None:
    builders.without_ties(*world.seats)
    builders.a_locked_sheet(world.seats[1], world.other, "4 4 4")
    mine = builders.a_locked_sheet(world.seats[0], world.mine, "3 3 3")

    assert set(visible.sheets_visible_to(world.seats[0])) == {mine}


def test_averages_do_not_leak_before_ones_own_scores_are_signed(world: World) -> None:
    builders.without_ties(*world.seats)
    builders.a_held(world.panel, world.mine, world.seats)
    sheets = {sheet.seat_id: sheet for sheet in ScoreSheet.objects.filter(candidacy=world.mine)}
    for seat in world.seats[1:]:
        sheet = sheets[seat.pk]
        scoring.write_scores(sheet, builders.marks_of(world.call, "4 4 4"), opinion="Avis.", at=LATER)
        scoring.sign_sheet(sheet, at=LATER)
    deliberation.open_deliberation(world.jury, by=world.manager, at=LATER)

    assert world.mine not in {row.candidacy for row in ranking_visible_to(world.seats[0])}
    assert world.mine in {row.candidacy for row in ranking_visible_to(world.seats[1])}


def test_the_office_reads_no_sheet_that_is_still_written(world: World) -> None:
    builders.without_ties(*world.seats)
    scoring.open_sheet(world.seats[0], world.mine, at=AT)
    locked = builders.a_locked_sheet(world.seats[1], world.mine, "4 4 4")

    assert set(visible.sheets_open_to_office(world.manager)) == {locked}
    assert visible.progress(world.manager).count() == 2
    assert set(visible.sheets_open_to_office(builders.a_user(is_superuser=True))) == set()


def test_a_juror_who_was_removed_obtains_nothing_with_the_next_request(world: World) -> None:
    deliberated(world)
    seat = world.seats[0]

    remove_juror(seat, reason="Départ.", by=world.manager, at=LATER)

    assert obtained(seat) == nothing()
    assert list(Seat.objects.of(seat.user)) == []


def test_a_recused_chair_decides_nothing_of_that_candidacy(world: World) -> None:
    deliberated(world)
    interests.recuse(world.chair, world.mine, reason="Lien familial.", by=world.manager, at=LATER)
    session = world.jury.deliberations.get()

    with pytest.raises(Refusal) as refused:
        deliberation.record_decision(
            session, world.mine, outcome=Outcome.NOT_SELECTED, reasons="Non.", by=world.chair.user, at=LATER
        )

    assert refused.value.code == "recused"
    assert session.decisions.get(candidacy=world.mine).outcome == Outcome.AWARDED


def test_a_recusal_bars_the_person_from_the_room(world: World) -> None:
    builders.without_ties(*world.seats)
    interests.recuse(world.seats[0], world.mine, reason="Lien.", by=world.manager, at=AT)

    with pytest.raises(Refusal) as refused:
        builders.a_held(world.panel, world.mine, world.seats)

    assert (refused.value.code, refused.value.items) == ("intruders", [str(world.seats[0].user)])


def test_no_letter_about_a_candidacy_goes_to_who_stays_out_of_it(world: World) -> None:
    interests.recuse(world.seats[0], world.mine, reason="Lien.", by=world.manager, at=AT)

    builders.a_convened(world.panel, world.mine)

    told = set(
        Letter.objects.filter(kind="hearing_invitation", of_jury__isnull=False).values_list("address", flat=True)
    )
    assert told == {seat.user.email for seat in world.seats[1:]}


def test_the_letter_about_new_dossiers_names_none_and_counts_none_one_stays_out_of(world: World) -> None:
    juror = builders.a_juror(world.jury)
    interests.recuse(juror, world.mine, reason="Lien.", by=world.manager, at=AT)

    panels.assign_to_panel(world.panel, juror, by=world.manager, at=AT)

    letter = Letter.objects.get(kind="dossiers_to_read", address=juror.user.email)
    assert "1 dossier à évaluer" in letter.subject
    texts = letter.subject + letter.text + letter.html
    assert [c.number for c in Candidacy.objects.all() if c.number in texts] == []


def test_what_a_juror_receives_never_fills_the_messages_of_a_candidate(world: World) -> None:
    builders.a_convened(world.panel, world.mine)

    assert Letter.objects.filter(of_jury__isnull=False, of_candidacy__isnull=False).count() == 0
