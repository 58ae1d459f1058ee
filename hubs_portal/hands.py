"""The two hands of each process that write whole files and read them again, and let what answers pages go first.

Fifty people may end their uploads in the same second: each file waits its turn here, and a page does not.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

_HANDS, _STEPS_BACK = 2, 10


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere the whole process would step back
        with suppress(OSError):  # a container that forbids it still has its two hands
            os.nice(_STEPS_BACK)


def _new() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_HANDS, "hand", _step_back)


_pools = [_new()]


def _after_fork() -> None:
    """No thread outlives a fork: those the parent had are not the child's."""
    _pools[:] = [_new()]


os.register_at_fork(after_in_child=_after_fork)


def lend(work: Callable[[], T]) -> T:
    """Have it done by a hand, once one is free; what it returns or raises. It must not need another hand itself."""
    return _pools[0].submit(work).result()
