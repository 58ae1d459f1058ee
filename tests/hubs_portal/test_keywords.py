"""The keywords of documents: read from little, written without touching the rest, and no file makes it fail."""

import re
import zipfile
from io import BytesIO

import pikepdf
import pytest
from docx import Document as WordDocument
from openpyxl import Workbook, load_workbook

from hubs_portal.inspection import inspect_open
from hubs_portal.keywords import of_office_file, with_keyword
from tests.builders import a_file, a_pdf

STAMP = re.compile(r"kit:\S+")


def a_docx(keywords: str = "") -> bytes:
    letter, held = WordDocument(), BytesIO()
    letter.add_paragraph("Une lettre.")
    letter.core_properties.keywords = keywords
    letter.save(held)
    return held.getvalue()


def an_xlsx() -> bytes:
    book, held = Workbook(), BytesIO()
    book.active["A1"] = "Montant"
    book.save(held)
    return held.getvalue()


def an_odt(meta: str = "") -> bytes:
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": b"<x/>",
            "meta.xml": (
                '<office:document-meta xmlns:office="o" xmlns:meta="m"><office:meta>'
                f"{meta}</office:meta></office:document-meta>"
            ).encode(),
        }
    )


def zipped(parts: dict[str, bytes]) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def stamped(content: bytes, name: str, keyword: str = "kit:budget:2") -> bytes:
    return with_keyword(content, name, keyword, instead_of=STAMP)


def read(content: bytes, name: str) -> str:
    return of_office_file(a_file(content), name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (a_docx(), "a.docx"),
        (an_xlsx(), "a.xlsx"),
        (an_odt(), "a.odt"),
        (an_odt("<meta:keyword>x</meta:keyword>"), "a.ods"),
    ],
)
def test_a_keyword_is_written_and_read_again(content: bytes, name: str) -> None:
    written = stamped(content, name)

    assert STAMP.search(read(written, name.upper()))
    assert stamped(written, name) == written


def test_it_takes_the_place_of_a_former_one_and_leaves_the_others() -> None:
    written = stamped(stamped(a_docx("aidants & numérique, kit:budget:1"), "a.docx"), "a.docx", "kit:budget:3")

    assert read(written, "a.docx") == "aidants & numérique kit:budget:3"
    letter = WordDocument(BytesIO(written))
    assert [p.text for p in letter.paragraphs] == ["Une lettre."]
    assert letter.core_properties.keywords == "aidants & numérique kit:budget:3"


def test_a_workbook_still_opens_with_what_it_held() -> None:
    written = stamped(an_xlsx(), "a.xlsx")

    assert load_workbook(BytesIO(written)).active["A1"].value == "Montant"


def test_word_processors_carry_it_into_a_pdf() -> None:
    held = BytesIO()
    with pikepdf.open(BytesIO(a_pdf())) as pdf:
        pdf.docinfo["/Keywords"] = "kit:lettre:1"
        pdf.save(held)

    assert inspect_open(a_file(held.getvalue()), "a.pdf").keywords == "kit:lettre:1"
    assert inspect_open(a_file(a_pdf()), "a.pdf").keywords == ""


def _a_bomb() -> bytes:
    return zipped({"docProps/core.xml": b"<keywords>" + b"a" * 50_000_000})


def _many_entries() -> bytes:
    return zipped({f"{n}": b"" for n in range(6_000)} | {"docProps/core.xml": b"<keywords>kit:a:1</keywords>"})


def _lying_directory() -> bytes:
    content = bytearray(stamped(a_docx(), "a.docx"))
    at = content.rfind(b"PK\x05\x06")
    content[at + 10 : at + 20] = b"\xff" * 10
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06",
        b"pas une archive",
        a_pdf(),
        _a_bomb(),
        _many_entries(),
        _lying_directory(),
        zipped({"docProps/core.xml": b"\xff\xfe<keywords"}),
        zipped({"docProps/core.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><keywords>&a;</keywords>'}),
        stamped(a_docx(), "a.docx")[:-40],
    ],
)
def test_no_file_makes_it_fail(content: bytes) -> None:
    assert STAMP.search(read(content, "a.docx")) is None
    assert isinstance(stamped(content, "a.docx"), bytes)


def test_every_flipped_byte_is_survived() -> None:
    """Some make zlib fail, some the archive, some only lie."""
    content = stamped(a_docx(), "a.docx")
    for at in range(0, len(content), max(1, len(content) // 400)):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF

        assert isinstance(read(bytes(damaged), "a.docx"), str)
        assert isinstance(stamped(bytes(damaged), "a.docx"), bytes)
