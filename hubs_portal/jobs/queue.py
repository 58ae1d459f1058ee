"""Ask for work, claim it, do it once, try again later when it fails."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F, Q

from hubs_portal.jobs.models import Job, JobState
from hubs_portal.nudge import nudge

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
BACKOFF = (5, 30, 120, 600, 3600)  # seconds
_handlers: dict[str, Callable[[str], None]] = {}


def handler(kind: str) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    """Declare the function that does the jobs of a kind; it receives the subject key, opens its own transactions
    and may be run more than once.
    """

    def declare(function: Callable[[str], None]) -> Callable[[str], None]:
        _handlers[kind] = function
        return function

    return declare


def ask(kind: str, subject_key: str) -> Job:
    """Ask for a piece of work, in the caller's transaction; the worker is nudged once it is committed."""
    if kind not in _handlers:
        raise KeyError(f"nobody does the jobs of kind {kind}")
    job, asked = Job.objects.get_or_create(kind=kind, subject_key=subject_key)
    if asked:
        nudge("hubs_portal.jobs.run", job.pk)
    return job


def run(job_id: int) -> bool:
    """Do one job if nobody else holds it; returns whether it was done."""
    now = datetime.now(UTC)
    waiting = Q(state=JobState.WAITING, due_at__lte=now) | Q(state=JobState.RUNNING, leased_until__lt=now)
    claimed = Job.objects.filter(waiting, pk=job_id).update(
        state=JobState.RUNNING, leased_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    job = Job.objects.get(pk=job_id)
    try:
        # No transaction around it: on SQLite, laying a PDF out inside one would keep every candidate from writing.
        _handlers[job.kind](job.subject_key)
    except Exception as error:
        logger.exception("job %s failed", job)
        _postpone(job, error)
        return False
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, done_at=datetime.now(UTC), error="")
    return True


def _postpone(job: Job, error: Exception) -> None:
    given_up = job.attempts > len(BACKOFF)
    wait = BACKOFF[min(job.attempts, len(BACKOFF)) - 1]
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED if given_up else JobState.WAITING,
        due_at=datetime.now(UTC) + timedelta(seconds=wait),
        error=f"{type(error).__name__}: {error}"[:2000],
    )


def sweep(limit: int = 200) -> int:
    """Do the jobs no nudge reached, and those a dead worker left; returns how many were done."""
    now = datetime.now(UTC)
    due = Job.objects.filter(
        Q(state=JobState.WAITING, due_at__lte=now) | Q(state=JobState.RUNNING, leased_until__lt=now)
    ).order_by("due_at", "pk")
    done = sum(run(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))
    connection.close_if_unusable_or_obsolete()
    return done
