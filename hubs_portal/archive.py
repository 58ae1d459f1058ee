"""Archives (ZIP) made while they leave: one file in hand at a time, names any computer takes, fingerprints."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from zipstream import ZIP_STORED, ZipStream

from hubs_portal import outgoing
from hubs_portal.downloads import GUARD
from hubs_portal.files import StoredFile, disposition, private_storage, safe_name
from hubs_portal.scanning import infected_among

# Bytes, not characters: an emoji weighs four, a disk stops at 255, and Windows at 260 characters for the whole path.
LONGEST_NAME = 120


@dataclass(frozen=True)
class Entry:
    """A file of the archive: bytes made here, or a file of the storage, opened when its turn comes."""

    name: str
    size: int
    sha256: str
    source: bytes | StoredFile

    @classmethod
    def made(cls, name: str, content: bytes | str) -> "Entry":
        """Something the portal has just written."""
        data = content.encode() if isinstance(content, str) else content
        return cls(name, len(data), hashlib.sha256(data).hexdigest(), data)

    @classmethod
    def kept(cls, name: str, stored: StoredFile) -> "Entry":
        """Something somebody sent."""
        return cls(name, stored.size, stored.digest, stored)

    @property
    def is_there(self) -> bool:
        """Whether the storage has it: what is lost must not spoil the rest."""
        return isinstance(self.source, bytes) or private_storage().exists(self.source.key)

    def blocks(self) -> Iterator[bytes]:
        """Its bytes, a block at a time."""
        if isinstance(self.source, bytes):
            yield self.source
            return
        yield from outgoing.blocks(self.source)


def numbered_name(rank: int, code: str, name: str) -> str:
    """A name for the `rank`-th file: unlike every other in its folder, whatever capitals or accents become.

    The number alone makes it unique, on a disk that folds case or decomposes accents, and never a reserved word.
    """
    head = f"{rank:02}_{code}_" if code else f"{rank:02}_"
    stem, dot, extension = safe_name(name).rpartition(".")
    tail = f".{extension}" if dot else ""
    room = LONGEST_NAME - len(head.encode()) - len(tail.encode())
    kept = (stem or extension if not dot else stem).encode()[: max(room, 1)].decode(errors="ignore").rstrip(" .")
    return f"{head}{kept or 'fichier'}{tail}"


def infected_in(entries: Sequence[Entry]) -> set[str]:
    """The fingerprints of those in which a virus was found: one query."""
    return infected_among(entry.source for entry in entries if isinstance(entry.source, StoredFile))


def with_manifest(entries: Sequence[Entry], said: dict[str, Any], infected: set[str]) -> list[Entry]:
    """The entries that are there, and two lists of them: for a program (manifeste.json) and for `sha256sum -c`.

    Those in which a virus was found (`infected_in`) are left out, and named as such.
    """
    apart = [entry for entry in entries if entry.sha256 in infected]
    there = [entry for entry in entries if entry not in apart and entry.is_there]
    lost = [entry for entry in entries if entry not in apart and entry not in there]
    files = [{"name": entry.name, "size": entry.size, "sha256": entry.sha256} for entry in there]
    manifest = {**said, "files": files, "missing": [entry.name for entry in lost]}
    if apart:
        manifest["infected"] = [entry.name for entry in apart]
    sums = "".join(f"{entry.sha256}  {entry.name}\n" for entry in there)
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return [*there, Entry.made("manifeste.json", text), Entry.made("SHA256SUMS.txt", sums)]


def respond(request: HttpRequest, entries: Sequence[Entry], folder: str) -> HttpResponseBase:
    """The archive `folder`.zip, of known length: a transfer that was cut shows as such."""
    archive = ZipStream(compress_type=ZIP_STORED, sized=True)
    for entry in entries:
        archive.add(entry.blocks(), f"{folder}/{entry.name}", size=entry.size)
    response: HttpResponseBase
    response = HttpResponse() if request.method == "HEAD" else StreamingHttpResponse(iter(archive))
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Length"] = str(len(archive))
    response.headers["Content-Disposition"] = disposition(f"{folder}.zip")
    for header, value in GUARD.items():
        response.headers[header] = value
    return response
