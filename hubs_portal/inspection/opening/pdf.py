"""A PDF: can it be read without a password, does anything in it run, is anything on its pages."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2

from .appended import hides_an_archive
from .found import HEIGHT, WIDTH, Found, Opened
from .looks import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

_MOST_OBJECTS = 200_000
_LONGEST_KEYWORDS = 2_000
_GLANCE = 200  # points across a page: about a millimetre each
_GLANCED_AT, _GLANCED_FOR = 20, 4.0  # pages; seconds, beyond which the other pages are trusted
_RUNS = {"/JavaScript", "/Launch", "/ImportData", "/Rendition"}
_LEAVES = {"/URI", "/SubmitForm", "/GoToR", "/GoToE"}  # a link may; the opening of a file may not
_CARRIES = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen"}
_PASSWORD = 4  # of the errors of pdfium


def read_pdf(file: Path, picture: Path, found: Opened) -> None:
    """Say what is wrong with it, if anything is, and draw its first page."""
    try:
        with pikepdf.open(file) as pdf:
            found.pages = len(pdf.pages)
            found.keywords = _keywords(pdf)
            _refuse_programs(pdf, found)
    except pikepdf.PasswordError as error:
        raise Found("encrypted") from error
    except pikepdf.PdfError as error:
        # A lock this library does not know: of a bookseller, or of a certificate.
        raise Found("encrypted" if "encryption" in str(error) else "damaged") from error
    if not found.pages:
        raise Found("no_page")
    if hides_an_archive(file, after=b"%%EOF"):
        raise Found("two_formats")
    _look_at_pages(file, picture, found)


def _keywords(pdf: pikepdf.Pdf) -> str:
    """Those of its properties; properties that cannot be read stop no reader."""
    try:
        return str(pdf.docinfo.get("/Keywords", ""))[:_LONGEST_KEYWORDS]
    except (TypeError, ValueError, RuntimeError):
        return ""


def _refuse_programs(pdf: pikepdf.Pdf, found: Opened) -> None:
    """Anything that runs or leaves by itself is refused; what a reader would not see is remarked."""
    if _is_dynamic(pdf):
        raise Found("dynamic_form")
    opens_with: Any = pdf.Root.get("/OpenAction")
    if "/JavaScript" in _keys(pdf.Root.get("/Names")) or ("/S" in _keys(opens_with) and str(opens_with.S) in _LEAVES):
        raise Found("active")
    if len(pdf.objects) > _MOST_OBJECTS:
        raise Found("too_heavy")
    hidden = False
    for rank, thing in enumerate(_things(pdf)):
        if rank > _MOST_OBJECTS:
            raise Found("too_heavy")
        if str(thing.get("/S", "")) in _RUNS or "/JS" in thing:
            raise Found("active")
        hidden = hidden or "/EmbeddedFiles" in thing or "/EF" in thing
        hidden = hidden or str(thing.get("/Subtype", "")) in _CARRIES
    if hidden:
        found.remarks.append("embedded")


def _is_dynamic(pdf: pikepdf.Pdf) -> bool:
    """Whether its pages exist only once a program has filled them; many official forms also carry plain pages."""
    form: Any = pdf.Root.get("/AcroForm")
    if "/XFA" not in _keys(form):
        return False
    return bool(pdf.Root.get("/NeedsRendering", False)) or not len(form.get("/Fields", []))


def _things(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those written inside another one included."""
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
    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream)


def _keys(thing: Any) -> set[str]:
    return set(thing.keys()) if _is_dictionary(thing) else set()


def _look_at_pages(file: Path, picture: Path, found: Opened) -> None:
    started = time.monotonic()
    try:
        document = pypdfium2.PdfDocument(file)
        document.init_forms()  # what people wrote in the fields of a form is on its page too
        _drawn(document[0], WIDTH, HEIGHT).convert("L").save(picture, "JPEG", quality=70, optimize=True)
        looks = []
        for number in range(min(len(document), _GLANCED_AT)):
            looks.append(is_blank(_drawn(document[number], _GLANCE, 2 * _GLANCE)))
            if time.monotonic() - started > _GLANCED_FOR:
                break
    except pypdfium2.PdfiumError as error:
        raise Found("encrypted" if error.err_code == _PASSWORD else "damaged") from error
    if all(looks):
        raise Found("blank")
    if any(looks):
        found.remarks.append("blank_pages")


def _drawn(page: Any, width: int, height: int) -> Image.Image:
    """The page, no larger than that, on white."""
    across, down = page.get_size()
    scale = min(width / max(across, 1), height / max(down, 1))
    drawn: Image.Image = page.render(scale=scale).to_pil()
    return drawn
