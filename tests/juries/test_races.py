"""Two people click at once: one hearing per slot and per candidacy, one deliberation, two signatures."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from hubs_portal.refusals import Refusal
from juries.actions import deliberation, hearings
from juries.models import Deliberation, Hearing
from tests import builders

AT = builders.JURY_TIME
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def in_threads(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run the acts at once, each with a connection of its own; a refusal is a result."""

    def one(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, acts))


def test_a_slot_and_a_candidacy_are_taken_once_whoever_clicks_first() -> None:
    candidacies = builders.some_shortlisted(builders.a_call(), 2)
    jury = builders.a_jury(candidacies[0].call)
    panel = builders.a_panel(jury, [builders.a_juror(jury) for _ in range(2)], candidacies)
    slots = [builders.a_slot(panel) for _ in range(2)]
    manager = builders.the_manager(jury)
    wanted = [(slot, candidacy) for _ in range(4) for slot in slots for candidacy in candidacies]

    results = in_threads(
        [lambda s=s, c=c: hearings.book_hearing(s, c, by=manager, at=AT) for s, c in wanted]  # type: ignore[misc]
    )

    booked = [result for result in results if isinstance(result, Hearing)]
    assert len(booked) == Hearing.objects.count() == 2
    assert {hearing.slot_id for hearing in booked} == {slot.pk for slot in slots}
    assert {hearing.candidacy_id for hearing in booked} == {candidacy.pk for candidacy in candidacies}
    assert {result.code for result in results if isinstance(result, Refusal)} == {"impossible_slot"}

    with pytest.raises(IntegrityError), transaction.atomic():
        Hearing.objects.create(slot=slots[0], panel=panel, candidacy=candidacies[1], proposed_at=AT)


def test_two_rooms_are_never_offered_twice_at_once() -> None:
    (candidacy,) = builders.some_shortlisted(builders.a_call())
    jury = builders.a_jury(candidacy.call)
    panel = builders.a_panel(jury, [builders.a_juror(jury) for _ in range(2)], [candidacy])
    manager, where = builders.the_manager(jury), hearings.Somewhere("Salle 2", place="Paris")
    starts = [builders.HEARING_TIME + timedelta(minutes=10 * n) for n in range(8)]

    results = in_threads(
        [
            lambda s=s: hearings.propose_slots(panel, [s], where=where, by=manager, at=AT)  # type: ignore[misc]
            for s in starts
        ]
    )

    slots = sorted(panel.slots.all(), key=lambda slot: slot.starts_at)
    assert 1 <= len(slots) <= 2
    assert len([result for result in results if isinstance(result, list)]) == len(slots)
    assert not any(slot.overlaps(other) for slot in slots for other in slots if slot != other)


def test_opening_a_deliberation_from_two_screens_opens_one() -> None:
    jury = builders.a_jury(builders.a_call())
    manager = builders.the_manager(jury)

    results = in_threads([lambda: deliberation.open_deliberation(jury, by=manager, at=AT)] * 6)

    assert {result.pk for result in results} == {Deliberation.objects.get().pk}
