"""What Celery may be asked of the application phase: read the clock, call, nothing else."""

from celery import shared_task

from applications import digest, open_data, reminders
from applications.actions import closing
from hubs_portal import clock, journal


@shared_task(name="applications.close_calls")
def close_calls() -> None:
    """Close the calls whose time has come."""
    with journal.coming_from("worker"):
        closing.close_due_calls(at=clock.now())


@shared_task(name="applications.timed_letters")
def timed_letters() -> None:
    """Write the letters that time sends."""
    with journal.coming_from("worker"):
        reminders.remind_drafts(at=clock.now())
        digest.write_digests(at=clock.now())
        open_data.remind_open_data(at=clock.now())
