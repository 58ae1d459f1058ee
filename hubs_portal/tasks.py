"""What Celery may be asked of the kernel: fetch, call, nothing else."""

from celery import shared_task

from hubs_portal import journal
from hubs_portal.jobs import queue
from hubs_portal.letters import delivery
from hubs_portal.rehearsal import playing


@shared_task(name="hubs_portal.letters.deliver")
def deliver_letter(letter_id: int) -> None:
    """Send one letter."""
    delivery.deliver(letter_id)


@shared_task(name="hubs_portal.letters.sweep")
def sweep_letters() -> None:
    """Send what no nudge reached."""
    if not playing.is_under_way():
        delivery.sweep()


@shared_task(name="hubs_portal.jobs.run")
def run_job(job_id: int) -> None:
    """Do one job."""
    with journal.coming_from("worker"):
        queue.run(job_id)


@shared_task(name="hubs_portal.jobs.sweep")
def sweep_jobs() -> None:
    """Do what no nudge reached."""
    if playing.is_under_way():
        return
    with journal.coming_from("worker"):
        queue.sweep()


@shared_task(name="hubs_portal.rehearsal.tick")
def play_on() -> None:
    """In a rehearsal, play what has become due."""
    playing.tick()
