"""Bytes that come to a folder of ours, by the same calls as to a bucket: one folder an upload, one file a part."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core import signing
from django.core.files.storage import Storage
from django.urls import reverse

from hubs_portal.files import Received
from hubs_portal.uploads.models import Upload
from hubs_portal.uploads.transport import BLOCK, LIFE, Arrival, Call, NotWhole, Signed, Step, gathered

_SALT = "hubs_portal.uploads"
_PART = re.compile(r"\d{5}")


class OddBody(Exception):
    """The body of a call is not what was announced; `code` and `status` are those S3 answers with."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code, self.status = code, status


class OnDisk(Received):
    """Bytes gathered in a file that is moved, not copied, to where it is kept."""

    stays = True

    def temporary_file_path(self) -> str:
        """Where the storage takes it from."""
        return str(self.name_on_disk)

    def place(self, storage: Storage, key: str) -> bool:
        """A name given to the file that was read again once it was written; the bytes stay where they are."""
        gathered_as = os.fstat(self.fileno())
        storage.save(key, self)
        kept_as = Path(storage.path(key)).stat()
        return (gathered_as.st_ino, gathered_as.st_dev) == (kept_as.st_ino, kept_as.st_dev)


@dataclass(frozen=True)
class Permission:
    """What a signed address lets its holder do."""

    key: str
    call: Call


def permission(token: str) -> Permission:
    """What was signed less than a few minutes ago. Raises `signing.BadSignature`."""
    key, step, part = signing.loads(token, salt=_SALT, max_age=LIFE)
    return Permission(key, Call(Step(step), part))


class FolderTransport:
    """Everything is under one private folder, on the same disk as the files kept."""

    def __init__(self) -> None:
        self._root = Path(settings.UPLOADS_FOLDER)

    def open(self, upload: Upload) -> str:
        """A folder for it."""
        self._place(upload).mkdir(parents=True, exist_ok=True, mode=0o700)
        return upload.key if upload.in_parts else ""

    def sign(self, upload: Upload, call: Call) -> Signed:
        """A path of ours, which says all by itself what it lets do."""
        token = signing.dumps((upload.key, call.step.value, call.part), salt=_SALT)
        return Signed(reverse("upload_transfer", args=[token]))

    def take(self, upload: Upload, part: int, body: IO[bytes], length: int) -> str:
        """Write a part, whole or not at all; returns its mark. Raises `OddBody`, `FileNotFoundError` once forgotten."""
        expected = upload.size_of(part)
        if length != expected:
            raise OddBody("EntityTooLarge" if length > expected else "EntityTooSmall", 400)
        place = self._place(upload)
        temporary = tempfile.NamedTemporaryFile(dir=place, prefix=".", delete=False)  # noqa: SIM115 - moved, not closed
        try:
            with temporary as file:
                while length and (block := body.read(min(BLOCK, length))):
                    file.write(block)
                    length -= len(block)
            if length:
                raise OddBody("IncompleteBody", 400)
            # The name appears with all its bytes or not at all, whenever the process dies.
            kept = Path(temporary.name).replace(place / f"{part:05d}")
        finally:
            Path(temporary.name).unlink(missing_ok=True)
        return _mark(kept.stat())

    def marks(self, upload: Upload) -> dict[int, str]:
        """The parts that are there, and for each a mark that changes when its bytes do (an ETag)."""
        return {part: _mark(stat) for part, stat in self._parts(upload).items()}

    def arrival(self, upload: Upload) -> Arrival:
        """What is there."""
        sizes = {part: stat.st_size for part, stat in self._parts(upload).items()}
        whole = sizes == {part: upload.size_of(part) for part in upload.parts}
        return Arrival(sum(sizes.values()), whole)

    def receive(self, upload: Upload) -> AbstractContextManager[Received]:
        """One file of all the parts."""
        if not self.arrival(upload).whole:
            raise NotWhole
        return gathered(upload.name, partial(self._join, upload), OnDisk)

    def forget(self, upload: Upload) -> None:
        """The folder and all that is in it."""
        self.discard(upload.key)

    def strays(self, *, before: datetime) -> Iterator[str]:
        """Folders nothing was written to since."""
        with suppress(FileNotFoundError):
            for folder in list(self._root.iterdir()):
                with suppress(FileNotFoundError):
                    if datetime.fromtimestamp(folder.stat().st_mtime, UTC) < before:
                        yield folder.name

    def discard(self, key: str) -> None:
        """The folder of that name."""
        shutil.rmtree(self._root / key, ignore_errors=True)

    def _place(self, upload: Upload) -> Path:
        return self._root / upload.key

    def _parts(self, upload: Upload) -> dict[int, os.stat_result]:
        found = {}
        with suppress(FileNotFoundError), os.scandir(self._place(upload)) as entries:
            found = {int(entry.name): entry.stat() for entry in entries if _PART.fullmatch(entry.name)}
        return dict(sorted(found.items()))

    def _join(self, upload: Upload, whole: IO[bytes]) -> None:
        """One part after the other, by the system: the bytes do not come through here."""
        for part in upload.parts:
            try:
                with (self._place(upload) / f"{part:05d}").open("rb") as file:
                    left = upload.size_of(part)
                    while left and (sent := os.sendfile(whole.fileno(), file.fileno(), None, left)):
                        left -= sent
            except FileNotFoundError as forgotten:
                raise NotWhole from forgotten


def _mark(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
