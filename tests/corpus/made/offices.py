"""Texts and workbooks: macros, traps of archives, what goes and fetches, formats under the name of others."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

from tests.builders.files import a_pdf
from tests.builders.hostile_files import a_docx, a_zip, altered, an_odf, an_xlsx
from tests.corpus.made import Odd

# Apart, so that no antivirus takes this file for what it makes.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000
_W = b'<w:document xmlns:w="w"><w:p>%s</w:p></w:document>'
_BEGIN, _END = b'<w:r><w:fldChar w:fldCharType="begin"/></w:r>', b'<w:r><w:fldChar w:fldCharType="end"/></w:r>'
_ODF = (
    b"<office:document-content xmlns:office='o' xmlns:text='t' xmlns:draw='d' xmlns:table='b' xmlns:script='s'"
    b" xmlns:xlink='x'>%s</office:document-content>"
)


def replaced(whole: bytes, **parts: bytes) -> bytes:
    """The same archive, with the content of some parts replaced; `__` stands for /, `_DOT_` for a point."""
    wanted = {name.replace("__", "/").replace("_DOT_", "."): content for name, content in parts.items()}
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, wanted.get(entry.filename, old.read(entry)))
    return out.getvalue()


def _typed(old: bytes, new: bytes, whole: Callable[[], bytes]) -> Callable[[], bytes]:
    """Said to be of another type by its own table of contents."""

    def make() -> bytes:
        with zipfile.ZipFile(BytesIO(whole())) as archive:
            types = archive.read("[Content_Types].xml")
        assert old in types
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(whole())) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new_one:
            for entry in archive.infolist():
                content = types.replace(old, new) if entry.filename == "[Content_Types].xml" else archive.read(entry)
                new_one.writestr(entry.filename, content)
        return out.getvalue()

    return make


def _relation(kind: str, target: str = "http://exemple.invalid/x", quote: str = '"') -> bytes:
    one = f"<Relationship Id='1' Type='http://s/{kind}' Target='{target}' TargetMode='External'/>"
    said = f"<Relationships>{one}</Relationships>"
    return said.replace("'", quote).encode()


def _docx(*parts: tuple[str, bytes]) -> Callable[[], bytes]:
    return lambda: a_docx(*parts)


def _body(content: bytes) -> Callable[[], bytes]:
    return _docx(("word/header9.xml", _W % content))


def _control(kind: str) -> Callable[[], bytes]:
    said = f'<ax:ocx xmlns:ax="a" ax:classid="{kind}" ax:persistence="persistStreamInit"/>'
    return _docx(("word/activeX/activeX1.xml", said.encode()), ("word/activeX/activeX1.bin", b"\0"))


def _odt(content: bytes, *more: tuple[str, bytes]) -> Callable[[], bytes]:
    return lambda: an_odf("text", *more, content=_ODF % content)


def _flagged(whole: bytes) -> bytes:
    """Each entry said to be locked."""
    out = bytearray(whole)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = out.find(mark)
        while place >= 0:
            out[place + at] |= 1
            place = out.find(mark, place + 4)
    return bytes(out)


def _lying(declared: int) -> bytes:
    """A part of 3 MB said to be of that size, in both places."""
    whole = bytearray(a_docx(("word/media/z.bin", b"0" * 3_000_000)))
    true = struct.pack("<I", 3_000_000)
    at = whole.find(true)
    while at >= 0:
        whole[at : at + 4] = struct.pack("<I", declared)
        at = whole.find(true, at + 4)
    return bytes(whole)


def _symlink() -> bytes:
    out = BytesIO(a_docx())
    entry = zipfile.ZipInfo("word/media/lien.png")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def _twice() -> bytes:
    import warnings  # noqa: PLC0415 - zipfile rightly warns of it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return a_docx(("word/document.xml", _W % b"<w:r><w:t>Autre</w:t></w:r>"))


def _rows(count: int) -> bytes:
    row = b"<row><c><v>1</v></c></row>"
    return an_xlsx(("xl/worksheets/sheet9.xml", b"<worksheet><sheetData>" + row * count + b"</sheetData></worksheet>"))


def _nested(depth: int) -> bytes:
    inner = zlib.compress(b"\0" * 50_000_000, 9)
    for level in range(depth):
        inner = a_zip(*((f"{level}-{n}.zip", inner) for n in range(10)))
    return a_docx(("word/embeddings/a.zip", inner))


def _packed(how: int) -> Callable[[], bytes]:
    def make() -> bytes:
        out = BytesIO(a_docx())
        with zipfile.ZipFile(out, "a", how) as archive:
            archive.writestr("word/media/a.txt", b"abc" * 900)
        return out.getvalue()

    return make


def _commented() -> bytes:
    out = BytesIO(a_docx())
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"%PDF-1.7 " * 90
    return out.getvalue()


_REFERENCES = b"".join(b"&b%d;" % 0 for _ in range(9))
_LAUGHS = b"<!DOCTYPE a [<!ENTITY b0 'ha'>" + b"".join(
    b"<!ENTITY b%d '%s'>" % (n, b"&b%d;" % (n - 1) * 10) for n in range(1, 10)
)

_TEXTS: dict[str, tuple[Callable[[], bytes], str, tuple[str, ...]]] = {
    "external entity": (
        _docx(("word/a.xml", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>")),
        "damaged",
        (),
    ),
    "external entity of the whole type": (
        _docx(("word/a.xml", b"<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://x'> %x;]><a/>")),
        "damaged",
        (),
    ),
    "a billion laughs": (_docx(("word/a.xml", _LAUGHS + b"]><a>&b9;</a>")), "damaged", ()),
    "type named by its address": (_docx(("word/a.xml", b"<!DOCTYPE a PUBLIC '-//x//y' 'a.dtd'><a/>")), "accept", ()),
    "empty part": (_docx(("word/empty.xml", b"")), "accept", ()),
    "tags 300,000 deep": (_docx(("word/a.xml", b"<a>" * 300_000 + b"</a>" * 300_000)), "accept", ()),
    "300 kB of one attribute": (_docx(("word/a.xml", b"<a x='" + b"y" * 300_000 + b"'/>")), "accept", ()),
    "letters of two bytes": (
        _docx(("word/a.xml", "<?xml version='1.0' encoding='utf-16'?><a>é</a>".encode("utf-16"))),
        "accept",
        (),
    ),
    "model fetched, in other quotes": (
        _docx(("word/_rels/s.rels", _relation("attachedTemplate", quote="'"))),
        "fetches",
        (),
    ),
    "object fetched": (_docx(("word/_rels/d.rels", _relation("oleObject"))), "fetches", ()),
    "frame fetched": (_docx(("word/_rels/d.rels", _relation("frame"))), "fetches", ()),
    "chapter fetched": (_docx(("word/_rels/d.rels", _relation("subDocument"))), "fetches", ()),
    "picture fetched": (_docx(("word/_rels/d.rels", _relation("image", "\\\\serveur\\p.png"))), "fetches", ()),
    "film fetched": (_docx(("word/_rels/d.rels", _relation("video"))), "fetches", ()),
    "link to a site": (_docx(("word/_rels/d.rels", _relation("hyperlink"))), "accept", ()),
    "field that asks a program": (
        _body(_BEGIN + b"<w:r><w:instrText> DDEAUTO c:\\cmd.exe</w:instrText></w:r>" + _END),
        "fetches",
        (),
    ),
    "field in two that asks a program": (
        _body(_BEGIN + b"<w:r><w:instrText>D</w:instrText></w:r><w:r><w:instrText>DE x</w:instrText></w:r>" + _END),
        "fetches",
        (),
    ),
    "simple field that asks a program": (_body(b'<w:fldSimple w:instr="dde Excel x"/>'), "fetches", ()),
    "field with the number of the page": (
        _body(_BEGIN + b"<w:r><w:instrText> PAGE </w:instrText></w:r>" + _END),
        "accept",
        (),
    ),
    "link that holds those letters": (
        _body(_BEGIN + b'<w:r><w:instrText>HYPERLINK "https://dde.invalid"</w:instrText></w:r>' + _END),
        "accept",
        (),
    ),
    "control nobody knows": (_control("{8856F961-340A-11D0-A96B-00C04FD705A2}"), "macros", ()),
    "field of a form": (_control("{8BD21D10-EC42-11CE-9E0D-00AA006002F3}"), "accept", ()),
    "macros in capitals": (_docx(("WORD/VBAPROJECT.BIN", b"\0")), "macros", ()),
    "object of an old format": (_docx(("word/embeddings/oleObject1.bin", _CFB)), "accept", ("embedded",)),
    "workbook inside": (_docx(("word/embeddings/t.xlsx", b"PK")), "accept", ("embedded",)),
    "with macros, renamed": (
        _typed(b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main", a_docx),
        "not_that_format",
        (),
    ),
    "model, renamed": (
        _typed(b"wordprocessingml.document.main", b"wordprocessingml.template.main", a_docx),
        "not_that_format",
        (),
    ),
    "workbook, renamed": (an_xlsx, "wrong_content", ()),
    "LibreOffice text, renamed": (lambda: an_odf("text"), "not_that_format", ()),
    "old format, renamed": (lambda: _CFB, "wrong_content", ()),
    "rich text, renamed": (lambda: b"{\\rtf1 Bonjour}", "wrong_content", ()),
    "PDF, renamed": (a_pdf, "wrong_content", ()),
    "archive of a program": (lambda: a_zip(("setup.exe", b"MZ")), "not_that_format", ()),
    "archive of nothing": (a_zip, "damaged", ()),
    "archive of archives": (lambda: _nested(2), "accept", ("embedded",)),
    "name that climbs": (_docx(("../../etc/cron.d/a", b"x")), "damaged", ()),
    "name that climbs on Windows": (_docx(("..\\..\\a.bat", b"x")), "damaged", ()),
    "name from the root": (_docx(("/etc/passwd", b"x")), "damaged", ()),
    "name from a disk": (_docx(("C:/a.bat", b"x")), "damaged", ()),
    "link of the file system": (_symlink, "damaged", ()),
    "two parts of one name": (_twice, "damaged", ()),
    "parts that are locked": (lambda: _flagged(a_docx()), "encrypted", ()),
    "part larger than it says": (lambda: _lying(9), "damaged", ()),
    "part smaller than it says": (lambda: _lying(4_000_000), "damaged", ()),
    "part of 3 GB, it says": (lambda: _lying(3_000_000_000), "bomb", ()),
    "200 MB of zeros": (_docx(("word/media/z.bin", b"\0" * 200_000_000)), "bomb", ()),
    "20,000 parts": (lambda: a_zip(*((f"word/{n}", b"") for n in range(20_000))), "bomb", ()),
    "packed by bzip2": (_packed(zipfile.ZIP_BZIP2), "accept", ()),
    "packed by lzma": (_packed(zipfile.ZIP_LZMA), "accept", ()),
    "long comment": (_commented, "accept", ()),
    "page before it": (lambda: b"<html>" + a_docx(), "damaged", ()),
    "noise before it": (lambda: b"\1\2\3\4" * 9 + a_docx(), "damaged", ()),
    "noise behind it": (lambda: a_docx() + b"\1\2\3\4" * 900, "accept", ()),
    "cut by half": (lambda: (whole := a_docx())[: len(whole) // 2], "damaged", ()),
    "nothing but its first letters": (lambda: b"PK\x03\x04", "damaged", ()),
    "empty": (bytes, "empty_file", ()),
}
_BOOKS: dict[str, tuple[Callable[[], bytes], str, tuple[str, ...]]] = {
    "a million rows in 40 kB": (lambda: _rows(1_000_000), "bomb", ()),
    "twenty thousand rows": (lambda: _rows(20_000), "accept", ()),
    "link that asks a program": (
        lambda: an_xlsx(("xl/externalLinks/e.xml", b"<x><ddeLink ddeService='cmd'/></x>")),
        "fetches",
        (),
    ),
    "link to an object": (lambda: an_xlsx(("xl/externalLinks/e.xml", b"<x><oleLink progId='x'/></x>")), "fetches", ()),
    "data from elsewhere": (lambda: an_xlsx(("xl/connections.xml", b"<c/>")), "accept", ("external",)),
    "sheet of old macros": (lambda: an_xlsx(("xl/macrosheets/sheet1.xml", b"<s/>")), "macros", ()),
    "with macros": (lambda: an_xlsx(("xl/vbaProject.bin", b"\0")), "macros", ()),
    "with macros, renamed": (
        _typed(b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main", an_xlsx),
        "not_that_format",
        (),
    ),
    "binary workbook, renamed": (
        lambda: a_zip(("[Content_Types].xml", b"<T/>"), ("xl/workbook.bin", b"\0")),
        "not_that_format",
        (),
    ),
    "password": (lambda: _CFB, "wrong_content", ()),
    "empty": (bytes, "empty_file", ()),
}
_ODTS: dict[str, tuple[Callable[[], bytes], str, tuple[str, ...]]] = {
    "module of a program": (_odt(b"", ("Basic/Standard/Module1.xml", b"<m/>")), "macros", ()),
    "library with nothing in it": (
        _odt(b"", ("Basic/script-lc.xml", b"<l/>"), ("Basic/Standard/script-lb.xml", b"<l/>")),
        "accept",
        (),
    ),
    "script in Python": (_odt(b"", ("Scripts/python/a.py", b"print()")), "macros", ()),
    "event that calls a program": (_odt(b"<script:event-listener xlink:href='vnd.sun.star.script:x'/>"), "macros", ()),
    "picture fetched": (_odt(b"<draw:image xlink:href='http://exemple.invalid/p.png'/>"), "fetches", ()),
    "picture of a share": (_odt(b"<draw:image xlink:href='//serveur/p.png'/>"), "fetches", ()),
    "picture beside it": (_odt(b"<draw:image xlink:href='../p.png'/>"), "fetches", ()),
    "picture inside": (_odt(b"<draw:image xlink:href='Pictures/p.png'/>", ("Pictures/p.png", b"p")), "accept", ()),
    "chapter fetched": (_odt(b"<text:section-source xlink:href='file:///etc/passwd'/>"), "fetches", ()),
    "table fetched": (_odt(b"<table:table-source xlink:href='https://exemple.invalid/t.ods'/>"), "fetches", ()),
    "program asked": (_odt(b"<office:dde-source/>"), "fetches", ()),
    "link to a site": (_odt(b"<text:a xlink:href='https://exemple.invalid/'>ici</text:a>"), "accept", ()),
    "object inside": (_odt(b"", ("Object 1", _CFB)), "accept", ("embedded",)),
    "empty part of OpenOffice": (_odt(b"", ("Configurations2/accelerator/current.xml", b"")), "accept", ()),
    "old type of document": (
        lambda: replaced(
            an_odf("text"),
            **{"META-INF__manifest_DOT_xml": b"<!DOCTYPE m PUBLIC '-//OpenOffice.org//DTD' 'Manifest.dtd'><m/>"},
        ),
        "accept",
        (),
    ),
    "entity of its own": (
        lambda: an_odf("text", content=b"<!DOCTYPE a [<!ENTITY x SYSTEM 'a.txt'>]><a>&x;</a>"),
        "damaged",
        (),
    ),
    "password": (
        lambda: replaced(
            an_odf("text"), **{"META-INF__manifest_DOT_xml": b"<m><manifest:encryption-data xmlns:manifest='x'/></m>"}
        ),
        "encrypted",
        (),
    ),
    "workbook, renamed": (lambda: an_odf("spreadsheet"), "not_that_format", ()),
    "in one page of XML": (lambda: b"<?xml version='1.0'?><office:document xmlns:office='o'/>", "wrong_content", ()),
    "that does not say what it is": (lambda: a_zip(("content.xml", _ODF % b"")), "accept", ()),
    "that says it is a workbook, last": (
        lambda: a_zip(("content.xml", _ODF % b""), ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")),
        "not_that_format",
        (),
    ),
    "empty": (bytes, "empty_file", ()),
}

_ODSS: dict[str, tuple[Callable[[], bytes], str, tuple[str, ...]]] = {
    "text, renamed": (lambda: an_odf("text"), "not_that_format", ()),
    "table fetched": (
        lambda: an_odf("spreadsheet", content=_ODF % b"<table:cell-range-source xlink:href='http://x.invalid/'/>"),
        "fetches",
        (),
    ),
    "empty": (bytes, "empty_file", ()),
}


def _carried(pdf: object) -> None:
    pdf.attachments["essai.com"] = EICAR  # type: ignore[attr-defined]


_VIRUSES = {
    "EICAR in a text": Odd("essai.txt", lambda: EICAR, "wrong_format", guard=True),
    "EICAR named PDF": Odd("essai.pdf", lambda: EICAR, "wrong_content", guard=True),
    "EICAR in an archive": Odd("essai.zip", lambda: a_zip(("eicar.com", EICAR)), "wrong_format", guard=True),
    "EICAR in an archive named text": Odd(
        "essai.docx", lambda: a_zip(("eicar.com", EICAR)), "not_that_format", guard=True
    ),
    # ClamAV does not look into what a PDF carries when it is that small; the candidate is told that the PDF carries it.
    "EICAR carried by a PDF": Odd("essai.pdf", lambda: altered(_carried), "accept", ("embedded",)),
    "EICAR carried by a text": Odd(
        "essai.docx", _docx(("word/embeddings/eicar.com", EICAR)), "accept", ("embedded",), guard=True
    ),
    "EICAR carried by a LibreOffice text": Odd(
        "essai.odt", _odt(b"", ("Pictures/eicar.com", EICAR)), "accept", guard=True
    ),
}

OFFICES: dict[str, Odd] = {
    **{f"text: {what}": Odd("lettre.docx", *row) for what, row in _TEXTS.items()},
    **{f"workbook: {what}": Odd("budget.xlsx", *row) for what, row in _BOOKS.items()},
    **{f"LibreOffice: {what}": Odd("lettre.odt", *row) for what, row in _ODTS.items()},
    **{f"LibreOffice workbook: {what}": Odd("budget.ods", *row) for what, row in _ODSS.items()},
    **_VIRUSES,
}
