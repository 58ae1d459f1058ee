"""The Celery application and its timetable.

Rows of the database are the only truth: every task below looks for rows that are due and works on them, so a dead
broker or a killed worker delays the work and loses none of it.
"""

import logging
import os
from typing import Any

from celery import Celery
from celery.schedules import schedule
from celery.signals import after_task_publish, beat_embedded_init, beat_init, worker_ready, worker_shutdown
from django.conf import settings
from django.db import DatabaseError, connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubs_portal.settings.dev")

logger = logging.getLogger(__name__)


def _every(task: str, seconds: float) -> dict[str, Any]:
    """A line of the timetable; what nobody took by the time two more were sent is worth nothing."""
    return {"task": task, "schedule": schedule(seconds), "options": {"expires": seconds * 2}}


app = Celery("hubs_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.update(
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    timezone="UTC",
    beat_schedule={
        "letters-sweep": _every("hubs_portal.letters.sweep", 5.0),
        "jobs-sweep": _every("hubs_portal.jobs.sweep", 5.0),
        "close-calls": _every("applications.close_calls", 15.0),
        "timed-letters": _every("applications.timed_letters", 60.0),
        "scans": _every("hubs_portal.files.scan", 15.0),
        "incoming": _every("hubs_portal.files.sweep_incoming", 3_600.0),
        "orphans": _every("hubs_portal.files.tidy", 86_400.0),
    },
)
if settings.REHEARSAL:
    app.conf.beat_schedule["rehearsal"] = _every("hubs_portal.rehearsal.tick", 5.0)
if settings.CELERY_BROKER_URL.startswith("filesystem"):
    _folder = str(settings.CELERY_BROKER_FOLDER)
    app.conf.broker_transport = "hubs_portal.broker:Transport"
    app.conf.broker_transport_options = {
        "data_folder_in": _folder,
        "data_folder_out": _folder,
        "control_folder": f"{_folder}/control",
    }
else:
    # A broker that hangs must not make a candidate wait for the answer to an act that is already committed.
    app.conf.broker_transport_options = {
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "visibility_timeout": 300,
        "max_retries": 1,
    }


@worker_ready.connect
def _begin(**_: Any) -> None:
    """Look at once for what a worker that died, or none, has left; then keep watch."""
    from hubs_portal.nudge import nudge  # noqa: PLC0415 - it imports what Django must have loaded
    from hubs_portal.watch import Watch  # noqa: PLC0415 - as above

    nudge("hubs_portal.letters.sweep")
    nudge("hubs_portal.jobs.sweep")
    watch = Watch(app)
    watch.start()
    worker_shutdown.connect(lambda **_: watch.stop(), weak=False)


@beat_init.connect
@beat_embedded_init.connect
def _keep_time(**_: Any) -> None:
    """In the process that keeps the timetable: each task it sends is a sign that it lives."""
    connections.close_all()  # inherited from the worker when it is one of its children
    after_task_publish.connect(_show_life, weak=False)


def _show_life(**_: Any) -> None:
    from hubs_portal import beats  # noqa: PLC0415 - models exist once the applications are loaded

    try:
        beats.beat(beats.SCHEDULER)
    except DatabaseError:
        logger.exception("the scheduler could not say that it lives")
