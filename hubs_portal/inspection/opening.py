"""Open one file as a reader would, and say what is found: a program of its own, which nothing it reads may take along.

    python -I opening.py KIND FILE PICTURE

It bounds its own memory and time before it touches the file, imports nothing of the portal, and answers with one line
of JSON: the code of what is wrong (empty when nothing is), the pages, what deserves a remark; PICTURE receives what the
first page looks like. Killed or silent, it has answered too: see `bounded.py`.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import zipfile
import zlib
from bisect import bisect_left
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from lzma import LZMAError
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pikepdf
    from PIL import Image

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 10
_LARGEST_ANSWER = 8 * 1024 * 1024  # bytes of anything it writes

# --- what is beyond any honest document
_LARGEST_PICTURE = 100_000_000  # points
_LARGEST_UNPACKED = 300 * 1024 * 1024
_LARGEST_RATIO = 200  # times, once beyond what follows
_SMALL = 20 * 1024 * 1024
_MOST_ENTRIES = 10_000
_MOST_OBJECTS = 200_000
_LONGEST_KEYWORDS = 2_000

# --- the picture of the first page, and how pages are looked at
_WIDTH, _HEIGHT = 320, 440
_GLANCE = 200  # points across a page: about a millimetre each
_GLANCED_AT = 20  # pages
_MARGIN = 0.05  # of the page, where a scanner leaves the shadow of its lid
_INK = 32  # of 255: how much darker or lighter than the paper a point must be
_DARKEST_GREY, _LIGHTEST_GREY = 40, 180  # an even grey is a picture, not a sheet nor the inside of a lid
_LEAST_INK = 0.0002  # of the points: « Néant. » in the middle of a page has more

_PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "odt": "content.xml",
    "ods": "content.xml",
}
_RUNS = {"/JavaScript", "/Launch", "/ImportData", "/Rendition"}


@dataclass
class Opened:
    """What was found; `code` is empty when somebody can read the file."""

    code: str = ""
    pages: int | None = None
    remarks: list[str] = field(default_factory=list)
    keywords: str = ""  # among the properties of a PDF


class _Found(Exception):
    """Nothing more needs to be read: this is what is wrong."""


def opened(kind: str, file: Path, picture: Path) -> Opened:
    """What a reader would find; never raises for what a file holds, unless memory itself runs out."""
    found = Opened()
    reading = {"pdf": _pdf, "png": _image, "jpg": _image, "jpeg": _image}.get(kind)
    try:
        if reading:
            reading(file, picture, found)
        elif kind in _PARTS:
            _office(kind, file, found)
    except _Found as answer:
        found.code = str(answer)
    return found


# ---------------------------------------------------------------- PDF


def _pdf(file: Path, picture: Path, found: Opened) -> None:
    import pikepdf  # noqa: PLC0415 - each kind brings what it needs, and no more

    try:
        with pikepdf.open(file) as pdf:
            found.pages = len(pdf.pages)
            found.keywords = str(pdf.docinfo.get("/Keywords", ""))[:_LONGEST_KEYWORDS]
            _refuse_programs(pdf, found)
    except pikepdf.PasswordError as error:
        raise _Found("encrypted") from error
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError, OverflowError) as error:
        raise _Found("damaged") from error
    if not found.pages:
        raise _Found("no_page")
    _look_at_pages(file, picture, found)


def _refuse_programs(pdf: pikepdf.Pdf, found: Opened) -> None:
    """Anything that runs by itself is refused; what a reader would not see is remarked."""
    form = pdf.Root.get("/AcroForm")
    if "/XFA" in _keys(form):
        raise _Found("dynamic_form")
    names = pdf.Root.get("/Names")
    if "/JavaScript" in _keys(names):
        raise _Found("active")
    hidden = False
    for rank, thing in enumerate(_things(pdf)):
        if rank > _MOST_OBJECTS:
            raise _Found("too_heavy")
        if str(thing.get("/S", "")) in _RUNS or "/JS" in thing:
            raise _Found("active")
        hidden = hidden or "/EmbeddedFiles" in thing or str(thing.get("/Type", "")) == "/Filespec"
        hidden = hidden or str(thing.get("/Subtype", "")) in {"/FileAttachment", "/RichMedia", "/Movie"}
    if hidden:
        found.remarks.append("embedded")


def _things(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those written inside another one included."""
    import pikepdf  # noqa: PLC0415

    for whole in pdf.objects:
        inside: list[Any] = [whole]
        while inside:
            thing = inside.pop()
            if _is_dictionary(thing):
                yield thing
                inside += [value for value in map(thing.get, thing.keys()) if not _is_elsewhere(value)]
            elif isinstance(thing, pikepdf.Array):
                inside += [value for value in thing if not _is_elsewhere(value)]


def _is_elsewhere(value: Any) -> bool:
    """Whether it is an object of its own, met on its turn."""
    return not hasattr(value, "is_indirect") or bool(value.is_indirect)


def _is_dictionary(thing: Any) -> bool:
    import pikepdf  # noqa: PLC0415

    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream)


def _keys(thing: Any) -> set[str]:
    return set(thing.keys()) if _is_dictionary(thing) else set()


def _look_at_pages(file: Path, picture: Path, found: Opened) -> None:
    import pypdfium2  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(file)
        _drawn(document[0], _WIDTH, _HEIGHT).save(picture, "JPEG", quality=70, optimize=True)
        looked_at = min(len(document), _GLANCED_AT)
        blank = sum(_is_blank(_drawn(document[n], _GLANCE, 2 * _GLANCE)) for n in range(looked_at))
    except pypdfium2.PdfiumError as error:
        raise _Found("damaged") from error
    if blank == looked_at:
        raise _Found("blank")
    if blank:
        found.remarks.append("blank_pages")


def _drawn(page: Any, width: int, height: int) -> Image.Image:
    """The page, no larger than that, as grey points on white."""
    across, down = page.get_size()
    scale = min(width / max(across, 1), height / max(down, 1))
    drawn: Image.Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    return drawn


def _is_blank(drawn: Image.Image) -> bool:
    """Whether nearly every point is of the colour of the paper: what is left is the grain of a scan."""
    grey = drawn.convert("L")
    across, down = int(grey.width * _MARGIN), int(grey.height * _MARGIN)
    counts = grey.crop((across, down, grey.width - across, grey.height - down)).histogram()
    total = sum(counts)
    paper = bisect_left(list(accumulate(counts)), total / 2)  # the median shade
    ink = sum(count for shade, count in enumerate(counts) if abs(shade - paper) > _INK)
    return not _DARKEST_GREY < paper < _LIGHTEST_GREY and ink < total * _LEAST_INK


# ---------------------------------------------------------------- pictures


def _image(file: Path, picture: Path, found: Opened) -> None:
    from PIL import Image, ImageOps  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = None  # measured below, before anything is unpacked
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as image:
            image.verify()
        with Image.open(file, formats=("PNG", "JPEG")) as image:
            if image.width * image.height > _LARGEST_PICTURE:
                raise _Found("picture_too_large")
            image.draft("RGB", (2 * _WIDTH, 2 * _HEIGHT))  # a JPEG is unpacked no larger than needed
            image.load()
            seen = image.convert("RGBA" if image.has_transparency_data else "RGB")
            seen.thumbnail((_WIDTH, _HEIGHT))
            sheet = Image.new("RGB", seen.size, "white")
            sheet.paste(ImageOps.exif_transpose(seen), mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, Image.DecompressionBombError) as error:
        raise _Found("damaged") from error
    sheet.save(picture, "JPEG", quality=70, optimize=True)
    found.pages = 1
    if _is_blank(sheet):
        raise _Found("blank")


# ---------------------------------------------------------------- office files


def _office(kind: str, file: Path, found: Opened) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _refuse_bombs(entries)
            names = [entry.filename for entry in entries]
            if _PARTS[kind] not in names:
                raise _Found("not_that_format")
            if archive.testzip():
                raise _Found("damaged")
            _refuse_macros(names)
            _refuse_locks(archive, names)
            found.remarks += sorted(set(_remarks(archive, names)))
            for name in names:
                if name.endswith((".xml", ".rels")):
                    _refuse_malformed(archive, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        LZMAError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
        IndexError,
    ) as error:
        raise _Found("damaged") from error


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    """By what is declared: how many, how large, how tightly packed, and whether two share their bytes."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > _MOST_ENTRIES or unpacked > _LARGEST_UNPACKED:
        raise _Found("bomb")
    if unpacked > _SMALL and unpacked / packed > _LARGEST_RATIO:
        raise _Found("bomb")
    ends = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < ends:
            raise _Found("bomb")
        ends = entry.header_offset + 30 + entry.compress_size


def _refuse_macros(names: list[str]) -> None:
    scripts = re.compile(r"(?i)(?:^|/)vbaProject\.bin$|^Basic/.+/.+|^Scripts/.+|^xl/macrosheets/")
    if any(scripts.search(name) and not name.endswith("/") for name in names):
        raise _Found("macros")


def _refuse_locks(archive: zipfile.ZipFile, names: list[str]) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in archive.read(manifest):
        raise _Found("encrypted")


def _remarks(archive: zipfile.ZipFile, names: list[str]) -> Iterator[str]:
    for name in names:
        if re.search(r"(?i)/embeddings/|^Object \d+/.*\.bin$|oleObject\d*\.bin$", name):
            yield "embedded"
        if name.startswith("xl/externalLinks/"):
            yield "external"
        if name.endswith(".rels") and _fetches(archive.read(name)):
            raise _Found("fetches")


def _fetches(relations: bytes) -> bool:
    """Whether opening the file would fetch something from elsewhere; links one may click are no harm."""
    for relation in re.findall(rb"<Relationship\b[^>]*>", relations):
        if b'TargetMode="External"' in relation and re.search(
            rb'/(attachedTemplate|oleObject|frame|subDocument)"', relation
        ):
            return True
    return False


def _refuse_malformed(archive: zipfile.ZipFile, name: str) -> None:
    """No part of an office file declares entities; each is well formed."""
    from xml.parsers import expat  # noqa: PLC0415

    def refuse(*_said: object) -> None:
        raise _Found("damaged")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        with archive.open(name) as part:
            parser.ParseFile(part)
    except expat.ExpatError as error:
        raise _Found("damaged") from error


# ---------------------------------------------------------------- the program


def _bound() -> None:
    import resource  # noqa: PLC0415 - only systems that have it run this program

    with contextlib.suppress(ValueError):  # a system without that bound still has the others
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_ANSWER, _LARGEST_ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    """Bound, open, answer."""
    kind, file, picture = arguments
    _bound()
    try:
        found = opened(kind, Path(file), Path(picture))
    except MemoryError:
        found = Opened("too_heavy")
    print(json.dumps(asdict(found)))  # noqa: T201 - it is the answer
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
