"""What keeps the worker at work: nudges, the watch, signs of life."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.signals import task_postrun
from django.db import transaction
from kombu.exceptions import OperationalError

from hubs_portal import beats, nudge, watch
from hubs_portal.beats import Beat
from hubs_portal.celery import app
from hubs_portal.letters.models import LetterState
from hubs_portal.tasks import sweep_letters
from tests.hubs_portal.test_letters_ledger import a_letter

_SWEEP = "hubs_portal.letters.sweep"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """What the broker was given; it is told by `monkeypatch` to break in other tests."""
    taken: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(app, "send_task", lambda task, args, retry: taken.append((task, args)))
    monkeypatch.setattr(nudge._broker, "again_at", 0.0)
    return taken


@pytest.mark.django_db(transaction=True)
def test_an_act_that_writes_ten_letters_wakes_the_worker_once_and_after_the_commit(
    asked: list[tuple[str, tuple[int, ...]]],
) -> None:
    with transaction.atomic():
        for n in range(10):
            a_letter(occurrence=str(n))
        assert asked == []

    assert asked == [(_SWEEP, ())]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_wakes_nobody_and_keeps_nobody_asleep(asked: list[tuple[str, tuple[int, ...]]]) -> None:
    with transaction.atomic():
        with transaction.atomic():
            a_letter()
            transaction.set_rollback(True)
        nudge.nudge(_SWEEP)

    assert asked == [(_SWEEP, ())]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_fails_is_left_alone_for_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def fail(task: str, args: tuple[int, ...], retry: bool) -> None:
        tries.append(task)
        raise OperationalError("down")

    monkeypatch.setattr(app, "send_task", fail)
    monkeypatch.setattr(nudge._broker, "again_at", 0.0)

    nudge.nudge(_SWEEP)
    nudge.nudge(_SWEEP)

    assert tries == [_SWEEP]
    assert 9 < nudge._broker.again_at - time.monotonic() <= 10


def _watch(seconds: float) -> watch.Watch:
    """A watch that has seen nothing done for so many seconds."""
    keeping = watch.Watch(app)
    keeping._done = {task: done - seconds for task, done in keeping._done.items()}
    return keeping


def test_the_watch_finds_late_what_was_not_done_for_three_periods() -> None:
    assert _watch(14).late() == []
    assert _watch(16).late() == [_SWEEP, "hubs_portal.jobs.sweep"]
    assert len(_watch(3 * 86_400 + 1).late()) == len(app.conf.beat_schedule)


def test_what_the_worker_does_when_asked_is_not_late() -> None:
    keeping = _watch(16)

    task_postrun.send(sender=sweep_letters, task=sweep_letters, task_id="1")

    assert keeping.late() == ["hubs_portal.jobs.sweep"]


@pytest.mark.django_db
def test_the_watch_sends_letters_nobody_asked_it_to_send(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "close_old_connections", lambda: None)  # the test's own connection
    letter = a_letter()
    keeping = _watch(16)

    keeping._do(_SWEEP)

    letter.refresh_from_db()
    assert letter.state == LetterState.SENT
    assert _SWEEP not in keeping.late()


@pytest.mark.django_db
def test_a_sweep_is_a_sign_of_life_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beats, "_written", {})

    sweep_letters()

    seen = beats.last()
    assert list(seen) == [beats.WORKER]
    assert datetime.now(UTC) - seen[beats.WORKER] < timedelta(seconds=5)
    Beat.objects.update(at=datetime.now(UTC) - timedelta(hours=1))
    sweep_letters()  # written ten seconds ago at least
    assert datetime.now(UTC) - beats.last()[beats.WORKER] > timedelta(minutes=59)


def test_what_nobody_took_in_two_periods_is_worth_nothing() -> None:
    expired: dict[str, Any] = {name: line["options"] for name, line in app.conf.beat_schedule.items()}
    assert expired["letters-sweep"] == {"expires": 10.0}
    assert all(line["expires"] for line in expired.values())
