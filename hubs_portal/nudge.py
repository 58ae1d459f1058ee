"""Wake the worker after a commit. A nudge is never the only trace of work: a sweep finds what no nudge reached."""

import logging

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def nudge(task: str, *arguments: int) -> None:
    """Send `task` to the worker once the present transaction is committed; a broker that is down is only logged."""

    def send() -> None:
        try:
            current_app.send_task(task, args=arguments, retry=False)
        except Exception:
            logger.warning("the broker did not take %s%s; the sweep will do it", task, arguments)

    transaction.on_commit(send, robust=True)
