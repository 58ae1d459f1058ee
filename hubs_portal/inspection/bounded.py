"""Have a file opened by a process of its own, bounded in time and memory: whatever it holds, it takes nothing along."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from hubs_portal.inspection.opening.found import SECONDS, Opened
from hubs_portal.inspection.opening.program import opened

logger = logging.getLogger(__name__)

_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGKILL}
# How libraries in C end when the memory they are allowed runs out; a death of another kind is one of their faults.
_OUT_OF_MEMORY = {signal.SIGABRT, signal.SIGTRAP, signal.SIGILL}
_PROGRAM = Path(__file__).with_name("opening")


@dataclass(frozen=True)
class Finding:
    """The result of an opening: `code` is empty when all is well; `picture` is a JPEG of the first page, if any."""

    code: str = ""
    pages: int | None = None
    remarks: tuple[str, ...] = ()
    picture: bytes = b""
    keywords: str = ""

    @property
    def readable(self) -> bool:
        """Whether a reader can open the file."""
        return not self.code


_is_ours: ContextVar[bool] = ContextVar("is_ours", default=False)


@contextmanager
def trusting() -> Iterator[None]:
    """Inside, files are opened in this process: they are those the rehearsal has just made, by the hundred."""
    token = _is_ours.set(True)
    try:
        yield
    finally:
        _is_ours.reset(token)


def find(kind: str, file: Path) -> Finding:
    """What is in the file, asked of a process of its own unless it is ours."""
    with tempfile.TemporaryDirectory(prefix="opening-") as folder:
        picture = Path(folder) / "page.jpg"
        found = opened(kind, file, picture) if _is_ours.get() else _asked(kind, file, picture)
        drawn = picture.read_bytes() if picture.exists() else b""
        return Finding(found.code, found.pages, tuple(found.remarks), drawn, found.keywords)


def _asked(kind: str, file: Path, picture: Path) -> Opened:
    """What the program says. Ten seconds without an answer, or a death, are an answer too."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and no shell
            [sys.executable, "-I", str(_PROGRAM), kind, str(file), str(picture)],
            # Nothing of the portal's settings: what is opened there could otherwise read them.
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(picture.parent), "TMPDIR": str(picture.parent)},
            cwd=picture.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Opened("too_long")
    if done.returncode < 0:
        return _of_a_death(kind, -done.returncode)
    if done.returncode:
        # The program itself has a fault: the file is not to blame, and the job is tried again.
        raise RuntimeError(f"opening a {kind}: {done.stderr.decode(errors='replace')[-1500:]}")
    if done.stderr:
        logger.debug("what opened a %s said: %s", kind, done.stderr.decode(errors="replace")[-1500:])
    return Opened(**json.loads(done.stdout))


def _of_a_death(kind: str, number: int) -> Opened:
    if number in _OUT_OF_TIME:
        return Opened("too_long")
    if number in _OUT_OF_MEMORY:
        return Opened("too_heavy")
    logger.warning("what opened a %s died of signal %d", kind, number)
    return Opened("damaged")
