"""Wake the worker after a commit. A nudge is never the only trace of work: a sweep finds what no nudge reached."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)
_held: ContextVar[bool] = ContextVar("held", default=False)
_SILENCE = 10.0  # seconds
_PATIENCE = 2.0  # seconds


class _Broker:
    """When this process may speak to the broker again."""

    again_at = 0.0


_broker = _Broker()


@contextmanager
def left_to_the_sweep() -> Iterator[None]:
    """Inside, no nudge leaves: a rehearsal writes a thousand rows at a time, and the sweep finds them all."""
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


def nudge(task: str, *arguments: int) -> None:
    """Send `task` to the worker once the present transaction is committed, once however often it is asked there.

    A broker that is down or hangs is only logged, and is left alone for a few seconds: whoever acts must be answered.
    """
    if _held.get() or _is_planned(task, arguments):
        return

    def send() -> None:
        if time.monotonic() < _broker.again_at:
            return
        taken = threading.Event()

        def hand_over() -> None:
            with suppress(Exception):  # whatever the broker suffers from, the act is committed and must be answered
                current_app.send_task(task, args=arguments, retry=False)
                taken.set()

        # Several timeouts may follow each other inside: whoever acts waits for none but ours.
        handing = threading.Thread(target=hand_over, daemon=True)
        handing.start()
        handing.join(_PATIENCE)
        if not taken.is_set():
            _broker.again_at = time.monotonic() + _SILENCE
            logger.warning("the broker did not take %s%s; the sweep will do it", task, arguments)

    send.wakes = (task, arguments)  # type: ignore[attr-defined] # how `_is_planned` knows it again
    transaction.on_commit(send, robust=True)


def _is_planned(task: str, arguments: tuple[int, ...]) -> bool:
    planned = transaction.get_connection().run_on_commit
    return any(getattr(call[1], "wakes", None) == (task, arguments) for call in planned)
