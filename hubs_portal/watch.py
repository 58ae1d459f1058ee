"""The night watch of a worker: what the timetable asks for is done even when nobody asks.

A worker hears of its work through the broker. A broker that is down or hung, a scheduler that died, a connection that
came back and carries nothing (all three were seen) would leave it idle beside rows that are due. One thread of the
worker therefore does itself each task of the timetable that has not been done for three of its periods.
"""

import logging
import threading
import time
from typing import Any

from celery import Celery
from celery.signals import task_postrun
from django.db import close_old_connections

logger = logging.getLogger(__name__)

_ROUND = 2.0  # seconds
_PERIODS = 3


class Watch(threading.Thread):
    """Goes round until told to stop."""

    def __init__(self, app: Celery) -> None:
        super().__init__(name="watch", daemon=True)
        self._app = app
        self._over = threading.Event()
        self._periods = {
            line["task"]: line["schedule"].run_every.total_seconds() for line in app.conf.beat_schedule.values()
        }
        now = time.monotonic()
        self._done = dict.fromkeys(self._periods, now)
        task_postrun.connect(self._note, weak=False)

    def run(self) -> None:
        """Do what is late, and say so the first time."""
        while not self._over.wait(_ROUND):
            for task in self.late():
                logger.warning("nobody asked for %s: the watch does it", task)
                self._do(task)

    def late(self) -> list[str]:
        """The tasks not done for three of their periods."""
        now = time.monotonic()
        return [task for task, done in self._done.items() if now - done > self._periods[task] * _PERIODS]

    def stop(self) -> None:
        """Finish what is in hand, then stop."""
        self._over.set()
        self.join(timeout=60)

    def _do(self, task: str) -> None:
        close_old_connections()
        try:
            self._app.tasks[task]()
        except Exception:  # the next round tries again
            logger.exception("the watch could not do %s", task)
        finally:
            self._done[task] = time.monotonic()
            close_old_connections()

    def _note(self, *, task: Any, **_: Any) -> None:
        if task.name in self._done:
            self._done[task.name] = time.monotonic()
