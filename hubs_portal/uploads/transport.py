"""What the two ways of bringing bytes have in common: the calls they let somebody make, and how bytes are received."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from hubs_portal.files import Received, private_storage
from hubs_portal.refusals import Refusal
from hubs_portal.uploads.models import Upload

BLOCK = 256 * 1024
# How long somebody has to begin the call they were let make; rights are looked at again for the next one.
LIFE = 300  # seconds


class Step(StrEnum):
    """A call somebody may be let make."""

    WHOLE = "whole"
    PART = "part"
    LIST = "list"
    JOIN = "join"


@dataclass(frozen=True)
class Call:
    """One call: its HTTP method and, for a part, which one."""

    step: Step
    part: int = 0

    @property
    def method(self) -> str:
        """As S3 wants it."""
        return {Step.LIST: "GET", Step.JOIN: "POST"}.get(self.step, "PUT")


def call_of(upload: Upload, method: str, part: int | None) -> Call:
    """What the browser asks to do, if it is something one does with this upload."""
    if upload.in_parts and method == "PUT" and part in upload.parts:
        return Call(Step.PART, part or 0)
    if upload.in_parts and part is None and method in ("GET", "POST"):
        return Call(Step.LIST if method == "GET" else Step.JOIN)
    if not upload.in_parts and part is None and method == "PUT":
        return Call(Step.WHOLE)
    raise Refusal(_("Cet envoi n’a pas cette partie : rechargez la page, puis recommencez."), code="no_such_call")


@dataclass(frozen=True)
class Signed:
    """Where to make the call, and the headers it must have. The address of our own endpoint is a path."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrival:
    """How much has arrived, and whether that is all of it, ready to be received."""

    size: int
    whole: bool


class NotWhole(Exception):
    """Something of what was announced is not there."""


class Transport(Protocol):
    """A way for bytes to come."""

    def prepare(self) -> None:
        """Read what all the processes that are about to be forked will use."""

    def open(self, upload: Upload) -> str:
        """Make ready for it; what its parts are called together."""

    def sign(self, upload: Upload, call: Call) -> Signed:
        """Let whoever has the answer make that call, for a few minutes."""

    def arrival(self, upload: Upload) -> Arrival:
        """What is there."""

    def receive(self, upload: Upload) -> AbstractContextManager[Received]:
        """Read again, here, all that came. Raises `NotWhole`."""

    def forget(self, upload: Upload) -> None:
        """Take away whatever came; nothing there is nothing to do."""

    def strays(self, *, before: datetime) -> Iterable[str]:
        """The keys of what came before that instant (UTC), rows or not; lists all that is there."""

    def discard(self, key: str) -> None:
        """Take away what came under a key that no row has."""


def transport() -> Transport:
    """The one of this installation: the bucket's when files are kept in a bucket."""
    # Of its class: asked for its own bucket, it would make each thread a client that most never use.
    if hasattr(type(private_storage()), "bucket"):
        from hubs_portal.uploads.bucket import BucketTransport  # noqa: PLC0415 - it loads all of boto3

        return BucketTransport()
    from hubs_portal.uploads.folder import FolderTransport  # noqa: PLC0415 - it imports what is above

    return FolderTransport()
