"""The keywords in the properties of a document: what office software carries from one format to the next, PDF included.

Those of a PDF are read with the rest of it (`inspection`), by a process of its own.

Reading never opens more of a file than its properties, and never raises for what a file holds.
"""

import html
import re
import struct
import zipfile
import zlib
from io import BytesIO
from lzma import LZMAError
from pathlib import PurePath
from typing import cast

from django.core.files.base import File
from django.utils.html import escape

# Where each format keeps its properties.
_PROPERTIES = {"docx": "docProps/core.xml", "xlsx": "docProps/core.xml", "odt": "meta.xml", "ods": "meta.xml"}
_LARGEST = 64 * 1024  # of the properties, unpacked
_MOST_ENTRIES, _LARGEST_DIRECTORY = 5_000, 1024 * 1024
_LARGEST_REWRITTEN = 100 * 1024 * 1024
_UNREADABLE = (
    EOFError,
    KeyError,
    LZMAError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
_KEYWORD = re.compile(r"(<(?:\w+:)?keywords?(?:\s[^<>]*)?>)([^<]*)(?=<)")
_ELEMENT = re.compile(r"<(?:\w+:)?keywords(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?keywords>)")
_EMPTY = re.compile(r"<(?:\w+:)?keyword(?:\s[^<>]*)?(?:/>|></(?:\w+:)?keyword>)")
_END = re.compile(r"</(?:\w+:)?(coreProperties|meta)>(?!.*</(?:\w+:)?\1>)", re.DOTALL)
_WRITTEN = {
    "coreProperties": (
        '<cp:keywords xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">'
        "{}</cp:keywords>"
    ),
    "meta": '<meta:keyword xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0">{}</meta:keyword>',
}
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def of_office_file(file: File[bytes], name: str) -> str:
    """The keywords of a text or a spreadsheet; empty when it has none, or is something else: one small read."""
    part = _PROPERTIES.get(_extension(name))
    if part is None or not _is_bounded(file):
        return ""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(part) as properties:
            xml = properties.read(_LARGEST + 1)
    except _UNREADABLE:
        return ""
    finally:
        file.seek(0)
    return " ".join(_found(xml)) if len(xml) <= _LARGEST else ""


def with_keyword(content: bytes, name: str, keyword: str, *, instead_of: re.Pattern[str]) -> bytes:
    """The same text or spreadsheet, carrying this keyword instead of those that match; any other file as it is.

    The same content always gives the same bytes: what is in the archive is dated alike.
    """
    part = _PROPERTIES.get(_extension(name))
    if part is None or not _is_bounded(BytesIO(content)):
        return content
    written = BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(written, "w") as copy:
            xml = archive.read(part).decode()
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_REWRITTEN:
                return content
            for entry in archive.infolist():
                kept = archive.read(entry) if entry.filename != part else _marked(xml, keyword, instead_of).encode()
                entry.date_time = _NO_DATE
                copy.writestr(entry, kept)
    except _UNREADABLE:
        return content
    return written.getvalue()


def _extension(name: str) -> str:
    return PurePath(name).suffix.lower().lstrip(".")


def _is_bounded(file: File[bytes] | BytesIO) -> bool:
    """Whether the archive says it holds few enough entries for its list to be read at once."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read(65_557)
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return False
    entries, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    return bool(entries <= _MOST_ENTRIES and directory <= _LARGEST_DIRECTORY)


def _found(xml: bytes) -> list[str]:
    return [html.unescape(found) for _tag, found in _KEYWORD.findall(xml.decode(errors="replace"))]


def _marked(xml: str, keyword: str, instead_of: re.Pattern[str]) -> str:
    kept = _KEYWORD.sub(lambda found: found[1] + instead_of.sub("", found[2]).strip(" ,;"), xml)
    end = _END.search(kept)
    if end is None:
        return xml
    if end[1] == "coreProperties":  # which has one such element, holding them all
        keyword = " ".join([*filter(None, _found(kept.encode())), keyword])
        kept = _ELEMENT.sub("", kept)
    else:
        kept = _EMPTY.sub("", kept)
    at = cast("re.Match[str]", _END.search(kept)).start()
    return kept[:at] + _WRITTEN[end[1]].format(escape(keyword)) + kept[at:]
