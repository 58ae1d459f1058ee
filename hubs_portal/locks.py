"""Locks that PostgreSQL and SQLite understand alike.

On SQLite every transaction starts with BEGIN IMMEDIATE, so one writer at a time is already the rule and the functions
below have nothing to add.
"""

import functools
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")

# lock_not_available, deadlock_detected, serialization_failure: nothing was written and asking again may succeed.
_PASSING = {"55P03", "40P01", "40001"}
_ATTEMPTS = 5
_one_writer = threading.RLock()


def share(space: int, key: int) -> None:
    """Take the shared side of an advisory lock until the end of the transaction."""
    _advise("pg_advisory_xact_lock_shared", space, key)


def exclude(space: int, key: int) -> None:
    """Take the exclusive side: waits for every holder of the shared side, and keeps new ones out."""
    _advise("pg_advisory_xact_lock", space, key)


def _advise(function: str, space: int, key: int) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("an advisory lock lives in a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [space, key])


def _turn() -> AbstractContextManager[object]:
    return _one_writer if connection.vendor == "sqlite" else nullcontext()


def _is_passing(error: OperationalError) -> bool:
    code = getattr(error.__cause__, "pgcode", None)
    return code in _PASSING or "database is locked" in str(error)


def retried(act: Callable[P, R]) -> Callable[P, R]:
    """Try an act again when only a lock stood in its way: a lock timeout is never a refusal.

    On SQLite, the threads of one process take turns before they ask for the file: left to its own polling, SQLite may
    keep one of forty waiting past any timeout. Must wrap the whole transaction; inside one already open there is
    nothing left to retry, so it calls through.
    """

    @functools.wraps(act)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return act(*args, **kwargs)
        for attempt in range(1, _ATTEMPTS):
            try:
                with _turn():
                    return act(*args, **kwargs)
            except OperationalError as error:
                if not _is_passing(error):
                    raise
                time.sleep(0.05 * attempt)
        with _turn():
            return act(*args, **kwargs)

    return again
