"""Wake the worker after a commit. A nudge is never the only trace of work: a sweep finds what no nudge reached."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)
_held: ContextVar[bool] = ContextVar("held", default=False)


@contextmanager
def left_to_the_sweep() -> Iterator[None]:
    """Inside, no nudge leaves: a rehearsal writes a thousand rows at a time, and the sweep finds them all."""
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


def nudge(task: str, *arguments: int) -> None:
    """Send `task` to the worker once the present transaction is committed; a broker that is down is only logged."""

    def send() -> None:
        try:
            current_app.send_task(task, args=arguments, retry=False)
        except Exception:  # noqa: BLE001 - whatever the broker suffers from, the act is committed and must be answered
            logger.warning("the broker did not take %s%s; the sweep will do it", task, arguments)

    if not _held.get():
        transaction.on_commit(send, robust=True)
