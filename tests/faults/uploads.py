"""Files sent while everything goes wrong: web processes killed, bodies that never end, fifty people at once."""

import hashlib
import http.client
import json
import multiprocessing
import os
import random
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.faults.figures import Figure
from tests.faults.web import Candidate, Door, Watch, Web, a_name

MEGABYTE = 1024 * 1024
_BLOCK = 64 * 1024
_BOUNDARY = "limite-de-l-essai"
_CODE = "statutes"
_PDF = b"%PDF-1.7\n"
# Fifty browsers are not on the portal's machine: ours let it go first, and the page of somebody else is not read by
# the process that sends for them all.
_STEPS_BACK = 10


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: dict[str, str]
    content: bytes


@dataclass
class Sender:
    """Somebody who sends files by the form of the page, and remembers those the portal said it had saved."""

    door: Door
    candidate: Candidate
    pace: float = 0  # bytes a second; 0 is as fast as it goes
    saved: dict[str, str] = field(default_factory=dict)  # name → SHA-256
    unsaved: int = 0

    def send(self, content: bytes, name: str = "") -> bool:
        """Whether the portal said that it was saved."""
        name = name or a_name()
        digest = hashlib.sha256(content).hexdigest()
        try:
            saved = self._post(content, name, digest) in {200, 302}
        except (OSError, http.client.HTTPException):
            saved = False
        if saved:
            self.saved[name] = digest
        else:
            self.unsaved += 1
        return saved

    @property
    def path(self) -> str:
        """Where the form is posted."""
        return f"/dossiers/{self.candidate.number}/pieces/{_CODE}/joindre/"

    def headers(self, length: int) -> dict[str, str]:
        """Those of a form posted by a signed-in browser."""
        token = "t" * 32  # a CSRF token is believed when cookie and header agree
        host = urlsplit(self.door.url).hostname
        return {
            "Cookie": f"sessionid={self.candidate.session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Referer": f"https://{host}/",  # as our nginx names the portal: without the port
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
            "Content-Length": str(length),
        }

    def _post(self, content: bytes, name: str, digest: str) -> int:
        body = b"".join([_field("sha256", digest), _field("size", str(len(content))), _file(name), content, _END])
        connection = self.door.connection()
        try:
            connection.putrequest("POST", self.path)
            for header, value in self.headers(len(body)).items():
                connection.putheader(header, value)
            connection.endheaders()
            self._pace(connection, body)
            return connection.getresponse().status
        finally:
            connection.close()

    def _pace(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        """Send no faster than the line lets."""
        started = time.monotonic()
        for begin in range(0, len(body), _BLOCK):
            connection.send(body[begin : begin + _BLOCK])
            if self.pace:
                time.sleep(max(0.0, started + begin / self.pace - time.monotonic()))


@dataclass
class InParts(Sender):
    """The same person, whose browser sends in parts what the page lets it, and tries again what was cut."""

    tries: int = 40
    _calls: dict[tuple[str, int | None], dict[str, Any]] = field(default_factory=dict)

    def _post(self, content: bytes, name: str, digest: str) -> int:
        status, announced = self._ask("", _announcement(content, name, digest))
        if status != 200:
            return status
        self._calls = _by_part(announced)
        upload = announced["key"]
        size, marks = int(announced["part"]), []
        parts = [content[begin : begin + size] for begin in range(0, len(content), size)]
        for number, part in enumerate(parts, start=1):
            marks.append(self._carry(upload, "PUT", number if announced["multipart"] else None, part))
        if announced["multipart"]:
            named = "".join(
                f"<Part><PartNumber>{number}</PartNumber><ETag>{mark}</ETag></Part>"
                for number, mark in enumerate(marks, start=1)
            )
            self._carry(upload, "POST", None, f"<CompleteMultipartUpload>{named}</CompleteMultipartUpload>".encode())
        return self._ask(f"{upload}/terminer/", {})[0]

    def announce(self, content: bytes, name: str) -> str:
        """Say that it will come, and under which key."""
        status, announced = self._ask("", _announcement(content, name, hashlib.sha256(content).hexdigest()))
        assert status == 200, announced
        return str(announced["key"])

    def sign(self, upload: str, method: str, part: int | None) -> list[dict[str, Any]]:
        """Have a call signed, and those that follow."""
        status, signed = self._ask(f"{upload}/signer/", {"method": method, "part": part})
        assert status == 200, signed
        return list(signed["calls"])

    def _carry(self, upload: str, method: str, part: int | None, body: bytes) -> str:
        """Make a call that was signed, or have it signed, again until it is made; returns the mark of what was sent."""
        status = 0
        for _ in range(self.tries):
            call = self._calls.pop((method, part), None)
            if call is None:
                status, signed = self._ask(f"{upload}/signer/", {"method": method, "part": part})
                if status != 200:
                    break
                self._calls |= _by_part(signed)
                continue
            with suppress(OSError, http.client.HTTPException):
                answer = self._say(method, call["url"], body, call["headers"])
                if answer.status == 200:
                    return answer.headers.get("etag", "").strip('"')
            time.sleep(0.2)
        raise ConnectionError(f"{method} {part} was not taken: {status}")

    def _ask(self, path: str, said: dict[str, object]) -> tuple[int, dict[str, Any]]:
        """JSON in, JSON out; a portal that does not answer is asked again."""
        body = json.dumps(said).encode()
        address = f"{self.door.url}/dossiers/{self.candidate.number}/pieces/{_CODE}/envoi/{path}"
        for _ in range(self.tries):
            with suppress(OSError, http.client.HTTPException):
                headers = self.headers(len(body)) | {"Content-Type": "application/json"}
                answer = self._say("POST", address, body, headers)
                if answer.status < 500:
                    return answer.status, json.loads(answer.content)
            time.sleep(0.2)
        raise ConnectionError("nobody answers")

    def _say(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> _Answer:
        line = self.door.connection(20, address)
        try:
            return self._exchange(line, method, address, body, headers)
        finally:
            line.close()

    def _exchange(
        self, line: http.client.HTTPConnection, method: str, address: str, body: bytes, headers: dict[str, str]
    ) -> _Answer:
        line.putrequest(method, urlsplit(address)._replace(scheme="", netloc="").geturl())
        for header, value in (headers | {"Content-Length": str(len(body))}).items():
            line.putheader(header, value)
        line.endheaders()
        self._pace(line, body)
        answer = line.getresponse()
        headers = {header.lower(): value for header, value in answer.getheaders()}
        return _Answer(answer.status, headers, answer.read())


@dataclass
class OnOneLine(InParts):
    """The same, whose line is kept from one call to the next, as a browser does; nobody kills what answers."""

    def __post_init__(self) -> None:
        """Open it."""
        self._line = self.door.connection(20)

    def _say(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> _Answer:
        return self._exchange(self._line, method, address, body, headers)


def _announcement(content: bytes, name: str, digest: str) -> dict[str, object]:
    return {"name": name, "size": len(content), "sha256": digest, "type": "application/pdf"}


def _by_part(signed: dict[str, Any]) -> dict[tuple[str, int | None], dict[str, Any]]:
    return {(call["method"], call["part"]): call for call in signed["calls"]}


def _field(name: str, value: str) -> bytes:
    return f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _file(name: str) -> bytes:
    disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    return f"--{_BOUNDARY}\r\n{disposition}\r\nContent-Type: application/pdf\r\n\r\n".encode()


_END = f"\r\n--{_BOUNDARY}--\r\n".encode()


def a_file(size: int) -> bytes:
    """Bytes that begin as a PDF does, and that nobody else sends."""
    return _PDF + secrets.token_bytes(size - len(_PDF))


def killed(web: Web, *, kills: int, seed: int = 1) -> Iterator[Figure]:
    """Web processes are killed, again and again, while people send files of 1 to 20 MB, some of them twice.

    Two of them send as the page's script does, and two by its form.
    """
    ways = [InParts, Sender, InParts, Sender]
    senders = [way(web.door, one, pace=20 * MEGABYTE) for way, one in zip(ways, web.candidates[:4], strict=True)]
    over = threading.Event()
    threads = [
        threading.Thread(target=_keep_sending, args=(sender, over, seed + n)) for n, sender in enumerate(senders)
    ]
    for thread in threads:
        thread.start()
    dice, killed_so_far = random.Random(seed), 0
    while killed_so_far < kills:
        time.sleep(dice.uniform(0.05, 3.5))
        killed_so_far += web.kill_one()
    over.set()
    for thread in threads:
        thread.join()
    saved = {name: digest for sender in senders for name, digest in sender.saved.items()}
    found = web.judge(saved)
    sent = f"{len(saved)} files saved and {sum(s.unsaved for s in senders)} cut"
    name = f"{web.name}: web killed {killed_so_far} times, {sent}"
    yield Figure(f"{name}: said saved and missing", found["missing"], 0, "files")
    yield Figure(f"{name}: kept whose bytes differ", found["altered"], 0, "files")
    yield Figure(f"{name}: temporary files left", found["left"], 0, "files")
    yield Figure(f"{name}: saved at all", len(saved), max(1, kills / 30), "files", at_least=True)


def _keep_sending(sender: Sender, over: threading.Event, seed: int) -> None:
    dice = random.Random(seed)
    content = b""
    while not over.is_set():
        content = content or a_file(int(MEGABYTE * 20 ** dice.random()))
        if sender.send(content) or dice.random() < 0.5:
            content = b""


def announced(web: Web) -> Iterator[Figure]:
    """Ten gigabytes announced, then as many without saying so: refused before they are read."""
    sender = Sender(web.door, web.candidates[0])
    status, taken = _pour(sender, sender.headers(10 * 1024 * MEGABYTE), chunked=False)
    yield Figure(f"{web.name}: 10 GB announced, status", status, 413)
    yield Figure(f"{web.name}: 10 GB announced, sent before the answer", taken / MEGABYTE, 1, "MB")
    headers = sender.headers(0) | {"Transfer-Encoding": "chunked"}
    del headers["Content-Length"]
    status, taken = _pour(sender, headers, chunked=True)
    yield Figure(f"{web.name}: without a length, status", status, 413)
    yield Figure(f"{web.name}: without a length, sent before it was cut", taken / MEGABYTE, 32, "MB")


def _pour(sender: Sender, headers: dict[str, str], *, chunked: bool) -> tuple[int, int]:
    """Send until somebody answers or cuts the line; the status (0: none), and how many bytes left."""
    block = bytes(_BLOCK)
    piece = f"{_BLOCK:x}\r\n".encode() + block + b"\r\n" if chunked else block
    head = f"POST {sender.path} HTTP/1.1\r\nHost: {urlsplit(sender.door.url).netloc}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    with _line(sender.door.url) as line:
        line.sendall(head.encode())
        time.sleep(0.3)  # an answer to the announcement is there by now
        taken = 0
        while taken < 200 * MEGABYTE:
            if answer := _heard(line, 0.001):
                return _status(answer), taken
            try:
                line.sendall(piece)
            except OSError:
                break
            taken += _BLOCK
        return _status(_heard(line, 5)), taken


def _line(url: str) -> socket.socket:
    host = urlsplit(url)
    assert host.hostname
    assert host.port
    line = socket.create_connection((host.hostname, host.port), timeout=20)
    if host.scheme == "https":
        return ssl._create_unverified_context().wrap_socket(line)  # noqa: S323 - a certificate made a second ago
    return line


def _heard(line: socket.socket, patience: float) -> bytes:
    """What the other side says within so many seconds."""
    line.settimeout(patience)
    try:
        return line.recv(4096)
    except OSError:
        return b""
    finally:
        line.settimeout(20)


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def a_crowd(web: Web, way: type[Sender], *, people: int = 50, size: int = 20 * MEGABYTE) -> Iterator[Figure]:
    """So many people each send a file at the same time, while somebody else reads a page."""
    alone = Watch(web)
    with alone:
        time.sleep(3)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), os.nice, (_STEPS_BACK,)) as elsewhere:
        elsewhere.submit(a_file, size).result()  # what they need is there before the clock starts
        started = time.monotonic()
        with Watch(web) as watch:
            unsaved = elsewhere.submit(_send_together, way, web.door, web.candidates[:people], size).result()
        took = time.monotonic() - started
    how = "in parts" if way is InParts else "by the form"
    name = f"{web.name}: {people} × {size // MEGABYTE} MB {how} at once, {took:.1f} s"
    yield Figure(f"{name}: not saved", unsaved, 0, "files")
    yield Figure(f"{name}: memory", watch.highest, 400, "MB")
    yield Figure(f"{name}: bystander refused", watch.failures, 0, "pages")
    yield Figure(f"{name}: bystander's p95 ({alone.nineteen_in_twenty:.0f} alone)", watch.nineteen_in_twenty, 200, "ms")


def _send_together(way: type[Sender], door: Door, people: Sequence[Candidate], size: int) -> int:
    """How many of their files were not saved."""
    senders = [way(door, candidate) for candidate in people]
    content = a_file(size)
    with ThreadPoolExecutor(len(senders)) as together:
        list(together.map(lambda sender: sender.send(content[:-8] + secrets.token_bytes(8)), senders))
    return sum(sender.unsaved for sender in senders)


def slow_lines(web: Web) -> Iterator[Figure]:
    """Two people send 8 MB at half a megabyte a second: nobody notices."""
    senders = [Sender(web.door, candidate, pace=MEGABYTE / 2) for candidate in web.candidates[:2]]
    with Watch(web) as watch, ThreadPoolExecutor(2) as together:
        list(together.map(lambda sender: sender.send(a_file(8 * MEGABYTE)), senders))
    name = f"{web.name}: two lines at 0.5 MB/s"
    yield Figure(f"{name}: not saved", sum(sender.unsaved for sender in senders), 0, "files")
    yield Figure(f"{name}: bystander's p95", watch.nineteen_in_twenty, 200, "ms")
