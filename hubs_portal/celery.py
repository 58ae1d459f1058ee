"""The Celery application and its timetable.

Rows of the database are the only truth: every task below looks for rows that are due and works on them, so a dead
broker or a killed worker delays the work and loses none of it.
"""

import os

from celery import Celery
from celery.schedules import schedule
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubs_portal.settings.dev")

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
        "letters-sweep": {"task": "hubs_portal.letters.sweep", "schedule": schedule(5.0)},
        "jobs-sweep": {"task": "hubs_portal.jobs.sweep", "schedule": schedule(5.0)},
        "close-calls": {"task": "applications.close_calls", "schedule": schedule(15.0)},
        "timed-letters": {"task": "applications.timed_letters", "schedule": schedule(60.0)},
    },
)
if settings.REHEARSAL:
    app.conf.beat_schedule["rehearsal"] = {"task": "hubs_portal.rehearsal.tick", "schedule": schedule(5.0)}
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
