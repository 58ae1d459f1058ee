"""Bytes on their way out of the private storage: a part of an object, never all of it in memory or on a disk first."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from hubs_portal.files import StoredFile, private_storage

BLOCK = 64 * 1024


class Unreachable(Exception):
    """The storage does not give the bytes a row promises: it is down, or has lost them."""


class Slice(io.RawIOBase):
    """The bytes of a file from `start` on, `size` of them, as a file of its own.

    Servers that hand files to the kernel (gunicorn) ask for the descriptor, which stands where the slice begins; those
    that send it from their main loop (waitress) want to seek in it.
    """

    def __init__(self, file: io.FileIO, start: int, size: int) -> None:
        super().__init__()
        self._file, self._start, self._size, self._at = file, start, size, 0
        file.seek(start)

    def readinto(self, buffer: Any) -> int:
        """What is left of the slice, at most as much as `buffer` holds."""
        room = memoryview(buffer)[: self._size - self._at]
        count = self._file.readinto(room) if len(room) else 0
        self._at += count or 0
        return count or 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes, within itself."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Within the slice, whose beginning is 0."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = min(max(base + offset, 0), self._size)
        self._file.seek(self._start + self._at)
        return self._at

    def fileno(self) -> int:
        """The descriptor of the file, at the place reached in the slice."""
        return self._file.fileno()

    def close(self) -> None:
        """And the file with it."""
        self._file.close()
        super().close()


def bucket() -> Any | None:
    """The S3 bucket of the private storage, or none when it is a folder."""
    return getattr(private_storage(), "bucket", None)


def opened(stored: StoredFile, start: int = 0, size: int | None = None) -> BinaryIO:
    """`size` bytes of a stored file from `start` on, as a file to be read once and closed; raises `Unreachable`."""
    count = stored.size - start if size is None else size
    if bucket() is not None:
        return _from_bucket(stored, start, count)
    try:
        return cast("BinaryIO", Slice(io.FileIO(private_storage().path(stored.key)), start, count))
    except OSError as error:
        raise Unreachable(stored.key) from error


def _from_bucket(stored: StoredFile, start: int, size: int) -> BinaryIO:
    # The folder needs none of this library, which weighs 20 MB in each process.
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as said above

    found = bucket()
    assert found is not None
    try:
        return cast("BinaryIO", found.Object(stored.key).get(Range=f"bytes={start}-{start + size - 1}")["Body"])
    except (BotoCoreError, ClientError) as error:
        raise Unreachable(stored.key) from error


def blocks(stored: StoredFile) -> Iterator[bytes]:
    """The whole of a stored file, a block at a time."""
    file = opened(stored)
    try:
        while block := file.read(BLOCK):
            yield block
    finally:
        file.close()
