"""Bytes that come to a folder of ours, by the same calls as to a bucket."""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core import signing
from django.core.files.storage import Storage
from django.urls import reverse

from hubs_portal import hands
from hubs_portal.files import Received, fingerprint
from hubs_portal.uploads.models import PART, Upload
from hubs_portal.uploads.transport import BLOCK, LIFE, Arrival, Call, NotWhole, Signed, Step

_SALT = "hubs_portal.uploads"
_WHOLE = "whole"
_PART = re.compile(r"(\d{5})-([0-9a-f]{16})")


class OddBody(Exception):
    """The body of a call is not what was announced; `code` and `status` are those S3 answers with."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code, self.status = code, status


class OnDisk(Received):
    """Bytes in a file that is moved, not copied, to where it is kept."""

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
    """Everything is under one private folder, on the same disk as the files kept.

    An upload is a folder: the file, each part written at its place in it, and for each part that is whole an empty file
    named by its number and its mark. The file itself is what is kept in the end, under another name: whoever writes in
    it holds its lock, and so does whoever receives it.
    """

    def __init__(self) -> None:
        self._root = Path(settings.UPLOADS_FOLDER)

    def prepare(self) -> None:
        """Nothing."""

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
        place, begin = self._place(upload), (part - 1) * PART
        with _to_write(place / _WHOLE) as file:
            for known in place.glob(f"{part:05d}-*"):
                known.unlink()
            file.seek(begin)
            while length and (block := body.read(min(BLOCK, length))):
                length -= file.write(block)
            if length:
                raise OddBody("IncompleteBody", 400)
            file.flush()
            if hasattr(os, "posix_fadvise"):
                # Has the disk begin now; the end of the upload waits for what it has not done by then.
                os.posix_fadvise(file.fileno(), begin, expected, os.POSIX_FADV_DONTNEED)
            # The part is there from this name on, whenever the process dies.
            mark = secrets.token_hex(8)
            (place / f"{part:05d}-{mark}").touch()
        return mark

    def marks(self, upload: Upload) -> dict[int, str]:
        """The parts that are there, and for each a mark that changes when its bytes do (an ETag)."""
        with suppress(FileNotFoundError):
            found = [_PART.fullmatch(path.name) for path in self._place(upload).iterdir()]
            return dict(sorted((int(named[1]), named[2]) for named in found if named))
        return {}

    def arrival(self, upload: Upload) -> Arrival:
        """What is there."""
        parts = list(self.marks(upload))
        return Arrival(sum(map(upload.size_of, parts)), whole=parts == list(upload.parts))

    @contextmanager
    def receive(self, upload: Upload) -> Iterator[Received]:
        """The file itself, which nobody can write in any more once it is kept."""
        try:
            with (self._place(upload) / _WHOLE).open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not self.arrival(upload).whole:
                    raise NotWhole
                yield _measured(file, upload.name)
        except FileNotFoundError as absent:
            raise NotWhole from absent

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


@contextmanager
def _to_write(path: Path) -> Iterator[IO[bytes]]:
    """The file of an upload, for this writer alone; `FileNotFoundError` when it is kept, or forgotten."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        here = os.fstat(file.fileno())
        # Opened before it was kept under its fingerprint, or before it was forgotten.
        if here.st_nlink != 1 or path.stat().st_ino != here.st_ino:
            raise FileNotFoundError(path)
        yield file


def _measured(file: IO[bytes], name: str) -> OnDisk:
    """What it holds, read again while the disk takes it: one waits for the disk, the other works."""
    digest, size = hands.lend(partial(_put_on_the_disk, file))
    return OnDisk(file, name=name, digest=digest, size=size)


def _put_on_the_disk(file: IO[bytes]) -> tuple[str, int]:
    with ThreadPoolExecutor(1) as meanwhile:
        on_the_disk = meanwhile.submit(os.fsync, file.fileno())
        read = fingerprint(file)
        on_the_disk.result()
    return read
