"""A browser that sends a file in parts, call by call, as static/js/uploads.js does."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from hubs_portal.uploads.models import PART


@dataclass
class Sender:
    """Somebody who sends `content` for a requirement of a dossier; nothing is sent before it is asked.

    Once the call is closed, `to` says for what (completion, replacement), and `code` which one.
    """

    client: Client
    number: str
    content: bytes
    code: str | int = "mandate"
    name: str = "piece.pdf"
    key: str = ""
    multipart: str | None = None
    to: str = "document"
    # Makes the call that was signed: to our own endpoint, unless a test has a bucket.
    carry: Callable[["Sender", str, str, bytes, dict[str, str]], Any] = field(
        default=lambda *said: said[0].put(*said[1:])
    )

    def announce(self, **said: Any) -> Any:
        """Say what will come."""
        digest = hashlib.sha256(self.content).hexdigest()
        told = {"name": self.name, "size": len(self.content), "sha256": digest, "type": "application/pdf"} | said
        answer = self.post(reverse(f"{self.to}_uploads", args=[self.number, self.code]), told)
        if answer.status_code == 200:
            given = answer.json()
            self.key, self.multipart = given["key"], given["multipart"]
        return answer

    def step(self, step: str, **said: Any) -> Any:
        """Ask the endpoint for the next thing."""
        return self.post(reverse(f"{self.to}_upload", args=[self.number, self.code, self.key, step]), said)

    def sign(self, method: str, part: int | None = None) -> Any:
        """Ask for the right to one call."""
        return self.step("signer", method=method, part=part)

    def call(self, method: str, part: int | None = None, body: bytes = b"") -> Any:
        """Ask for it, and make it."""
        signed = self.sign(method, part).json()["calls"][0]
        return self.carry(self, method, signed["url"], body, signed["headers"])

    def put(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Any:
        """Make a call of our own endpoint."""
        return self.client.generic(method, urlsplit(url).path, body, "application/octet-stream", headers=headers)

    def send(self, *parts: int) -> None:
        """Send those parts, or all."""
        if not self.multipart:
            self.call("PUT", None, self.content)
            return
        for part in parts or self.numbers:
            self.call("PUT", part, self.bytes_of(part))

    @property
    def numbers(self) -> range:
        """The numbers of the parts."""
        return range(1, -(-len(self.content) // PART) + 1)

    def bytes_of(self, part: int) -> bytes:
        """What that part holds."""
        return self.content[(part - 1) * PART : part * PART]

    def marks(self) -> dict[int, str]:
        """The parts that have arrived, by the answer to the call that lists them."""
        return parts_in(_text(self.call("GET")))

    def join(self) -> Any:
        """Say that all parts are there."""
        named = "".join(
            f"<Part><PartNumber>{part}</PartNumber><ETag>{mark}</ETag></Part>" for part, mark in self.marks().items()
        )
        return self.call("POST", None, f"<CompleteMultipartUpload>{named}</CompleteMultipartUpload>".encode())

    def complete(self) -> Any:
        """Everything that is left, once all is sent."""
        if self.multipart:
            self.join()
        return self.step("terminer")

    def post(self, address: str, said: dict[str, Any]) -> Any:
        """JSON in, JSON out."""
        return self.client.post(address, json.dumps(said), content_type="application/json")


def parts_in(xml: str) -> dict[int, str]:
    """The parts listed, and their marks."""
    found = {}
    for piece in xml.split("<Part>")[1:]:
        number = piece.split("<PartNumber>")[1].split("<")[0]
        found[int(number)] = piece.split("<ETag>")[1].split("<")[0].replace("&quot;", "").replace("&#34;", "")
    return found


def _text(answer: Any) -> str:
    return str(answer.text)
