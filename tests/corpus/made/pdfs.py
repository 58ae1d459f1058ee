"""PDF: programs in every place one may hide, locks, mazes, floods, halves, disguises."""

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.builders.files import a_pdf
from tests.builders.hostile_files import a_picture, a_zip, altered
from tests.corpus.made import Odd

_HTML = b"<html><script>alert(1)</script></html>\n"
_LETTER = [0, 0, 612, 792]
_SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _with(**of_root: Any) -> Callable[[], bytes]:
    def change(pdf: pikepdf.Pdf) -> None:
        for name, value in of_root.items():
            pdf.Root[f"/{name}"] = pdf.make_indirect(value) if isinstance(value, Dictionary) else value

    return lambda: altered(change)


def _opening_with(**action: Any) -> Callable[[], bytes]:
    return _with(OpenAction=Dictionary(**action))


def _noted(**note: Any) -> Callable[[], bytes]:
    """With an annotation on its first page."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Rect=[9, 9, 90, 90], **note))])

    return lambda: altered(change)


def _paged(change: Callable[[pikepdf.Pdf, Any], None]) -> Callable[[], bytes]:
    """With its first page changed."""
    return lambda: altered(lambda pdf: change(pdf, pdf.pages[0]))


def plain(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF written by hand: `objects` from number 1, which is the root."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, at)
    return bytes(out)


def of_streams(**saving: Any) -> bytes:
    """A PDF in which everything is packed, a script included."""
    return altered(
        lambda pdf: pdf.Root.__setitem__("/OpenAction", pdf.make_indirect(_SCRIPT)),
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        **saving,
    )


def many_pages(count: int) -> bytes:
    """So many pages, each the same one."""
    kid = b"3 0 R "
    return plain(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kid * count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
        b"<</Length 14>>stream\n0 0 50 50 re f\nendstream",
    )


def _one_page(page: bytes, *more: bytes) -> bytes:
    return plain(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]%s>>" % page,
        *more,
    )


def stream(said: bytes, content: bytes) -> bytes:
    """One stream."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (said, len(content), content)


def with_image(said: bytes, content: bytes) -> bytes:
    """A page with that image all over it."""
    return _one_page(
        b"/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>",
        stream(b"", b"600 0 0 800 0 0 cm /I Do"),
        stream(b"/Type/XObject/Subtype/Image" + said, content),
    )


def maze(width: int, depth: int) -> bytes:
    """Drawings that each ask for the next one so many times, so deep."""
    boxes = b"/Type/XObject/Subtype/Form/BBox[0 0 500 500]"
    forms = [
        stream(boxes + b"/Resources<</XObject<</A %d 0 R>>>>" % (6 + level), b"/A Do " * width)
        for level in range(depth)
    ]
    return _one_page(
        b"/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>",
        stream(b"", b"/A Do"),
        *forms,
        stream(boxes, b"0 0 500 500 re f"),
    )


def _flood() -> bytes:
    """Two kilobytes that unpack to 200 MB of drawing."""
    packed = zlib.compress(zlib.compress(b"0 0 5 5 re f\n" * 16_000_000, 9), 9)
    return _one_page(b"/Contents 4 0 R", stream(b"/Filter[/FlateDecode/FlateDecode]", packed))


def _locked(how: str, user: str) -> Callable[[], bytes]:
    strength: Any = {"RC4 of 40 bits": 2, "RC4 of 128 bits": 3, "AES of 128 bits": 4, "AES of 256 bits": 6}[how]
    old: Any = {"aes": strength > 3, "metadata": strength > 3}
    return lambda: altered(
        lambda _pdf: None, encryption=pikepdf.Encryption(user=user, owner="propri\u00e9taire", R=strength, **old)
    )


def _form(value: str) -> bytes:
    """A form whose fields alone are written in."""
    said = value.encode()
    look = stream(
        b"/Type/XObject/Subtype/Form/BBox[0 0 300 40]/Resources<</Font<</F 7 0 R>>>>",
        b"/Tx BMC BT /F 24 Tf 4 10 Td (%s) Tj ET EMC" % said,
    )
    return plain(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/DR<</Font<</F 7 0 R>>>>/DA(/F 24 Tf 0 g)>>>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Annots[4 0 R]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(nom)/F 4/V(%s)/DA(/F 24 Tf 0 g)/Rect[90 600 390 640]/AP<</N 5 0 R>>>>"
        % said,
        look,
        b"<<>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def _cut(part: float) -> Callable[[], bytes]:
    return lambda: (whole := a_pdf("Statuts", 3))[: int(len(whole) * part)]


def _said(old: bytes, new: bytes) -> Callable[[], bytes]:
    return lambda: a_pdf("Statuts", 3).replace(old, new)


def _ring(pdf: pikepdf.Pdf) -> None:
    """An outline that comes back to its beginning."""
    first = pdf.make_indirect(Dictionary(Title=String("a")))
    second = pdf.make_indirect(Dictionary(Title=String("b"), Next=first))
    first.Next = second
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=first, Last=second, Count=2))


def _hidden_in_a_zip() -> bytes:
    return a_zip(("piece.pdf", a_pdf()), pack=0)


_DRAWN = stream(b"", b"0 0 300 300 re f")
_STRENGTHS = ("RC4 of 40 bits", "RC4 of 128 bits", "AES of 128 bits", "AES of 256 bits")
_IMAGE = b"/Width %d/Height %d/BitsPerComponent %d/ColorSpace/DeviceGray"


def _pdf(make: Callable[[], bytes], verdict: str, *remarks: str, alone: bool = False, guard: bool = False) -> Odd:
    return Odd("piece.pdf", make, verdict, remarks, alone, guard)


_RUNNING: dict[str, Callable[[], bytes]] = {
    "script when it opens": _opening_with(S=Name.JavaScript, JS=String("app.alert(1)")),
    "script in a stream": lambda: altered(
        lambda pdf: pdf.Root.__setitem__(
            "/OpenAction", Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))
        )
    ),
    "script before it closes": _with(AA=Dictionary(WC=_SCRIPT)),
    "script before it is printed": _with(AA=Dictionary(WP=_SCRIPT)),
    "script after another act": _opening_with(
        S=Name.GoTo, D=Array([0, Name.Fit]), Next=Dictionary(S=Name.JavaScript, JS=String("1"))
    ),
    "script on a link": _noted(Subtype=Name.Link, A=_SCRIPT),
    "script of a field": _with(
        AcroForm=Dictionary(Fields=Array([Dictionary(FT=Name.Tx, T=String("n"), AA=Dictionary(K=_SCRIPT))]))
    ),
    "script on a page": _paged(lambda pdf, page: page.__setitem__("/AA", Dictionary(O=_SCRIPT))),
    "script in an outline": _with(Outlines=Dictionary(First=Dictionary(Title=String("a"), A=_SCRIPT), Count=1)),
    "script in packed objects": of_streams,
    "script under a disguised name": lambda: plain(
        b"<</Type/Catalog/Pages 2 0 R/Open#41ction<</S/J#61vaScr#69pt/J#53(app.alert)>>>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
        _DRAWN,
    ),
    "script of a film": _noted(Subtype=Name.Screen, A=Dictionary(S=Name.Rendition, OP=0)),
    "program launched": _opening_with(S=Name.Launch, F=String("cmd.exe")),
    "program of Windows launched": _noted(
        Subtype=Name.Link, A=Dictionary(S=Name.Launch, Win=Dictionary(F=String("cmd.exe")))
    ),
    "data brought in": _opening_with(S=Name.ImportData, F=String("\\\\serveur\\a.fdf")),
    "site opened": _opening_with(S=Name.URI, URI=String("http://exemple.invalid/")),
    "form sent when it opens": _opening_with(S=Name.SubmitForm, F=String("http://exemple.invalid/")),
    "file of a share opened": _opening_with(S=Name.GoToR, F=String("\\\\serveur\\a.pdf"), D=Array([0, Name.Fit])),
    "file it carries opened": _opening_with(S=Name.GoToE, D=Array([0, Name.Fit])),
}

PDFS: dict[str, Odd] = {
    # The antivirus, too, finds it odd to disguise names.
    **{f"PDF: {what}": _pdf(make, "active", guard="disguised" in what) for what, make in _RUNNING.items()},
    **{f"PDF: {how}, no password to open": _pdf(_locked(how, ""), "accept") for how in _STRENGTHS},
    **{f"PDF: {how}, a password": _pdf(_locked(how, "secret"), "encrypted") for how in _STRENGTHS},
    "PDF: lock nobody knows": _pdf(
        lambda: plain(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 0/Kids[]>>",
            b"<</Filter/Adept/V 1>>",
            trailer=b"/Encrypt 3 0 R",
        ),
        "encrypted",
    ),
    "PDF: link to a site": _pdf(
        _noted(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://x.invalid"))), "accept"
    ),
    "PDF: film": _pdf(_noted(Subtype=Name.Movie), "accept", "embedded"),
    "PDF: scene": _pdf(_noted(Subtype=Name.RichMedia), "accept", "embedded"),
    "PDF: sound": _pdf(_noted(Subtype=Name.Sound), "accept", "embedded"),
    "PDF: file on a pin": _pdf(_noted(Subtype=Name.FileAttachment), "accept", "embedded"),
    "PDF: form written in": _pdf(lambda: _form("Commune de Saint-Malo"), "accept"),
    "PDF: form left empty": _pdf(lambda: _form(""), "blank"),
    "PDF: form of Adobe with plain pages": _pdf(
        _with(AcroForm=Dictionary(XFA=Array(), Fields=Array([Dictionary(T=String("a"), FT=Name.Tx)]))), "accept"
    ),
    "PDF: form that draws itself": _pdf(
        _with(AcroForm=Dictionary(XFA=Array(), Fields=Array([Dictionary(T=String("a"))])), NeedsRendering=True),
        "dynamic_form",
    ),
    "PDF: 300 pages": _pdf(lambda: a_pdf("Annexe", 300), "accept"),
    "PDF: 10,000 pages": _pdf(lambda: many_pages(10_000), "accept", alone=True),
    "PDF: 100,000 pages": _pdf(lambda: many_pages(100_000), "too_long", alone=True),
    "PDF: one metre by one": _pdf(
        _paged(lambda pdf, page: page.__setitem__("/MediaBox", Array([0, 0, 2835, 2835]))), "accept", "blank_pages"
    ),
    "PDF: five metres by five": _pdf(
        _paged(lambda pdf, page: page.__setitem__("/MediaBox", Array([0, 0, 14_400, 14_400]))), "accept", "blank_pages"
    ),
    "PDF: a kilometre high": _pdf(
        _paged(lambda pdf, page: page.__setitem__("/MediaBox", Array([0, 0, 600, 2_834_645]))), "accept", "blank_pages"
    ),
    "PDF: page of no size": _pdf(
        _paged(lambda pdf, page: page.__setitem__("/MediaBox", Array([0, 0, 0, 0]))), "accept"
    ),
    "PDF: page upside down": _pdf(
        _paged(lambda pdf, page: page.__setitem__("/MediaBox", Array([612, 792, 0, 0]))), "accept"
    ),
    "PDF: page turned": _pdf(_paged(lambda pdf, page: page.__setitem__("/Rotate", 90)), "accept"),
    "PDF: page turned by seven degrees": _pdf(_paged(lambda pdf, page: page.__setitem__("/Rotate", 7)), "accept"),
    "PDF: page whose box is a word": _pdf(_paged(lambda pdf, page: page.__setitem__("/MediaBox", Name.A4)), "accept"),
    "PDF: outline in a ring": _pdf(lambda: altered(_ring), "accept"),
    "PDF: pages in a ring": _pdf(
        lambda: plain(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 3/Kids[2 0 R]>>"), "damaged"
    ),
    "PDF: pages that are not there": _pdf(
        lambda: plain(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 3/Kids[7 0 R 8 0 R]>>"), "no_page"
    ),
    "PDF: no pages at all": _pdf(lambda: plain(b"<</Type/Catalog>>"), "damaged"),
    "PDF: lists a hundred thousand deep": _pdf(
        lambda: plain(b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 100_000 + b"]" * 100_000 + b">>"), "damaged"
    ),
    "PDF: 300,000 objects": _pdf(
        lambda: _one_page(b"/Contents 4 0 R", _DRAWN, *(b"<</A 1>>" for _ in range(300_000))), "too_heavy", alone=True
    ),
    "PDF: maze": _pdf(lambda: maze(16, 8), "too_heavy", alone=True),
    "PDF: drawing of itself": _pdf(
        lambda: _one_page(
            b"/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>",
            stream(b"", b"0 0 90 90 re f /A Do"),
            stream(b"/Type/XObject/Subtype/Form/BBox[0 0 500 500]/Resources<</XObject<</A 5 0 R>>>>", b"/A Do"),
        ),
        "accept",
        alone=True,
    ),
    "PDF: flood of drawing": _pdf(_flood, "too_heavy", alone=True),
    "PDF: image of 30,000 by 30,000": _pdf(
        lambda: with_image(_IMAGE % (30_000, 30_000, 8) + b"/Filter/FlateDecode", zlib.compress(b"\0" * 900)),
        "blank",
        alone=True,
    ),
    "PDF: image of noise called JPEG": _pdf(
        lambda: with_image(_IMAGE % (90, 90, 8) + b"/Filter/DCTDecode", bytes(range(256)) * 4), "blank", alone=True
    ),
    "PDF: image of noise called JPEG 2000": _pdf(
        lambda: with_image(_IMAGE % (90, 90, 8) + b"/Filter/JPXDecode", bytes(range(256)) * 4), "blank", alone=True
    ),
    "PDF: image of noise called JBIG2": _pdf(
        lambda: with_image(_IMAGE % (90, 90, 1) + b"/Filter/JBIG2Decode", bytes(range(256)) * 4), "blank", alone=True
    ),
    "PDF: image of a fax of noise": _pdf(
        lambda: with_image(
            _IMAGE % (90, 90, 1) + b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 90>>", bytes(range(256))
        ),
        "accept",
        alone=True,
    ),
    "PDF: font of noise": _pdf(
        lambda: _one_page(
            b"/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>",
            stream(b"", b"BT /F 40 Tf 50 500 Td (Bonjour) Tj ET"),
            b"<</Type/Font/Subtype/TrueType/BaseFont/X/FontDescriptor 6 0 R>>",
            b"<</Type/FontDescriptor/FontName/X/Flags 4/FontFile2 7 0 R>>",
            stream(b"", bytes(range(256)) * 8),
        ),
        "accept",
        alone=True,
    ),
    "PDF: page that says nothing": _pdf(lambda: _one_page(b"/Contents 4 0 R", stream(b"", b"")), "blank"),
    "PDF: page without words for what it draws": _pdf(lambda: _one_page(b"/Contents 4 0 R", _DRAWN), "accept"),
    "PDF: page drawn in pale yellow": _pdf(
        lambda: _one_page(b"/Contents 4 0 R", stream(b"", b"1 .93 .6 rg 100 100 300 300 re f")), "accept"
    ),
    "PDF: page all black": _pdf(lambda: _one_page(b"/Contents 4 0 R", stream(b"", b"0 0 600 800 re f")), "blank"),
    **{f"PDF: cut at {int(part * 100)} %": _pdf(_cut(part), "damaged") for part in (0.05, 0.2, 0.35)},
    "PDF: without its last line": _pdf(lambda: a_pdf("Statuts", 3)[:-6], "accept"),
    "PDF: without its table": _pdf(lambda: (whole := a_pdf("Statuts", 3))[: whole.rindex(b"xref\n0")], "damaged"),
    "PDF: table elsewhere than it says": _pdf(_said(b"startxref\n", b"startxref\n9"), "accept"),
    "PDF: table that follows itself": _pdf(_said(b"/Size", b"/Prev 9999/Size"), "accept"),
    "PDF: streams shorter than they say": _pdf(_said(b"/Length ", b"/Length 9"), "accept"),
    "PDF: version of tomorrow": _pdf(lambda: b"%PDF-9.9" + a_pdf()[8:], "accept"),
    "PDF: nothing but its first line": _pdf(lambda: b"%PDF-1.7\n", "damaged"),
    "PDF: lines of Windows before it": _pdf(lambda: b"\r\n\r\n" + a_pdf(), "wrong_content"),
    "PDF: page before it": _pdf(lambda: _HTML + a_pdf(), "wrong_content"),
    "PDF: page behind it": _pdf(lambda: a_pdf() + _HTML, "accept"),
    "PDF: archive behind it": _pdf(lambda: a_pdf() + a_zip(("a.exe", b"MZ")), "two_formats"),
    "PDF: archive behind it, and an end": _pdf(lambda: a_pdf() + a_zip(("a.exe", b"MZ")) + b"\n%%EOF\n", "accept"),
    "PDF: archive with a PDF inside": _pdf(_hidden_in_a_zip, "wrong_content"),
    "PDF: zeros behind it": _pdf(lambda: a_pdf() + b"\0" * 900, "accept"),
    "PDF: picture": _pdf(lambda: a_picture("JPEG"), "wrong_content"),
    "PDF: page of the web": _pdf(lambda: b"<!DOCTYPE html>" + _HTML, "wrong_content"),
    "PDF: PostScript": _pdf(lambda: b"%!PS-Adobe-3.0\nshowpage\n", "wrong_content"),
    "PDF: text": _pdf(lambda: b"Bonjour\n" * 20, "wrong_content"),
    "PDF: empty": _pdf(bytes, "empty_file"),
    "PDF: one byte": _pdf(lambda: b"%", "wrong_content"),
    "PDF: more than 25 MB": Odd("piece.pdf", lambda: a_pdf() + b"%" * (26 * 1024 * 1024), "too_large"),
}


def grown(count: int) -> bytes:
    """The honest PDF of so many pages, opened and saved again by another program."""
    out = BytesIO()
    with pikepdf.open(BytesIO(a_pdf("Annexe", count))) as pdf:
        pdf.save(out, linearize=True)
    return out.getvalue()
