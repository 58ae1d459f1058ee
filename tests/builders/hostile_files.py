"""Files that no honest program makes, and odd ones that some do: each with what is to be found in it."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from docx import Document
from openpyxl import Workbook
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw

from tests.builders.files import a_pdf


def _script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def altered(change: Callable[[pikepdf.Pdf], None], **saving: Any) -> bytes:
    """An honest PDF, changed."""
    with pikepdf.open(BytesIO(a_pdf("Pièce", 2))) as pdf:
        change(pdf)
        out = BytesIO()
        pdf.save(out, **saving)
        return out.getvalue()


def _nothing(_pdf: pikepdf.Pdf) -> None:
    """As it is."""


def locked(password: str) -> bytes:
    """A PDF that opens with a password only; without one when it is empty."""
    return altered(_nothing, encryption=pikepdf.Encryption(user=password, owner="propriétaire"))


def _runs_when_opened(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = _script()


def _runs_on_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].AA = Dictionary(O=pdf.make_indirect(_script()))


def _runs_by_name(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), _script()])))


def _launches(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.Launch, F=String("cmd.exe")))
    pdf.pages[0].Annots = Array([pdf.make_indirect(link)])


def _carries(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["tableau.xlsx"] = b"PK"


def _is_dynamic(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=Array())


def _without_pages(pdf: pikepdf.Pdf) -> None:
    while len(pdf.pages):
        del pdf.pages[0]


def _blank(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.Contents = pdf.make_stream(b"")


def _half_blank(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].Contents = pdf.make_stream(b"")


def a_zip(*parts: tuple[str, bytes], pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", pack) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def a_docx(*more: tuple[str, bytes]) -> bytes:
    """A text of a word processor, with other parts joined."""
    out = BytesIO()
    document = Document()
    document.add_heading("Statuts", 0)
    document.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in more:
            archive.writestr(name, content)
    return out.getvalue()


def an_xlsx(*more: tuple[str, bytes]) -> bytes:
    """A workbook, with other parts joined."""
    out = BytesIO()
    book = Workbook()
    book.active.append(["Dépense", 12.5])
    book.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in more:
            archive.writestr(name, content)
    return out.getvalue()


def an_odf(
    kind: str, *more: tuple[str, bytes], content: bytes = b"<office:document-content xmlns:office='o'/>"
) -> bytes:
    """A text or a workbook of LibreOffice, as little as makes one."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return a_zip(("mimetype", mimetype), ("content.xml", content), ("META-INF/manifest.xml", b"<m/>"), *more)


def overlapping() -> bytes:
    """An archive whose entries all unpack the same bytes, as the best-known bombs do."""
    whole = a_docx(("word/media/a.bin", b"0" * 100_000), ("word/media/b.bin", b"1" * 100_000))
    at = whole.rindex(b"PK\x01\x02")  # the last entry of the directory now begins where the first part does
    return whole[: at + 42] + struct.pack("<I", 0) + whole[at + 46 :]


def a_picture(kind: str, size: tuple[int, int] = (600, 800), *, drawn: bool = True) -> bytes:
    """A sheet with something drawn on it, or nothing."""
    image = Image.new("RGB", size, "white")
    if drawn:
        ImageDraw.Draw(image).rectangle((60, 60, size[0] // 2, size[1] // 3), fill="navy")
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def a_flood(width: int, height: int) -> bytes:
    """A PNG of a few bytes that announces that many points."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b""))
    made = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + made


_REMOTE = (
    b'<Relationships xmlns="r"><Relationship Id="1" TargetMode="External"'
    b' Type="http://s/attachedTemplate" Target="http://exemple.invalid/t.dotm"/></Relationships>'
)
_BILLION = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'

# Kind, what the file is, its content, what is wrong with it, what is remarked.
FILES: dict[str, tuple[str, Callable[[], bytes], str, tuple[str, ...]]] = {
    "an honest PDF": ("pdf", a_pdf, "", ()),
    "a PDF whose owner forbids printing": ("pdf", lambda: locked(""), "", ()),
    "a PDF that a password locks": ("pdf", lambda: locked("secret"), "encrypted", ()),
    "a PDF cut short": ("pdf", lambda: a_pdf()[:400], "damaged", ()),
    "a PDF of noise": ("pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "damaged", ()),
    "a PDF that runs when opened": ("pdf", lambda: altered(_runs_when_opened), "active", ()),
    "a PDF that runs on its second page": ("pdf", lambda: altered(_runs_on_a_page), "active", ()),
    "a PDF that runs by name": ("pdf", lambda: altered(_runs_by_name), "active", ()),
    "a PDF that launches a program": ("pdf", lambda: altered(_launches), "active", ()),
    "a PDF in which files are hidden": ("pdf", lambda: altered(_carries), "", ("embedded",)),
    "a dynamic form": ("pdf", lambda: altered(_is_dynamic), "dynamic_form", ()),
    "a PDF without a page": ("pdf", lambda: altered(_without_pages), "no_page", ()),
    "a PDF scanned the wrong way up": ("pdf", lambda: altered(_blank), "blank", ()),
    "a PDF with a blank page": ("pdf", lambda: altered(_half_blank), "", ("blank_pages",)),
    "a text": ("docx", a_docx, "", ()),
    "a text with macros": ("docx", lambda: a_docx(("word/vbaProject.bin", b"\0")), "macros", ()),
    "a text that fetches its model": ("docx", lambda: a_docx(("word/_rels/s.rels", _REMOTE)), "fetches", ()),
    "a text that declares entities": ("docx", lambda: a_docx(("word/a.xml", _BILLION)), "damaged", ()),
    "a text with a torn part": ("docx", lambda: a_docx(("word/a.xml", b"<a><b></a>")), "damaged", ()),
    "a text with an object": ("docx", lambda: a_docx(("word/embeddings/o.bin", b"\0")), "", ("embedded",)),
    "a text that is an archive": ("docx", lambda: a_zip(("a.txt", b"a")), "not_that_format", ()),
    "a text cut short": ("docx", lambda: a_docx()[:-300], "damaged", ()),
    "a workbook": ("xlsx", an_xlsx, "", ()),
    "a workbook that is a text": ("xlsx", a_docx, "not_that_format", ()),
    "a workbook of other workbooks": ("xlsx", lambda: an_xlsx(("xl/externalLinks/e.xml", b"<e/>")), "", ("external",)),
    "a workbook with old macros": ("xlsx", lambda: an_xlsx(("xl/macrosheets/s.xml", b"<s/>")), "macros", ()),
    "a LibreOffice text": ("odt", lambda: an_odf("text"), "", ()),
    "a LibreOffice text with macros": ("odt", lambda: an_odf("text", ("Basic/Standard/M.xml", b"<m/>")), "macros", ()),
    "a LibreOffice workbook": ("ods", lambda: an_odf("spreadsheet"), "", ()),
    "a bomb of one part": ("docx", lambda: a_docx(("word/media/z.bin", b"0" * 60_000_000)), "bomb", ()),
    "a bomb of many parts": ("xlsx", lambda: a_zip(*((f"xl/{n}.bin", b"") for n in range(10_050))), "bomb", ()),
    "a bomb whose parts overlap": ("docx", overlapping, "bomb", ()),
    "a photograph": ("jpg", lambda: a_picture("JPEG"), "", ()),
    "a picture": ("png", lambda: a_picture("PNG"), "", ()),
    "a white picture": ("png", lambda: a_picture("PNG", drawn=False), "blank", ()),
    "a picture cut short": ("png", lambda: a_picture("PNG")[:200], "damaged", ()),
    "a flood of points": ("png", lambda: a_flood(60_000, 60_000), "picture_too_large", ()),
    "a picture that says it is another": ("jpg", lambda: b"GIF89a" + b"\0" * 50, "damaged", ()),
}
