"""Judge files by two processes that hold little: what a child is born from would be counted in its memory."""

import logging
import resource
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from tests.corpus.gathering import Case
from tests.corpus.judging import Verdict, judge_file
from tests.corpus.setting_up import set_up

_PROCESSES = 2


@dataclass(frozen=True)
class Judged:
    """A file, what was said of it, in how long, and what died or failed meanwhile."""

    case: Case
    verdict: Verdict
    seconds: float
    trouble: str = ""


def _judge(case: Case) -> tuple[Judged, int]:
    """One file, in a process of the pool; and the most memory any of its children has taken so far."""
    died = _Deaths()
    logger = logging.getLogger("hubs_portal.inspection")
    logger.addHandler(died)
    started = time.monotonic()
    try:
        verdict, trouble = judge_file(case.file, case.name), ""
    except Exception as error:  # noqa: BLE001 - whatever escapes is what this run looks for
        verdict, trouble = Verdict("nothing"), repr(error)[:600]
    finally:
        logger.removeHandler(died)
    seconds = time.monotonic() - started
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Judged(case, verdict, seconds, trouble or died.said), memory


class _Deaths(logging.Handler):
    """Notes what opened a file and died of it."""

    said = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self.said = record.getMessage()


def judge_all(cases: Iterable[Case]) -> tuple[list[Judged], int]:
    """All of one kind, by processes of their own: their memory is theirs alone."""
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn"), initializer=set_up) as pool:
        done = list(pool.map(_judge, cases, chunksize=2))
    return [judged for judged, _ in done], max((memory for _, memory in done), default=0)
