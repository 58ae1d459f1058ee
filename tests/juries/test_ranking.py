"""Scores, to the last digit: means, spreads, thresholds, ties, quorum."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Call, Candidacy, Criterion
from juries.actions import deliberation, interests, scoring
from juries.actions.constitution import remove_juror
from juries.enums import Stage
from juries.models import Jury, Panel, ScoreSheet, Seat
from juries.rules.ranking import displayed, ranked, standing, tie_breakers
from juries.selectors.ranking import led_by, ranking, ranking_visible_to
from tests import builders

LATER = builders.HEARING_TIME + timedelta(days=1)
# The grid of the builders weighs 40, 35 and 25.


def grid(**weights: int) -> list[Criterion]:
    """A grid in memory: its criteria in the order given, weights out of 100."""
    return [
        Criterion(pk=rank, code=code, position=rank, label_fr=code, weight=weight, threshold=3 if rank == 2 else None)
        for rank, (code, weight) in enumerate(weights.items(), start=1)
    ]


def sheets(criteria: list[Criterion], *lines: str) -> list[dict[Criterion, Decimal]]:
    return [dict(zip(criteria, map(Decimal, line.split()), strict=True)) for line in lines]


def candidacy(number: str) -> Candidacy:
    return Candidacy(number=number)


@pytest.fixture
def call(db: None) -> Call:
    return builders.a_call()


def a_world(
    call: Call, candidacies: int = 1, jurors: int = 3, **jury: Any
) -> tuple[Jury, Panel, list[Seat], list[Candidacy]]:
    """A jury with one panel of readers, and shortlisted candidacies given to it."""
    heard = builders.some_shortlisted(call, candidacies)
    made = builders.a_jury(call, **jury)
    seats = [builders.a_juror(made) for _ in range(jurors)]
    return made, builders.a_panel(made, seats, heard), seats, heard


def test_a_total_is_the_exact_sum_of_weighted_fifths() -> None:
    criteria = grid(territory=40, network=35, economy=25)

    found = standing(candidacy("A"), sheets(criteria, "3.5 4 0.5"))

    assert found.score == Decimal("58.5")  # 40 × 3.5/5 + 35 × 4/5 + 25 × 0.5/5 = 28 + 28 + 2.5


def test_the_mean_is_kept_unrounded_and_shown_with_two_digits_rounded_half_up() -> None:
    criteria = grid(territory=40, network=35, economy=25)

    found = standing(candidacy("A"), sheets(criteria, "4 4 4", "3.5 4 3", "4 4 4.5"))

    assert found.score == (Decimal(80) + Decimal(71) + Decimal("82.5")) / 3
    assert found.score != found.shown
    assert found.shown == Decimal("77.83")
    assert displayed(Decimal("77.825")) == Decimal("77.83")
    assert displayed(Decimal("77.835")) == Decimal("77.84")


def test_the_grid_of_the_call_gives_the_totals_of_its_eight_criteria() -> None:
    weights = {"c1": 15, "c2": 15, "c3": 10, "c4": 15, "c5": 10, "c6": 15, "c7": 15, "c8": 5}
    criteria = grid(**weights)

    all_at_five = standing(candidacy("A"), sheets(criteria, "5 5 5 5 5 5 5 5"))
    mixed = standing(candidacy("B"), sheets(criteria, "3.5 4 2 3 4.5 2.5 3 1"))

    assert (all_at_five.score, mixed.score) == (Decimal(100), Decimal("62.0"))


def test_a_spread_of_two_points_is_to_discuss_and_less_is_not() -> None:
    criteria = grid(territory=40, network=35, economy=25)

    found = standing(candidacy("A"), sheets(criteria, "5 3 2", "3 4.5 2"))

    assert list(found.spreads.values()) == [Decimal(2), Decimal("1.5"), Decimal(0)]
    assert [criterion.code for criterion in found.to_discuss] == ["territory"]


def test_a_mean_under_the_threshold_is_named_and_one_on_it_is_not() -> None:
    criteria = grid(territory=40, network=35, economy=25)  # the second has a threshold of 3

    under = standing(candidacy("A"), sheets(criteria, "0 3 0", "0 2.5 0"))
    on = standing(candidacy("B"), sheets(criteria, "0 3 0", "0 3 0"))

    assert [criterion.code for criterion in under.below_threshold] == ["network"]
    assert on.below_threshold == []


def test_equal_totals_are_parted_by_c2_then_c4_then_c6_wherever_they_stand_in_the_grid() -> None:
    criteria = grid(c6_consortium=25, c4_pooling=25, c1_territory=25, c2_coordination=25)

    by_c2 = ranked(
        [standing(candidacy("A"), sheets(criteria, "5 5 0 0")), standing(candidacy("B"), sheets(criteria, "0 0 5 5"))],
        criteria,
    )
    by_c4 = ranked(
        [standing(candidacy("A"), sheets(criteria, "5 0 5 0")), standing(candidacy("B"), sheets(criteria, "5 5 0 0"))],
        criteria,
    )
    by_c6 = ranked(
        [standing(candidacy("A"), sheets(criteria, "0 0 5 0")), standing(candidacy("B"), sheets(criteria, "5 0 0 0"))],
        criteria,
    )

    assert [criterion.code[:2] for criterion in tie_breakers(criteria)] == ["c2", "c4", "c6"]
    for order in (by_c2, by_c4, by_c6):
        assert [(row.candidacy.number, row.rank) for row in order] == [("B", 1), ("A", 2)]


def test_a_grid_not_numbered_parts_ties_in_its_own_order() -> None:
    criteria = grid(territory=50, network=50)

    order = ranked(
        [standing(candidacy("A"), sheets(criteria, "1 2")), standing(candidacy("B"), sheets(criteria, "2 1"))], criteria
    )

    assert [row.candidacy.number for row in order] == ["B", "A"]


def test_more_territories_part_what_criteria_do_not_and_true_equals_share_their_rank() -> None:
    criteria = grid(territory=50, network=50)
    rows = [
        standing(candidacy("A"), sheets(criteria, "4 4"), territories=("01", "03")),
        standing(candidacy("B"), sheets(criteria, "4 4"), territories=("01", "03", "07")),
        standing(candidacy("C"), sheets(criteria, "4 4"), territories=("67", "2A")),
        standing(candidacy("D"), sheets(criteria, "3 3"), territories=("67",)),
        standing(candidacy("E"), []),
    ]

    order = ranked(rows, criteria)

    assert [(row.candidacy.number, row.rank) for row in order] == [("B", 1), ("A", 2), ("C", 2), ("D", 4), ("E", None)]


def test_ranks_come_from_unrounded_scores() -> None:
    criteria = grid(territory=99, network=1)
    close = sheets(criteria, "4 4", "4 4", "4 4")
    closer = sheets(criteria, "4 4", "4 4", "4 4.5")

    order = ranked([standing(candidacy("A"), close), standing(candidacy("B"), closer)], criteria)

    assert [row.candidacy.number for row in order] == ["B", "A"]


def test_a_ranking_counts_signed_sheets_of_the_stage_that_ranks(call: Call) -> None:
    jury, panel, seats, (candidate,) = a_world(call)
    builders.a_scored_candidacy(panel, candidate, {seats[0]: "5 5 5", seats[1]: "4 3 2"})

    (row,) = ranking(jury)

    assert (row.rank, row.voters, row.has_quorum) == (1, 2, True)
    assert row.score == (Decimal(100) + Decimal(32 + 21 + 10)) / 2
    assert row.requested == Decimal("250000.00")
    assert row.territories == ("01", "03")


def test_when_the_call_ranks_on_dossiers_the_sheets_of_before_count(call: Call) -> None:
    jury, _panel, seats, (candidate,) = a_world(call, quorum=1)
    Jury.objects.filter(pk=jury.pk).update(ranking_stage=Stage.BEFORE)
    jury.refresh_from_db()
    builders.without_ties(*seats)
    builders.a_locked_sheet(seats[0], candidate, "5 5 5")
    scoring.write_scores(
        scoring.open_sheet(seats[1], candidate, at=builders.JURY_TIME),
        builders.marks_of(call, "0 0 0"),
        at=builders.JURY_TIME,
    )

    (row,) = ranking(jury)

    assert (row.voters, row.score) == (1, Decimal(100))


def test_a_juror_recused_after_scoring_is_not_counted(call: Call) -> None:
    jury, panel, seats, (candidate,) = a_world(call)
    builders.a_scored_candidacy(panel, candidate, {seats[0]: "5 5 5", seats[1]: "0 0 0", seats[2]: "5 5 5"})

    interests.recuse(seats[1], candidate, reason="Lien révélé.", by=builders.the_manager(jury), at=LATER)

    (row,) = ranking(jury)
    assert (row.voters, row.score, max(row.spreads.values())) == (2, Decimal(100), Decimal(0))
    assert ScoreSheet.objects.filter(seat=seats[1], annulled_at=LATER).count() == 2


def test_a_juror_who_left_keeps_the_votes_they_had_signed(call: Call) -> None:
    jury, panel, seats, (candidate,) = a_world(call)
    builders.a_scored_candidacy(panel, candidate, {seats[0]: "5 5 5", seats[1]: "4 4 4"})

    remove_juror(seats[1], reason="Départ.", by=builders.the_manager(jury), at=LATER)

    (row,) = ranking(jury)
    assert (row.voters, row.score) == (2, Decimal(90))


def test_a_ranking_asks_the_same_questions_for_one_candidacy_and_for_four(call: Call) -> None:
    jury, panel, seats, candidacies = a_world(call, candidacies=4, jurors=2)
    builders.a_scored_candidacy(panel, candidacies[0], {seats[0]: "5 5 5", seats[1]: "4 3 2"})
    few = queries(jury)
    for other in candidacies[1:]:
        builders.a_scored_candidacy(panel, other, {seats[0]: "5 5 5", seats[1]: "4 3 2"})

    assert queries(jury) == few <= 6


def queries(jury: Jury) -> int:
    jury = Jury.objects.select_related("call").get(pk=jury.pk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ranking(jury)
    return len(asked)


def test_whoever_has_still_to_read_sees_no_score_even_once_the_jury_deliberates(call: Call) -> None:
    (candidacy,) = builders.some_shortlisted(call)
    jury = builders.a_jury(call, ranking_stage=Stage.BEFORE)
    chair, juror, author = builders.a_chair(jury), builders.a_juror(jury), builders.a_juror(jury)
    builders.a_panel(jury, [chair, juror, author], [candidacy])
    builders.without_ties(chair, juror, author)
    builders.a_locked_sheet(author, candidacy, "4 4 3")
    deliberation.open_deliberation(jury, by=chair.user, at=builders.JURY_TIME)

    shown = {seat: len(ranking_visible_to(seat)) for seat in (chair, juror, author)}
    (line,) = led_by(jury, chair.user)
    builders.a_locked_sheet(juror, candidacy, "1 1 1")

    assert shown == {chair: 0, juror: 0, author: 1}
    assert line.is_unfinished  # type: ignore[attr-defined] # annotated
    assert len(ranking_visible_to(juror)) == 1


def test_a_reader_absent_from_the_hearing_follows_the_deliberation_all_the_same(call: Call) -> None:
    jury, panel, (author, present, absent), (candidate,) = a_world(call)
    builders.without_ties(author, present, absent)
    scoring.open_sheet(absent, candidate, at=builders.JURY_TIME)
    builders.a_held(panel, candidate, [author, present])
    deliberation.open_deliberation(jury, by=builders.the_manager(jury), at=LATER)

    shown = {seat: len(ranking_visible_to(seat)) for seat in (present, absent)}

    assert shown == {present: 0, absent: 1}
