"""An office file: an archive without a trap, of the format its name says, in which nothing runs or fetches."""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import Path

from .found import Found, Opened
from .parts import Part

# --- beyond any honest document
_LARGEST_UNPACKED = 300 * 1024 * 1024
_LARGEST_RATIO = 200  # times, once beyond what follows
_SMALL = 20 * 1024 * 1024
_MOST_ENTRIES = 10_000
_BLOCK = 256 * 1024

# The part without which it is not of that format.
PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "odt": "content.xml",
    "ods": "content.xml",
}
# What it says of itself: to Microsoft's programs, which refuse another under that name; to LibreOffice.
_SAYS = {
    "docx": ("[Content_Types].xml", b"wordprocessingml.document.main+xml"),
    "xlsx": ("[Content_Types].xml", b"spreadsheetml.sheet.main+xml"),
    "odt": ("mimetype", b"opendocument.text"),
    "ods": ("mimetype", b"opendocument.spreadsheet"),
}
# Libraries of LibreOffice that hold nothing but their own list are in many an honest text.
_SCRIPTS = re.compile(
    r"(?i)(?:^|/)vbaProject\.bin$|^(?:Basic|Dialogs)/[^/]+/(?!(?:script|dialog)-l[bc]\.xml$).+|^Scripts/.+"
    r"|^xl/macrosheets/"
)
_CARRIES = re.compile(r"(?i)/embeddings/|^Object \d+$|^Object \d+/.*\.bin$|oleObject\d*\.bin$")
_LOOKS_ELSEWHERE = re.compile(r"^xl/(?:externalLinks/|connections\.xml$)")


def read_office(kind: str, file: Path, found: Opened) -> None:
    """Say what is wrong with it, if anything is."""
    with file.open("rb") as content:
        if content.read(4) != b"PK\x03\x04":  # its readers look there; an archive may begin later, this is none
            raise Found("damaged")
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        _refuse_bombs(entries)
        _refuse_traps(entries)
        names = [entry.filename for entry in entries]
        if PARTS[kind] not in names:
            raise Found("not_that_format")
        if any(entry.flag_bits & 1 for entry in entries) or _is_locked(archive, names):
            raise Found("encrypted")
        for entry in entries:
            _refuse_torn(archive, entry)
        if any(_SCRIPTS.search(name) and not name.endswith("/") for name in names):
            raise Found("macros")
        _refuse_another_format(kind, archive, names)
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")) and entry.file_size:
                Part(entry.filename).read(archive)
        found.remarks += _remarks(names)


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    """By what is declared: how many, how large, how tightly packed, and whether two share their bytes."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > _MOST_ENTRIES or unpacked > _LARGEST_UNPACKED:
        raise Found("bomb")
    if unpacked > _SMALL and unpacked / packed > _LARGEST_RATIO:
        raise Found("bomb")
    ends = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < 0:  # the file is shorter than its directory says
            raise Found("damaged")
        if entry.header_offset < ends:
            raise Found("bomb")
        ends = entry.header_offset + 30 + entry.compress_size


def _refuse_traps(entries: list[zipfile.ZipInfo]) -> None:
    """Two parts of one name, which two readers would read differently; a name or a link that leaves the archive."""
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise Found("damaged")
    for entry in entries:
        steps = entry.filename.replace("\\", "/").split("/")
        if ".." in steps or not steps[0] or ":" in steps[0] or stat.S_ISLNK(entry.external_attr >> 16):
            raise Found("damaged")


def _refuse_torn(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Each part unpacks to what its size and its sum say."""
    size = 0
    with archive.open(entry) as part:
        while block := part.read(_BLOCK):
            size += len(block)
    if size != entry.file_size:
        raise Found("damaged")


def _is_locked(archive: zipfile.ZipFile, names: list[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in archive.read(manifest)


def _refuse_another_format(kind: str, archive: zipfile.ZipFile, names: list[str]) -> None:
    part, words = _SAYS[kind]
    if part in names and words not in archive.read(part):
        raise Found("not_that_format")


def _remarks(names: list[str]) -> list[str]:
    remarks = []
    if any(_CARRIES.search(name) for name in names):
        remarks.append("embedded")
    if any(_LOOKS_ELSEWHERE.search(name) for name in names):
        remarks.append("external")
    return remarks
