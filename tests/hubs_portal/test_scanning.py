"""What becomes of a scan: asked once, caught up however long the daemon was away, and never in anybody's way."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings

from hubs_portal import scanning
from hubs_portal.files import INFECTED_SENTENCE, StoredFile, store, store_bytes
from hubs_portal.jobs import queue
from hubs_portal.jobs.models import Job, JobState
from hubs_portal.refusals import Refusal
from hubs_portal.scanning import Backlog, Scan, ScanState
from tests.builders import TimedClient, a_file, a_pdf
from tests.hubs_portal.test_antivirus import in_a_docx
from tests.servers import Clamd

pytestmark = [pytest.mark.served, pytest.mark.django_db]


def received(content: bytes) -> StoredFile:
    """A file that somebody sent."""
    stored = store_bytes(content)
    scanning.ask(stored)
    return stored


def several(n: int) -> list[StoredFile]:
    return [received(a_pdf(f"Pièce {rank}")) for rank in range(n)]


def said() -> list[tuple[str, str]]:
    """What is known of each file, in the order they came, and why it is not."""
    return list(Scan.objects.order_by("pk").values_list("state", "why"))


def done() -> int:
    """What the worker does next; returns how many jobs of scanning failed or wait."""
    while waiting := Job.objects.filter(state=JobState.WAITING).first():
        queue.run(waiting.pk)
    return Job.objects.filter(kind="scan_file").exclude(state=JobState.DONE).count()


def test_a_file_is_scanned_by_its_job_and_what_said_so_is_kept(clamd: Clamd) -> None:
    stored = received(a_pdf())
    scanning.ask(stored)
    assert (stored.safety, done()) == (ScanState.WAITING, 0)

    scan = Scan.objects.get(stored=stored)
    assert (scan.state, scan.signature, scan.engine[:7]) == (ScanState.CLEAN, "", "ClamAV ")
    assert scan.scanned_at
    assert abs(datetime.now(UTC) - scan.scanned_at) < timedelta(seconds=10)


def test_an_infected_file_is_named_and_whoever_keeps_it_is_told_by_a_job(clamd: Clamd) -> None:
    stored = received(in_a_docx())

    done()

    scan = Scan.objects.get(stored=stored)
    assert (scan.state, scan.signature, stored.is_infected) == (ScanState.INFECTED, "Eicar-Test.UNOFFICIAL", True)
    job = Job.objects.get(kind=scanning.FOUND_INFECTED)
    assert (job.subject_key, job.state) == (str(stored.pk), JobState.DONE)


def test_the_same_bytes_are_refused_at_once_the_next_time(clamd: Clamd) -> None:
    received(in_a_docx())
    done()

    with pytest.raises(Refusal) as refused:
        store(a_file(in_a_docx(), "autre.docx"))

    assert (refused.value.code, refused.value.sentence) == ("infected", INFECTED_SENTENCE)
    assert StoredFile.objects.count() == 1


def test_a_daemon_that_died_is_waited_for_without_any_limit_then_everything_is_caught_up(clamd: Clamd) -> None:
    clamd.stop()
    several(3)
    assert done() == 0
    for _ in range(12):
        assert scanning.catch_up() == 0
    assert said() == [("waiting", "down"), ("waiting", ""), ("waiting", "")]

    clamd.start()

    assert (scanning.catch_up(), said()) == (3, [("clean", "")] * 3)


def test_a_daemon_that_hangs_delays_nothing_but_its_own_verdicts(clamd: Clamd) -> None:
    clamd.hang()
    several(5)
    started = time.monotonic()
    left = done()
    scanning.catch_up()
    took = time.monotonic() - started
    clamd.resume()

    assert (left, took < 6) == (0, True)
    assert (scanning.catch_up(), said()) == (5, [("clean", "")] * 5)


def test_a_file_it_would_not_take_waits_and_keeps_no_other_waiting(settings: Settings, clamd: Clamd) -> None:
    clamd.stop()
    clamd.largest = "1M"
    clamd.start()
    received(bytes(2 * 2**20))
    several(1)

    assert (scanning.catch_up(), said()) == (1, [("waiting", "too_large"), ("clean", "")])
    assert scanning.catch_up() == 0
    clamd.stop()
    clamd.largest = "40M"
    clamd.start()
    Scan.objects.filter(why="too_large").update(tried_at=datetime.now(UTC) - timedelta(minutes=11))
    assert (scanning.catch_up(), said()) == (1, [("clean", ""), ("clean", "")])


def test_without_an_antivirus_nothing_is_asked_and_one_that_is_put_there_catches_up(
    settings: Settings, clamd: Clamd
) -> None:
    settings.CLAMD_ADDRESS = ""
    several(2)
    assert (Job.objects.count(), scanning.catch_up(), said()) == (0, 0, [("waiting", "")] * 2)

    settings.CLAMD_ADDRESS = clamd.address

    assert (scanning.catch_up(), said()) == (2, [("clean", "")] * 2)


def test_a_scan_that_a_dead_worker_left_is_taken_up_again(clamd: Clamd) -> None:
    several(1)
    Scan.objects.update(tried_at=datetime.now(UTC) - timedelta(minutes=1))
    assert scanning.catch_up() == 0
    Scan.objects.update(tried_at=datetime.now(UTC) - timedelta(minutes=11))

    assert scanning.catch_up() == 1


def test_two_workers_do_not_scan_the_same_file_at_once(clamd: Clamd) -> None:
    several(1)
    mine, yours = Scan.objects.select_related("stored").get(), Scan.objects.select_related("stored").get()

    assert scanning._try(mine) is not None
    assert scanning._try(yours) is None


def test_the_backlog_says_how_many_since_when_and_is_told_to_machines(clamd: Clamd, client: TimedClient) -> None:
    clamd.stop()
    several(2)
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    Scan.objects.order_by("pk").filter(pk=Scan.objects.order_by("pk")[0].pk).update(asked_at=long_ago)

    backlog = Backlog.at(datetime.now(UTC))
    lines = [json.loads(line) for line in client.get(reverse("health_in_detail")).text.splitlines()]

    assert (backlog.waiting, backlog.since, backlog.is_late) == (2, long_ago, True)
    (fact,) = [line for line in lines if line["name"] == "oldest_unscanned_file"]
    assert (fact["well"], 299 < fact["seconds"] < 360) == (False, True)


def test_without_an_antivirus_machines_are_told_so(client: TimedClient, django_assert_num_queries: Any) -> None:
    several(1)

    with django_assert_num_queries(0):
        facts = list(Backlog.at(datetime.now(UTC) + timedelta(hours=1)).facts())

    assert facts == [{"name": "oldest_unscanned_file", "seconds": None, "well": True}]
