"""Honest PDFs that ask something of whoever draws them: fax and JBIG2 scans, JPEG 2000, fonts left out, 25 MB."""

from __future__ import annotations

import random
import struct
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

_A4 = (595, 842)
_SIZE = (1240, 1754)
# What a TIFF says of itself: where its one strip is, how long, which value is white, how many rows it holds.
_WHERE, _LENGTH, _WHITE, _ROWS = 273, 279, 262, 278


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _picture(content: bytes, **about: Any) -> bytes:
    """A page that is one picture."""
    pdf = pikepdf.new()
    picture = pikepdf.Stream(pdf, content)
    for name, value in {"Type": Name.XObject, "Subtype": Name.Image, **about}.items():
        picture[f"/{name}"] = value
    page = pdf.add_blank_page(page_size=_A4)
    page.Resources = Dictionary(XObject=Dictionary(I=pdf.make_indirect(picture)))
    page.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    return _saved(pdf)


def _fax() -> tuple[bytes, bool]:
    """A typed page as a fax packs it (CCITT, group 4), and whether its ones are black."""
    page = Image.new("1", _SIZE, 1)
    pen = ImageDraw.Draw(page)
    pen.rectangle((60, 60, 1180, 1690), outline=0, width=6)
    for row in range(30):
        pen.text((100, 80 + 50 * row), f"Article {row} : l'association a pour objet", fill=0)
    out = BytesIO()
    page.save(out, "TIFF", compression="group4", tiffinfo={_ROWS: _SIZE[1]})
    said = Image.open(BytesIO(out.getvalue())).tag_v2  # type: ignore[attr-defined] # a TIFF has tags
    (where,), (length,) = said[_WHERE], said[_LENGTH]
    return out.getvalue()[where : where + length], said[_WHITE] != 0


def a_fax_scan() -> bytes:
    """A scan packed as a fax."""
    content, ones_are_black = _fax()
    how = Dictionary(K=-1, Columns=_SIZE[0], Rows=_SIZE[1], BlackIs1=ones_are_black)
    return _picture(
        content,
        Width=_SIZE[0],
        Height=_SIZE[1],
        BitsPerComponent=1,
        ColorSpace=Name.DeviceGray,
        Filter=Name.CCITTFaxDecode,
        DecodeParms=how,
    )


def a_jbig2_scan() -> bytes:
    """The same page in JBIG2, which may hold a fax."""
    content, _ones_are_black = _fax()

    def segment(number: int, kind: int, body: bytes) -> bytes:
        return struct.pack(">IBBBI", number, kind, 0, 1, len(body)) + body

    page = struct.pack(">IIIIBH", *_SIZE, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", *_SIZE, 0, 0, 0) + b"\x01" + content
    packed = segment(0, 48, page) + segment(1, 38, region) + segment(2, 49, b"")
    about = {"Width": _SIZE[0], "Height": _SIZE[1], "BitsPerComponent": 1, "ColorSpace": Name.DeviceGray}
    return _picture(packed, Filter=Name.JBIG2Decode, Decode=Array([1, 0]), **about)


def a_jpeg2000() -> bytes:
    """A photograph in JPEG 2000: a blue square on white."""
    photograph = Image.new("RGB", (600, 850), "white")
    ImageDraw.Draw(photograph).rectangle((150, 200, 450, 650), fill=(20, 60, 160))
    out = BytesIO()
    photograph.save(out, "JPEG2000")
    return _picture(out.getvalue(), Width=600, Height=850, Filter=Name.JPXDecode)


def a_heavy_report(pages: int = 60) -> bytes:
    """25 MB: sixty pages, some of them on their side, each with a picture that nothing packs."""
    pdf = pikepdf.new()
    for rank in range(1, pages + 1):
        picture = pikepdf.Stream(pdf, random.Random(rank).randbytes(420_000))
        for name, value in {"Type": Name.XObject, "Subtype": Name.Image, "ColorSpace": Name.DeviceRGB}.items():
            picture[f"/{name}"] = value
        picture.Width, picture.Height, picture.BitsPerComponent = 400, 350, 8
        page = pdf.add_blank_page(page_size=_A4[::-1] if rank % 7 == 0 else _A4)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(XObject=Dictionary(I=pdf.make_indirect(picture)), Font=Dictionary(F=font))
        words = f"q 300 0 0 300 60 150 cm /I Do Q BT /F 24 Tf 60 500 Td (Page {rank} du rapport) Tj ET"
        page.Contents = pdf.make_stream(words.encode())
    return _saved(pdf)


def without_fonts() -> bytes:
    """Words in Japanese and in Times, neither font of which is in the file."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=_A4)
    described = Dictionary(
        Type=Name.FontDescriptor, FontName=Name("/HeiseiMin-W3"), Flags=6, FontBBox=Array([0, -200, 1000, 900]),
        ItalicAngle=0, Ascent=800, Descent=-200, CapHeight=700, StemV=80,
    )  # fmt: skip
    within = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType0, BaseFont=Name("/HeiseiMin-W3"), FontDescriptor=described,
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Japan1", Supplement=2),
    )  # fmt: skip
    japanese = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/HeiseiMin-W3"), Encoding=Name("/UniJIS-UCS2-H"),
        DescendantFonts=Array([within]),
    )  # fmt: skip
    times = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Times-Roman"))
    page.Resources = Dictionary(Font=Dictionary(J=japanese, T=times))
    words = "日本語の文書".encode("utf-16-be").hex()
    page.Contents = pdf.make_stream(
        f"BT /J 40 Tf 60 700 Td <{words}> Tj ET BT /T 24 Tf 60 600 Td (Sans sa police) Tj ET".encode()
    )
    return _saved(pdf)
