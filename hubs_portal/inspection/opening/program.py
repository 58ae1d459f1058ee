"""The program: bound itself, open the file with the libraries of its kind, answer."""

import contextlib
import json
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from .found import MEMORY, SECONDS, Found, Opened

_LARGEST_ANSWER = 8 * 1024 * 1024  # bytes of anything it writes


def opened(kind: str, file: Path, picture: Path) -> Opened:
    """What a reader would find; never raises for what a file holds, unless memory itself runs out."""
    found = Opened()
    reading = _reading(kind)
    try:
        with warnings.catch_warnings(action="ignore"):
            if reading:
                reading(file, picture, found)
    except Found as answer:
        found.code = str(answer)
    except (MemoryError, ImportError):
        raise
    except Exception:  # noqa: BLE001 - there is no list of what a file may make its libraries raise
        traceback.print_exc(limit=-5)
        found.code = "damaged"
    return found


def _reading(kind: str) -> Callable[[Path, Path, Opened], None] | None:
    """Each kind brings the libraries it needs, and no more."""
    if kind == "pdf":
        from .pdf import read_pdf  # noqa: PLC0415

        return read_pdf
    if kind in {"png", "jpg", "jpeg"}:
        from .pictures import read_picture  # noqa: PLC0415

        return read_picture
    from .office import PARTS, read_office  # noqa: PLC0415

    if kind in PARTS:
        return lambda file, _picture, found: read_office(kind, file, found)
    return None


def _bound() -> None:
    import resource  # noqa: PLC0415 - only systems that have it run this program

    with contextlib.suppress(ValueError):  # a system without that bound still has the others
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_ANSWER, _LARGEST_ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    """Bound, open, answer."""
    kind, file, picture = arguments
    _bound()
    try:
        found = opened(kind, Path(file), Path(picture))
    except MemoryError:
        found = Opened("too_heavy")
    sys.stdout.write(json.dumps(asdict(found)))
    return 0
