"""What Celery may be asked of the kernel: fetch, call, nothing else."""

from datetime import UTC, datetime

from celery import shared_task

from hubs_portal import beats, journal, scanning, tidying
from hubs_portal.jobs import queue
from hubs_portal.letters import delivery
from hubs_portal.rehearsal import playing


@shared_task(name="hubs_portal.letters.sweep")
def sweep_letters() -> None:
    """Send the letters that are due: asked after each act that wrote some, and every few seconds."""
    beats.beat(beats.WORKER)
    delivery.sweep(pause=playing.is_under_way)


@shared_task(name="hubs_portal.jobs.run")
def run_job(job_id: int) -> None:
    """Do one job."""
    with journal.coming_from("worker"):
        queue.run(job_id)


@shared_task(name="hubs_portal.jobs.sweep")
def sweep_jobs() -> None:
    """Do what no nudge reached."""
    beats.beat(beats.WORKER)
    if playing.is_under_way():
        return
    with journal.coming_from("worker"):
        queue.sweep()


@shared_task(name="hubs_portal.files.scan")
def scan_files() -> None:
    """Have scanned the files that still wait for it, however long the antivirus was away."""
    with journal.coming_from("worker"):
        scanning.catch_up()


@shared_task(name="hubs_portal.files.sweep_incoming")
def sweep_incoming() -> None:
    """Delete what requests that never ended left behind, and forget the uploads nobody goes on with."""
    tidying.sweep_incoming(now=datetime.now(UTC))
    tidying.sweep_uploads(now=datetime.now(UTC))


@shared_task(name="hubs_portal.files.tidy")
def tidy_files() -> None:
    """Put aside, then delete, the objects no row names."""
    tidying.tidy(now=datetime.now(UTC))


@shared_task(name="hubs_portal.rehearsal.tick")
def play_on() -> None:
    """In a rehearsal, play what has become due."""
    playing.tick()
