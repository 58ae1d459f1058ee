"""What Celery may be asked of the application phase: read the clock, call, nothing else."""

from celery import shared_task

from applications.actions import closing
from hubs_portal import clock, journal
from hubs_portal.letters import timed
from hubs_portal.rehearsal import playing


@shared_task(name="applications.close_calls")
def close_calls() -> None:
    """Close the calls whose time has come."""
    with journal.coming_from("worker"):
        closing.close_due_calls(at=clock.now())


@shared_task(name="applications.timed_letters")
def timed_letters() -> None:
    """Write the letters that time sends: those of every phase that registered its own (`hubs_portal.letters.timed`)."""
    if playing.is_under_way():
        return  # a timeline being played writes them at their own hour
    with journal.coming_from("worker"):
        timed.write_due(at=clock.now())
