"""Score sheets: by half points, locked when complete, copied after the hearing, signed."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from hubs_portal.refusals import Refusal
from juries.actions import scoring
from juries.enums import SheetState, Stage
from juries.models import JuryLine, Score, ScoreSheet, Seat
from juries.selectors.visible import sheets_of
from tests import builders

AT = builders.JURY_TIME
pytestmark = pytest.mark.django_db


class World:
    """Two readers and a listener, one candidacy, no tie."""

    def __init__(self) -> None:
        self.call = builders.a_call()
        (self.candidacy,) = builders.some_shortlisted(self.call)
        self.jury = builders.a_jury(self.call)
        self.reader, self.second, self.listener = (builders.a_juror(self.jury) for _ in range(3))
        self.panel = builders.a_panel(
            self.jury, [self.reader, self.second], [self.candidacy], listeners=[self.listener]
        )
        builders.without_ties(self.reader, self.second, self.listener)
        self.criteria = list(self.call.criteria.all())

    def sheet(self, seat: Seat, stage: Stage) -> ScoreSheet:
        return ScoreSheet.objects.get(seat=seat, candidacy=self.candidacy, stage=stage)


def common_ground() -> World:
    return World()


@pytest.fixture
def world(ground: World) -> World:
    return ground


def values(sheet: ScoreSheet) -> list[Decimal | None]:
    return list(sheet.scores.order_by("criterion__position").values_list("value", flat=True))


def test_what_is_written_is_kept_criterion_by_criterion_and_leaves_no_line(world: World) -> None:
    sheet = scoring.open_sheet(world.reader, world.candidacy, at=AT)
    lines = JuryLine.objects.count()
    first, second, _third = world.criteria

    scoring.write_scores(sheet, {first: scoring.Written(Decimal("3.5"), " Clair. ")}, at=AT)
    scoring.write_scores(sheet, {second: scoring.Written(None, "À relire.")}, opinion="Prometteur.", at=AT)

    assert list(sheet.scores.values_list("criterion", "value", "comment")) == [
        (first.pk, Decimal("3.5"), "Clair."),
        (second.pk, None, "À relire."),
    ]
    assert ScoreSheet.objects.get(pk=sheet.pk).opinion == "Prometteur."
    assert JuryLine.objects.count() == lines


@pytest.mark.parametrize("value", ["-0.5", "5.5", "3.2"])
def test_a_mark_off_the_scale_is_refused_by_the_act_and_by_the_database(world: World, value: str) -> None:
    sheet = scoring.open_sheet(world.reader, world.candidacy, at=AT)

    with pytest.raises(Refusal) as refused:
        scoring.write_scores(sheet, {world.criteria[0]: scoring.Written(Decimal(value))}, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(sheet=sheet, criterion=world.criteria[0], value=Decimal(value))

    assert refused.value.items == [world.criteria[0].label]
    assert sheet.scores.count() == 0


def test_a_criterion_of_another_call_is_refused(world: World) -> None:
    sheet = scoring.open_sheet(world.reader, world.candidacy, at=AT)
    other = builders.a_call().criteria.first()
    assert other is not None

    with pytest.raises(Refusal) as refused:
        scoring.write_scores(sheet, {other: scoring.Written(Decimal(3))}, at=AT)

    assert refused.value.code == "off_the_scale"


def test_locking_lists_what_is_missing(world: World) -> None:
    sheet = scoring.open_sheet(world.reader, world.candidacy, at=AT)
    scoring.write_scores(sheet, {world.criteria[0]: scoring.Written(Decimal(3))}, at=AT)

    with pytest.raises(Refusal) as refused:
        scoring.lock_sheet(sheet, at=AT)

    assert [str(item).replace("\u00a0", " ") for item in refused.value.items] == [
        "Notez le critère « Critère network ».",
        "Notez le critère « Critère economy ».",
        "Rédigez votre avis général.",
    ]
    assert world.sheet(world.reader, Stage.BEFORE).state == SheetState.OPEN


def test_a_locked_sheet_does_not_change_any_more(world: World) -> None:
    sheet = builders.a_locked_sheet(world.reader, world.candidacy, "4 3 2")

    with pytest.raises(Refusal) as refused:
        scoring.write_scores(sheet, builders.marks_of(world.call, "5 5 5"), at=AT)

    assert refused.value.code == "locked"
    assert values(sheet) == [Decimal(4), Decimal(3), Decimal(2)]


def test_opening_or_locking_twice_comes_to_the_same(world: World) -> None:
    sheet = builders.a_locked_sheet(world.reader, world.candidacy, "4 3 2")

    again = scoring.open_sheet(world.reader, world.candidacy, at=AT)
    scoring.lock_sheet(sheet, at=AT)

    assert again == sheet
    assert JuryLine.objects.filter(act="lock_sheet").count() == 1


def test_who_only_hears_has_no_sheet_before_the_hearing(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        scoring.open_sheet(world.listener, world.candidacy, at=AT)

    assert refused.value.code == "not_a_reader"
    assert list(sheets_of(world.listener)) == []


def test_after_the_hearing_everybody_present_has_a_sheet_and_those_of_before_stay(world: World) -> None:
    builders.a_locked_sheet(world.reader, world.candidacy, "4 3.5 2")

    builders.a_held(world.panel, world.candidacy, [world.reader, world.listener])

    copied = world.sheet(world.reader, Stage.AFTER)
    assert (copied.state, copied.opinion, values(copied)) == (
        SheetState.REOPENED,
        "Un projet solide.",
        [Decimal(4), Decimal("3.5"), Decimal(2)],
    )
    assert world.sheet(world.reader, Stage.BEFORE).state == SheetState.LOCKED
    assert values(world.sheet(world.listener, Stage.AFTER)) == []
    assert not ScoreSheet.objects.filter(seat=world.second).exists()


def test_reopening_twice_adds_nothing_and_undoes_nothing(world: World) -> None:
    hearing = builders.a_held(world.panel, world.candidacy, [world.reader])
    sheet, at = world.sheet(world.reader, Stage.AFTER), hearing.slot.ends_at
    scoring.write_scores(sheet, builders.marks_of(world.call, "5 5 5"), opinion="Convaincant.", at=at)

    made = scoring.reopen_after_hearing(hearing, by=builders.the_manager(world.jury), at=at)

    assert made == []
    assert values(sheet) == [Decimal(5)] * 3


def test_a_sheet_left_open_is_not_finished_after_the_hearing(world: World) -> None:
    sheet = scoring.open_sheet(world.reader, world.candidacy, at=AT)
    hearing = builders.a_held(world.panel, world.candidacy, [world.reader])

    with pytest.raises(Refusal) as refused:
        scoring.write_scores(sheet, builders.marks_of(world.call, "5 5 5"), at=hearing.slot.ends_at)

    assert refused.value.code == "already_heard"
    assert values(sheet) == []


def test_a_hearing_not_held_reopens_nothing(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)

    with pytest.raises(Refusal) as refused:
        scoring.reopen_after_hearing(hearing, by=builders.the_manager(world.jury), at=AT)

    assert refused.value.code == "not_held"
    assert ScoreSheet.objects.count() == 0


def test_signing_lists_what_is_missing_then_seals_the_sheet(world: World) -> None:
    hearing = builders.a_held(world.panel, world.candidacy, [world.listener])
    sheet, at = world.sheet(world.listener, Stage.AFTER), hearing.slot.ends_at
    with pytest.raises(Refusal) as refused:
        scoring.sign_sheet(sheet, at=at)
    assert len(refused.value.items) == 4
    scoring.write_scores(sheet, builders.marks_of(world.call, "3 3 3"), opinion="Bien.", at=at)

    signed = scoring.sign_sheet(sheet, at=at)

    assert (signed.state, signed.signed_at) == (SheetState.SIGNED, at)
    with pytest.raises(Refusal):
        scoring.write_scores(sheet, builders.marks_of(world.call, "0 0 0"), at=at)


def test_the_database_keeps_one_sheet_per_juror_candidacy_and_stage(world: World) -> None:
    scoring.open_sheet(world.reader, world.candidacy, at=AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreSheet.objects.create(
            seat=world.reader, candidacy=world.candidacy, stage=Stage.BEFORE, opened_at=AT, saved_at=AT
        )
