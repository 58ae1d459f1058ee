"""Ask clamd what it finds in a file: a small client of its INSTREAM command.

Whatever the daemon does, there is an answer. What is not known is said so (`NOT_SCANNED`), never taken for clean.
"""

import select
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from django.conf import settings
from django.core.files.base import File

_BLOCK = 256 * 1024
_TO_ANSWER = 2.0  # seconds to let somebody in and say who one is: a daemon that hangs is found out by then
_IN_ALL = 60.0  # seconds for one file, from its first byte to what is said of it
_LONGEST_ANSWER = 4096


class Verdict(StrEnum):
    """What is known of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


class Why(StrEnum):
    """Why a file is not scanned: the first two are about the daemon, the others about the file."""

    DOWN = "down"
    SLOW = "slow"
    TOO_LARGE = "too_large"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """What the daemon said; `engine` is the version that said it, signatures included."""

    verdict: Verdict
    signature: str = ""
    engine: str = ""
    why: Why | None = None

    @property
    def is_trouble(self) -> bool:
        """Whether the daemon itself does not answer: another file would fare no better."""
        return self.why in {Why.DOWN, Why.SLOW}


class _NoAnswerError(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Address:
    """Where clamd listens: a socket of this machine, or a host and its port."""

    path: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def read(cls, said: str) -> "Address | None":
        """`unix:/path` or `tcp:host:port`; nothing when nothing is said, `ValueError` when it is neither."""
        if not said:
            return None
        kind, _, rest = said.partition(":")
        host, _, port = rest.rpartition(":")
        if kind == "unix" and rest.startswith("/"):
            return cls(path=rest)
        if kind == "tcp" and host and port.isascii() and port.isdigit():
            return cls(host=host.strip("[]"), port=int(port))
        raise ValueError(f"CLAMD_ADDRESS is unix:/path or tcp:host:port, not {said!r}")


class _Line:
    """A conversation with the daemon that ends by a given instant."""

    def __init__(self, connected: socket.socket, ends_at: float) -> None:
        self._socket, self._ends_at = connected, ends_at

    def send(self, data: bytes) -> bool:
        """Send it, unless the daemon has already answered or left: whether the rest may follow."""
        if select.select([self._socket], [], [], 0)[0]:
            return False
        self._bound()
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise _NoAnswerError(Why.SLOW) from error
        except OSError:
            return False  # it may have said why before it left
        return True

    def answer(self) -> str:
        """What it says, up to its zero byte."""
        said = b""
        while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER:
            self._bound()
            try:
                block = self._socket.recv(_LONGEST_ANSWER)
            except TimeoutError as error:
                raise _NoAnswerError(Why.SLOW) from error
            except OSError as error:
                raise _NoAnswerError(Why.DOWN) from error
            if not block:
                break
            said += block
        if not said:
            raise _NoAnswerError(Why.DOWN)
        return said.rstrip(b"\0\n").decode(errors="replace")

    def _bound(self) -> None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise _NoAnswerError(Why.SLOW)
        self._socket.settimeout(left)


def is_on() -> bool:
    """Whether this portal has an antivirus."""
    return bool(settings.CLAMD_ADDRESS)


def scan(file: IO[bytes] | File[bytes]) -> Answer:
    """What clamd finds in `file`, read from where it stands; an error of reading it is the caller's."""
    address = Address.read(settings.CLAMD_ADDRESS)
    if address is None:
        return Answer(Verdict.NOT_SCANNED, why=Why.DOWN)
    try:
        engine = _engine(address)
        with _connected(address, _IN_ALL) as line:
            return _understood(_streamed(line, file), engine)
    except _NoAnswerError as silence:
        return Answer(Verdict.NOT_SCANNED, why=silence.why)


def _engine(address: Address) -> str:
    """« ClamAV 1.4.3/27000/… »: asked first, on a line of its own, so that a daemon that hangs costs two seconds."""
    with _connected(address, _TO_ANSWER) as line:
        line.send(b"zVERSION\0")
        return line.answer()[:100]


@contextmanager
def _connected(address: Address, seconds: float) -> Iterator[_Line]:
    ends_at = time.monotonic() + seconds
    try:
        made = _called(address)
    except TimeoutError as error:
        raise _NoAnswerError(Why.SLOW) from error
    except OSError as error:
        raise _NoAnswerError(Why.DOWN) from error
    with made:
        yield _Line(made, ends_at)


def _called(address: Address) -> socket.socket:
    if not address.path:
        return socket.create_connection((address.host, address.port), timeout=_TO_ANSWER)
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(_TO_ANSWER)
    try:
        made.connect(address.path)
    except OSError:
        made.close()
        raise
    return made


def _streamed(line: _Line, file: IO[bytes] | File[bytes]) -> str:
    """Send the bytes, each block after its length, and a length of zero; return what is said of them."""
    going_on = line.send(b"zINSTREAM\0")
    while going_on and (block := file.read(_BLOCK)):
        going_on = line.send(struct.pack("!L", len(block)) + block)
    if going_on:
        line.send(struct.pack("!L", 0))
    return line.answer()


def _understood(said: str, engine: str) -> Answer:
    found = said.removeprefix("stream: ")
    # A scan that gave up at one of its limits says so as if it were a signature: nothing was found, nor excluded.
    if "size limit exceeded" in said or found.startswith("Heuristics.Limits.Exceeded"):
        return Answer(Verdict.NOT_SCANNED, engine=engine, why=Why.TOO_LARGE)
    if found == "OK":
        return Answer(Verdict.CLEAN, engine=engine)
    if found.endswith(" FOUND"):
        return Answer(Verdict.INFECTED, found.removesuffix(" FOUND")[:200], engine)
    return Answer(Verdict.NOT_SCANNED, engine=engine, why=Why.REFUSED)
