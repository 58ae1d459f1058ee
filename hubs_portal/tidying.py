"""What nobody needs any more among files: objects no row names, uploads nobody ended, what killed requests left behind.

An object is taken away in two steps a day apart, because somebody may be sending those very bytes again at that moment:
it is put aside first, brought back if a row names it after all, and deleted the next day.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files.storage import Storage

from hubs_portal.files import StoredFile, private_storage
from hubs_portal.storage import FolderStorage
from hubs_portal.uploads.models import Upload
from hubs_portal.uploads.transport import transport

logger = logging.getLogger(__name__)

A_DAY = timedelta(days=1)
# Far longer than any request lasts.
_LEFT_BEHIND = timedelta(hours=1)
_OBJECTS, _ASIDE = "objects", "aside"
_AT_ONCE = 500


class Object(NamedTuple):
    """An object of the private storage, and when it was written."""

    key: str
    written_at: datetime

    @property
    def digest(self) -> str:
        """What it is named by."""
        return self.key.rpartition("/")[2]


def orphans(*, before: datetime) -> Iterator[Object]:
    """The objects written before that instant (UTC) which no row names. Lists the whole storage."""
    found = (each for each in _listed(private_storage(), _OBJECTS) if each.written_at < before)
    for batch in _by_hundreds(found):
        named = _named(batch)
        yield from (each for each in batch if each.digest not in named)


def tidy(*, now: datetime) -> int:
    """Delete what was put aside a day ago, put aside the orphans of more than a day; returns how many were deleted.

    Whatever a row names is never deleted: those put aside are looked for among the rows once more, at once and before
    they are deleted, and put back when they are there.
    """
    storage = private_storage()
    deleted = _settle_aside(storage, before=now - A_DAY)
    for orphan in list(orphans(before=now - A_DAY)):
        _move(storage, orphan.key, f"{_ASIDE}/{orphan.digest}")
        logger.warning("an object no row names is put aside: %s", orphan.key)
    _settle_aside(storage, before=None)
    return deleted


def _settle_aside(storage: Storage, *, before: datetime | None) -> int:
    """Put back what a row names; delete the rest of what was put aside before that instant."""
    deleted = 0
    for batch in _by_hundreds(_listed(storage, _ASIDE)):
        named = _named(batch)
        for each in batch:
            if each.digest in named:
                _move(storage, each.key, StoredFile(digest=each.digest).key)
            elif before and each.written_at < before:
                storage.delete(each.key)
                deleted += 1
    return deleted


def sweep_incoming(*, now: datetime) -> int:
    """Delete what requests that never ended left, received in part or kept in part; returns how many files."""
    swept = 0
    folders = [Path(settings.FILE_UPLOAD_TEMP_DIR)]
    if isinstance(storage := private_storage(), FolderStorage):
        folders.append(storage.partial)
    for file in chain.from_iterable(folder.glob("*") for folder in folders):
        try:
            if file.is_file() and datetime.fromtimestamp(file.stat().st_mtime, UTC) < now - _LEFT_BEHIND:
                file.unlink()
                swept += 1
        except FileNotFoundError:  # its request ended in the meantime
            continue
    return swept


def sweep_uploads(*, now: datetime) -> int:
    """Forget the uploads announced more than a day ago, and what came that no row announces; returns how many.

    What became of an upload is kept elsewhere, under its own name: nothing here is what a dossier holds.
    """
    brought, before = transport(), now - A_DAY
    old = list(Upload.objects.filter(opened_at__lt=before))
    for upload in old:
        Upload.objects.filter(pk=upload.pk).delete()
        brought.forget(upload)
    known = set(Upload.objects.values_list("key", flat=True))
    strays = [key for key in brought.strays(before=before) if key not in known]
    for key in strays:
        brought.discard(key)
    return len(old) + len(strays)


def _named(objects: Iterable[Object]) -> set[str]:
    return set(StoredFile.objects.filter(digest__in=[o.digest for o in objects]).values_list("digest", flat=True))


def _move(storage: Storage, source: str, target: str) -> None:
    if not storage.exists(target):
        with storage.open(source, "rb") as content:
            storage.save(target, content)
    storage.delete(source)


def _listed(storage: Storage, folder: str) -> Iterator[Object]:
    """Every object under that folder; a bucket lists them itself, a thousand a call."""
    if bucket := getattr(storage, "bucket", None):
        for item in bucket.objects.filter(Prefix=f"{folder}/"):
            yield Object(item.key, item.last_modified)
        return
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield Object(f"{folder}/{name}", storage.get_modified_time(f"{folder}/{name}"))
    for name in folders:
        yield from _listed(storage, f"{folder}/{name}")


def _by_hundreds(objects: Iterable[Object]) -> Iterator[list[Object]]:
    batch: list[Object] = []
    for each in objects:
        batch.append(each)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
