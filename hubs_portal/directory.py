"""A directory of companies, asked for what it says of a SIRET: absent by default, silent when it is down.

`settings.COMPANY_DIRECTORY` names the class and its options; none, and nothing is ever asked of anybody. An answer is a
comfort: whoever asks waits two seconds at most, and goes on without it.
"""

import json
import logging
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

PATIENCE = 2.0  # seconds, from the question to the answer, whatever the server does
_LARGEST = 64 * 1024
_LONGEST = 250  # of one value
_AT_ONCE = 4  # questions; the next one is not asked
_REST = 60.0  # seconds without a question, after one that had no answer
# What may be learned, and where an answer says it unless the settings say otherwise.
FIELDS = {name: name for name in ("name", "legal_category", "rna", "address", "postcode", "city")}
_logger = logging.getLogger(__name__)


class Directory(Protocol):
    """What a class named in the settings must do."""

    def ask(self, siret: str) -> dict[str, str]:
        """What is known of that SIRET, among `FIELDS`; empty when nothing is, or in case of any trouble."""


def directory() -> Directory | None:
    """The directory of this installation, if it has one."""
    chosen: Mapping[str, Any] | None = settings.COMPANY_DIRECTORY
    return _made(json.dumps(chosen)) if chosen else None


@lru_cache(maxsize=4)
def _made(chosen: str) -> Directory:
    options = json.loads(chosen)
    made: Directory = import_string(options.pop("class"))(**options)
    return made


@dataclass
class HttpDirectory:
    """One GET, answered in JSON. `url` holds `{siret}`; `fields` are paths into the answer: « results.0.name »."""

    url: str
    token: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    _slots: threading.BoundedSemaphore = field(init=False, default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE))
    _rests_until: float = field(init=False, default=0.0)

    def ask(self, siret: str) -> dict[str, str]:
        """Wait `PATIENCE` at most; a question without an answer is followed by a rest, so that one waits, not all."""
        if time.monotonic() < self._rests_until or not self._slots.acquire(blocking=False):
            return {}
        question = _Question(self, siret)
        thread = threading.Thread(target=self._answer, args=(question,), daemon=True)
        thread.start()
        if not question.done.wait(PATIENCE):
            question.abandon()
        if question.answer is None:
            self._rests_until = time.monotonic() + _REST
            return {}
        return self._said(question.answer)

    def _answer(self, question: "_Question") -> None:
        try:
            question.answer = question.fetch()
        except (HTTPException, OSError, ValueError, RecursionError) as trouble:
            _logger.warning("the company directory gave no answer: %s", type(trouble).__name__)
        finally:
            question.done.set()
            self._slots.release()

    def _said(self, answer: Any) -> dict[str, str]:
        found = {name: _at(answer, path) for name, path in (FIELDS | dict(self.fields)).items() if name in FIELDS}
        return {name: text for name, text in found.items() if text}


class _Question:
    """One question, in a thread of its own: a server that trickles, or a name that does not resolve, holds nobody."""

    def __init__(self, directory: HttpDirectory, siret: str) -> None:
        address = urlsplit(directory.url.replace("{siret}", quote(siret, safe="")))
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self.connection = kind(address.hostname or "", address.port, timeout=PATIENCE)
        self.path = address.path + (f"?{address.query}" if address.query else "")
        self.headers = {"Accept": "application/json"}
        if directory.token:
            self.headers["Authorization"] = f"Bearer {directory.token}"
        self.done = threading.Event()
        self.answer: Any = None
        self.socket: socket.socket | None = None

    def fetch(self) -> Any:
        """The answer; an empty one when the directory knows nothing. Redirections are not followed."""
        try:
            self.connection.connect()
            self.socket = self.connection.sock
            self.connection.request("GET", self.path, headers=self.headers)
            response = self.connection.getresponse()
            body = response.read(_LARGEST + 1)
        finally:
            self.connection.close()
        if response.status == 404:
            return {}
        if response.status != 200 or len(body) > _LARGEST:
            raise ValueError(response.status)
        return json.loads(body)

    def abandon(self) -> None:
        """Nobody waits any more: the thread ends at its next read."""
        if self.socket:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


def _at(answer: Any, path: str) -> str:
    """The text at that path of the answer, on one line; empty when there is none."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict):
            answer = answer.get(step)
        else:
            return ""
    text = str(answer) if isinstance(answer, str | int) and not isinstance(answer, bool) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]
