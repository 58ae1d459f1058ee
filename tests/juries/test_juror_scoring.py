"""Score on one's pages: kept as typed, never over what another page saved, locked, signed, then compared."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from juries.actions import panels, scoring
from juries.actions.constitution import remove_juror
from juries.actions.interests import recuse
from juries.enums import SheetState, Stage
from juries.models import Score, ScoreSheet, Seat
from tests import builders
from tests.builders import TimedClient
from tests.builders.juries import HEARING_TIME, JURY_TIME
from tests.builders.jurors import JuryAtWork, as_juror, page, sheet_as_typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
HTMX = {"HTTP_HX_REQUEST": "true"}


def common_ground() -> JuryAtWork:
    """Two readers without ties."""
    world = JuryAtWork(candidacies=1)
    builders.without_ties(*world.seats)
    return world


@pytest.fixture
def world(ground: JuryAtWork) -> JuryAtWork:
    return ground


@pytest.fixture
def juror(client: TimedClient, world: JuryAtWork) -> TimedClient:
    return as_juror(client, world.seats[0])


def marks(seat: Seat, stage: Stage = Stage.BEFORE) -> list[str]:
    found = Score.objects.filter(sheet__seat=seat, sheet__stage=stage).order_by("criterion__position")
    return ["-" if score.value is None else f"{float(score.value):g}" for score in found]


def the_sheet(seat: Seat, stage: Stage = Stage.BEFORE) -> ScoreSheet:
    return ScoreSheet.objects.get(seat=seat, stage=stage)


def test_looking_at_the_grid_opens_no_sheet(juror: TimedClient, world: JuryAtWork) -> None:
    number = world.mine.number

    shown = [juror.get(page(name, number)) for name in ("juror_dossier", "juror_sheet", "juror_scores")]

    assert [r.status_code for r in shown] == [200, 200, 200]
    assert juror.get(page("juror_sheet_finish", number)).headers["Location"] == page("juror_sheet", number)
    assert ScoreSheet.objects.count() == 0


def test_an_autosave_is_kept_and_says_when(juror: TimedClient, world: JuryAtWork) -> None:
    address, seat = page("juror_sheet", world.mine.number), world.seats[0]

    typed = sheet_as_typed("3,5 4 -", **{"comment-network": "À relire.", "page": "a"})
    answer = juror.post(address, typed, **HTMX)

    assert (answer.status_code, marks(seat)) == (200, ["3.5", "4", "-"])
    text = answer.content.decode().replace("\u00a0", " ")
    assert "Enregistré à " in text
    assert "56" in text  # 40 × 3,5 / 5 + 35 × 4 / 5
    shown = juror.get(address).content.decode()
    assert "À relire." in shown
    assert the_sheet(seat).saved_at.isoformat() in shown


def test_the_same_post_again_changes_nothing_even_if_its_answer_was_lost(juror: TimedClient, world: JuryAtWork) -> None:
    address, seat = page("juror_sheet", world.mine.number), world.seats[0]
    juror.post(address, sheet_as_typed("3 - -", page="a"), **HTMX)
    juror.at(HEARING_TIME)

    again = juror.post(address, sheet_as_typed("3 - -", page="another"), **HTMX)
    gone_on = juror.post(address, sheet_as_typed("3 2 -", page="a"), **HTMX)

    assert (again.status_code, gone_on.status_code, marks(seat)) == (200, 200, ["3", "2", "-"])
    assert ScoreSheet.objects.count() == 1


def test_a_stale_tab_overwrites_nothing_and_loses_nothing(juror: TimedClient, world: JuryAtWork) -> None:
    address, seat = page("juror_sheet", world.mine.number), world.seats[0]
    juror.post(address, sheet_as_typed("3 - 5", page="phone"), **HTMX)

    stale = sheet_as_typed("1 2 -", page="laptop", opinion="Depuis l’ordinateur.")
    saved = juror.post(address, stale, **HTMX)
    compared = juror.post(address, stale)

    assert (saved.status_code, compared.status_code, marks(seat)) == (409, 409, ["3", "-", "5"])
    assert "Choisissez « Enregistrer » pour comparer" in saved.content.decode().replace("\u00a0", " ")
    lines = {line.criterion.code: line for line in compared.context["lines"]}
    chosen = {code: [c.label for c in line.choices if c.chosen] for code, line in lines.items()}
    assert chosen == {"territory": ["1"], "network": ["2"], "economy": ["5"]}  # what was left empty takes what is saved
    recorded = lines["territory"].recorded
    assert recorded
    assert (recorded.value, lines["network"].recorded) == (Decimal(3), None)
    assert "Depuis l’ordinateur." in compared.content.decode()

    juror.post(address, stale | {"seen": compared.context["seen"], "mark-economy": "5"})

    assert marks(seat) == ["1", "2", "5"]


@pytest.mark.parametrize("typed", ["abc", "7", "-1", "3.2", "3.55", "NaN", "1e3", "٣", "<b>"])
def test_what_is_not_a_mark_is_refused_and_everything_typed_is_kept(
    juror: TimedClient, world: JuryAtWork, typed: str
) -> None:
    posted = sheet_as_typed("- 4 -", opinion="Mon avis.", **{"comment-territory": "Mon commentaire."})

    answer = juror.post(page("juror_sheet", world.mine.number), posted | {"mark-territory": typed})

    assert (answer.status_code, ScoreSheet.objects.count()) == (422, 0)
    text = answer.content.decode()
    assert all(kept in text for kept in ("Mon avis.", "Mon commentaire.", "n’est pas une note"))
    assert [c.label for c in answer.context["lines"][1].choices if c.chosen] == ["4"]
    assert "<b>" not in text


def test_a_sheet_is_read_again_then_locked_once(juror: TimedClient, world: JuryAtWork) -> None:
    number, seat = world.mine.number, world.seats[0]
    juror.post(page("juror_sheet", number), sheet_as_typed("3 4 -"))

    lacking = juror.get(page("juror_sheet_finish", number))
    refused = juror.post(page("juror_sheet_finish", number), {"seen": lacking.context["seen"]})
    assert len(lacking.context["missing"]) == 2
    assert (refused.status_code, the_sheet(seat).state) == (409, SheetState.OPEN)

    whole = sheet_as_typed("3 4 2,5", opinion="Solide.", seen=lacking.context["seen"], finish="1")
    assert juror.post(page("juror_sheet", number), whole).headers["Location"] == page("juror_sheet_finish", number)
    seen = juror.get(page("juror_sheet_finish", number)).context["seen"]
    for _again in range(2):
        done = juror.post(page("juror_sheet_finish", number), {"seen": seen})
        assert done.headers["Location"] == page("juror_sheet", number)

    assert (the_sheet(seat).state, marks(seat)) == (SheetState.LOCKED, ["3", "4", "2.5"])
    shown = juror.get(page("juror_sheet", number)).content.decode()
    assert 'name="mark-territory"' not in shown


def test_an_autosave_that_crosses_the_last_click_does_not_make_the_page_out_of_date(
    juror: TimedClient, world: JuryAtWork
) -> None:
    number, seat = world.mine.number, world.seats[0]
    typed = sheet_as_typed("3 4 5", opinion="Avis.", page="a")
    juror.post(page("juror_sheet", number), {**typed, "finish": "1"})
    seen = juror.get(page("juror_sheet_finish", number)).context["seen"]

    crossed = juror.at(HEARING_TIME).post(page("juror_sheet", number), typed, **HTMX)
    done = juror.post(page("juror_sheet_finish", number), {"seen": seen})

    assert (crossed.status_code, done.headers["Location"]) == (200, page("juror_sheet", number))
    assert (the_sheet(seat).state, marks(seat)) == (SheetState.LOCKED, ["3", "4", "5"])


def test_an_autosave_slower_than_the_last_click_undoes_nothing(juror: TimedClient, world: JuryAtWork) -> None:
    """The line held the autosave of two marks back until the whole sheet was saved."""
    address, number = page("juror_sheet", world.mine.number), world.mine.number
    whole = sheet_as_typed("3 4 5", opinion="Avis.", page="a", order="6")
    juror.post(address, {**whole, "finish": "1"})
    seen = juror.get(page("juror_sheet_finish", number)).context["seen"]

    late = juror.at(HEARING_TIME).post(address, sheet_as_typed("3 4 -", page="a", order="5"), **HTMX)
    done = juror.post(page("juror_sheet_finish", number), {"seen": seen})

    assert (late.status_code, done.headers["Location"]) == (200, address)
    sheet = world.seats[0].sheets.get()
    assert [str(score.value) for score in sheet.scores.order_by("criterion__position")] == ["3.0", "4.0", "5.0"]
    assert sheet.opinion == "Avis."


@pytest.mark.parametrize("order", ["", "x", "-1", "9" * 30])
def test_a_page_that_does_not_count_its_changes_saves_as_before(
    juror: TimedClient, world: JuryAtWork, order: str
) -> None:
    address = page("juror_sheet", world.mine.number)
    juror.post(address, sheet_as_typed("3 - -", page="a", order="6"), **HTMX)

    juror.at(HEARING_TIME).post(address, sheet_as_typed("3 4 -", page="a", order=order), **HTMX)

    assert world.seats[0].sheets.get().scores.exclude(value=None).count() == 2


def test_nobody_locks_what_they_have_not_read(juror: TimedClient, world: JuryAtWork) -> None:
    number, seat = world.mine.number, world.seats[0]
    juror.post(page("juror_sheet", number), sheet_as_typed("3 4 5", opinion="Avis.", page="a"))
    seen = juror.get(page("juror_sheet_finish", number)).context["seen"]
    juror.at(HEARING_TIME).post(page("juror_sheet", number), sheet_as_typed("1 1 1", opinion="Avis.", page="a"), **HTMX)

    refused = juror.post(page("juror_sheet_finish", number), {"seen": seen})

    assert (refused.status_code, the_sheet(seat).state, marks(seat)) == (409, SheetState.OPEN, ["1", "1", "1"])


def test_a_locked_sheet_refuses_and_shows_what_was_typed(juror: TimedClient, world: JuryAtWork) -> None:
    seat = world.seats[0]
    builders.a_locked_sheet(seat, world.mine, "4 4 4")
    typed = sheet_as_typed("1 1 1", opinion="Trop tard.", seen=the_sheet(seat).saved_at.isoformat())

    refused = juror.post(page("juror_sheet", world.mine.number), typed)

    assert (refused.status_code, marks(seat)) == (409, ["4", "4", "4"])
    assert "Trop tard." in refused.content.decode()


def test_others_scores_open_when_ones_own_are_locked_and_not_before(juror: TimedClient, world: JuryAtWork) -> None:
    mine, theirs = world.seats
    builders.a_locked_sheet(theirs, world.mine, "1,5 2,5 3,5".replace(",", "."))
    scoring.open_sheet(mine, world.mine, at=JURY_TIME)
    address = page("juror_scores", world.mine.number)

    before = juror.get(address)
    assert (before.context["boards"], str(theirs.user) in before.content.decode()) == ([], False)

    builders.a_locked_sheet(mine, world.mine, "4 4 4")
    (board,) = juror.get(address).context["boards"]
    assert [(c.sheet.seat, c.mine, c.total) for c in board.columns] == [
        (mine, True, Decimal(80)),
        (theirs, False, Decimal(47)),
    ]


def test_after_the_hearing_the_copy_is_written_with_the_first_beside_it_then_signed(
    juror: TimedClient, world: JuryAtWork
) -> None:
    number, seat = world.mine.number, world.seats[0]
    builders.a_locked_sheet(seat, world.mine, "4 3 2")
    stale = sheet_as_typed("5 5 5", seen=the_sheet(seat).saved_at.isoformat())
    builders.a_held(world.panel, world.mine, world.seats)
    juror.at(HEARING_TIME)

    shown = juror.get(page("juror_sheet", number))
    assert [line.before.value for line in shown.context["lines"]] == [4, 3, 2]
    assert juror.post(page("juror_sheet", number), stale).status_code == 409

    typed = sheet_as_typed("5 3 2", opinion="Convaincant.", stage="after", seen=shown.context["seen"])
    juror.post(page("juror_sheet", number), typed)
    seen = juror.get(page("juror_sheet_finish", number)).context["seen"]
    juror.post(page("juror_sheet_finish", number), {"seen": seen})

    assert the_sheet(seat, Stage.AFTER).state == SheetState.SIGNED
    assert (marks(seat), marks(seat, Stage.AFTER)) == (["4", "3", "2"], ["5", "3", "2"])


def test_who_only_hears_waits_for_the_hearing(client: TimedClient, world: JuryAtWork) -> None:
    listener = builders.a_juror(world.jury)
    panels.assign_to_panel(world.panel, listener, reader=False, by=world.manager, at=JURY_TIME)
    builders.without_ties(listener)
    juror, address = as_juror(client, listener), page("juror_sheet", world.mine.number)

    assert "après son audition" in juror.get(address).content.decode()
    assert juror.post(address, sheet_as_typed("4 4 4")).status_code == 409
    assert ScoreSheet.objects.count() == 0

    builders.a_held(world.panel, world.mine, [*world.seats, listener])
    seen = juror.get(address).context["seen"]
    assert juror.post(address, sheet_as_typed("4 4 4", stage="after", seen=seen)).status_code == 302
    assert marks(listener, Stage.AFTER) == ["4", "4", "4"]


def _removed(world: JuryAtWork, seat: Seat) -> None:
    remove_juror(seat, reason="Départ.", by=world.manager, at=JURY_TIME)


def _recused(world: JuryAtWork, seat: Seat) -> None:
    recuse(seat, world.mine, reason="Lien.", by=world.manager, at=JURY_TIME)


@pytest.mark.parametrize("put_out", [_removed, _recused])
def test_an_autosave_of_somebody_put_out_meanwhile_writes_nothing(
    juror: TimedClient, world: JuryAtWork, put_out: Callable[[JuryAtWork, Seat], None]
) -> None:
    seat, number = world.seats[0], world.mine.number
    juror.post(page("juror_sheet", number), sheet_as_typed("3 - -", page="a"), **HTMX)
    put_out(world, seat)

    answers = [
        juror.post(page("juror_sheet", number), sheet_as_typed("5 5 5", page="a"), **HTMX),
        juror.post(page("juror_sheet_finish", number), {}),
        juror.get(page("juror_dossier", number)),
    ]

    assert [r.status_code for r in answers] == [404, 404, 404]
    assert marks(seat) == ["3", "-", "-"]


def test_a_session_lost_keeps_what_was_typed(client: TimedClient, world: JuryAtWork) -> None:
    answer = client.post(page("juror_sheet", world.mine.number), sheet_as_typed("3 - -", opinion="x" * 100))

    assert (answer.status_code, "x" * 100 in answer.content.decode()) == (401, True)


def test_the_working_pages_cost_few_queries(
    juror: TimedClient, world: JuryAtWork, django_assert_max_num_queries: Any
) -> None:
    number, seat = world.mine.number, world.seats[0]
    builders.a_locked_sheet(world.seats[1], world.mine, "4 4 4")
    builders.a_locked_sheet(seat, world.mine, "4 3 2")
    juror.get(page("juror_dossier", number))
    for name, most in (("juror_dossier", 15), ("juror_sheet", 9), ("juror_sheet_finish", 9), ("juror_scores", 9)):
        with django_assert_max_num_queries(most):
            assert juror.get(page(name, number)).status_code == 200
