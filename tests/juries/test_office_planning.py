"""A calendar proposed: honest about what it could not place, and booked as it was shown or not at all."""

from datetime import timedelta

import pytest

from hubs_portal.refusals import Refusal
from juries import planning
from juries.actions import hearings, interests, panels
from juries.models import Hearing, JuryLine, Slot
from juries.rules.diary import Diary
from juries.rules.hearings import obstacles
from juries.selectors import office_calendar
from tests import builders
from tests.juries.offices import AT, Office

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def proposed(office: Office) -> planning.Plan:
    free = office_calendar.free_slots_of(office.jury, AT)
    return planning.propose(Diary(office.jury), office_calendar.waiting(office.jury), free)


def some_slots(office: Office, n: int) -> list[Slot]:
    return [builders.a_slot(office.panel, builders.HEARING_TIME + rank * HOUR) for rank in range(n)]


def test_each_candidacy_has_the_first_slot_where_nothing_stands_in_the_way_by_number() -> None:
    office = Office(2)
    slots = some_slots(office, 3)

    plan = proposed(office)

    numbers = sorted(candidacy.number for candidacy in office.candidacies)
    assert [(row.candidacy.number, row.slot) for row in plan.placed] == list(zip(numbers, slots[:2], strict=True))
    assert plan.unplaced == []
    assert not Hearing.objects.exists()


def test_what_cannot_be_placed_is_said_with_its_reason() -> None:
    office = Office(3, quorum=3)
    (without_quorum, *_others) = office.candidacies
    some_slots(office, 1)
    interests.recuse(office.seats[0], without_quorum, reason="Associé.", by=office.manager, at=AT)

    plan = proposed(office)

    reasons = {row.candidacy.pk: [str(reason) for reason in row.reasons] for row in plan.unplaced}
    assert len(plan.placed) == 1
    assert reasons.pop(without_quorum.pk) == [
        "Déports déduits, 2 membre(s) du panel peuvent l’entendre : le quorum est de 3."
    ]
    assert list(reasons.values()) == [["Son panel n’a plus de créneau libre : proposez-en d’autres."]]


def test_nobody_is_expected_in_two_rooms_at_once() -> None:
    office = Office(2)
    first, second = office.candidacies
    other = builders.a_panel(office.jury, [office.chair, office.seats[0]])
    builders.a_slot(office.panel, builders.HEARING_TIME)
    builders.a_slot(other, builders.HEARING_TIME, room="Salle 3")
    hearings.book_hearing(office.jury.slots.get(panel=office.panel), first, by=office.manager, at=AT)

    diary = Diary(office.jury)
    slot = office.jury.slots.get(panel=other)

    when = "10\u00a0déc. 2018, 9\u00a0h\u00a000"
    assert [str(sentence) for sentence in diary.obstacles(slot, second)] == [
        "Cette candidature n’est pas attribuée à ce panel.",
        f"{office.chair.user} est déjà en audition le {when}.",
        f"{office.seats[0].user} est déjà en audition le {when}.",
    ]


def test_the_hardest_to_place_goes_first() -> None:
    office = Office(2)
    early, late = sorted(office.candidacies, key=lambda row: row.number)
    some_slots(office, 2)
    diary = Diary(office.jury)
    slots = office_calendar.free_slots_of(office.jury, AT)
    narrow = _Narrow(diary, {late.pk: {slots[0].pk}})

    plan = planning.propose(narrow, [early, late], slots)

    assert {row.candidacy: row.slot for row in plan.placed} == {late: slots[0], early: slots[1]}


class _Narrow(Diary):
    """A diary in which some candidacies may be heard in certain slots only."""

    def __init__(self, diary: Diary, only: dict[int, set[int]]) -> None:
        self.__dict__.update(diary.__dict__)
        self.only = only

    def obstacles(self, slot, candidacy, *, moving=None):  # type: ignore[no-untyped-def] # as its parent's
        narrow = [] if slot.pk in self.only.get(candidacy.pk, {slot.pk}) else ["non"]
        return [*narrow, *super().obstacles(slot, candidacy, moving=moving)]


def test_a_plan_is_booked_as_it_was_shown_without_a_letter() -> None:
    office = Office(2)
    some_slots(office, 2)
    plan = proposed(office)
    written = JuryLine.objects.filter(act="book").count()

    booked = planning.book_plan(office.jury, plan.placed, by=office.officer, at=AT)

    assert [(row.candidacy, row.slot) for row in booked] == [(row.candidacy, row.slot) for row in plan.placed]
    assert (written, JuryLine.objects.filter(act="book").count()) == (0, 2)
    assert proposed(office) == planning.Plan()


def test_a_plan_that_is_no_longer_possible_is_refused_whole() -> None:
    office = Office(2)
    some_slots(office, 2)
    plan = proposed(office)
    hearings.book_hearing(plan.placed[1].slot, plan.placed[0].candidacy, by=office.manager, at=AT)

    with pytest.raises(Refusal) as refused:
        planning.book_plan(office.jury, plan.placed, by=office.manager, at=AT)

    assert refused.value.code == "plan_outdated"
    assert {str(item).partition("\u00a0: ")[0] for item in refused.value.items} == {
        row.candidacy.number for row in plan.placed
    }
    assert Hearing.objects.count() == 1


def test_a_diary_read_once_says_what_each_act_would_say() -> None:
    office = Office(2)
    slots = some_slots(office, 2)
    panels.create_panel(office.jury, name="Vide", by=office.manager, at=AT)
    hearings.book_hearing(slots[0], office.first, by=office.manager, at=AT)
    diary = Diary(office.jury)

    for slot in slots:
        for candidacy in office.candidacies:
            assert diary.obstacles(slot, candidacy) == obstacles(slot, candidacy)
