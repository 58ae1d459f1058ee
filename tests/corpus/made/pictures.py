"""Pictures: floods of points, halves, disguises, and what cameras and telephones really write."""

import random
import struct
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from tests.builders.hostile_files import a_flood, a_picture, a_zip
from tests.corpus.made import Odd

_HTML = b"<html><script>alert(1)</script></html>"
_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><script>alert(1)</script>'
    b'<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(2)"/></foreignObject>'
    b'<image xlink:href="file:///etc/passwd"/></svg>'
)
_ORIENTATION, _GPS, _LATITUDE = 0x0112, 0x8825, 2


def drawn(mode: str, kind: str, size: tuple[int, int] = (120, 160), **saving: Any) -> bytes:
    """A drawing in that mode of colour, saved as that."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((20, 20, 90, 60), fill="navy")
    out = BytesIO()
    image.convert(mode).save(out, kind, **saving)
    return out.getvalue()


def turned(way: int) -> bytes:
    """A photograph that its camera held that way."""
    exif = Image.Exif()
    exif[_ORIENTATION] = way
    exif.get_ifd(_GPS)[_LATITUDE] = (48.0, 51.0, 24.0)
    return drawn("RGB", "JPEG", exif=exif)


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunk(name: bytes, content: bytes) -> bytes:
    """A PNG with one chunk more, right after the first."""
    whole = drawn("RGB", "PNG")
    return whole[:33] + chunk(name, content) + whole[33:]


def a_jpeg_of(width: int, height: int) -> bytes:
    """A JPEG that announces that many points, and has far fewer."""
    whole = drawn("RGB", "JPEG")
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def grain(shade: int, noise: int, size: tuple[int, int] = (310, 438)) -> bytes:
    """A sheet scanned with nothing on it: that grey, more or less."""
    chance = random.Random("grain")
    image = Image.new("L", size)
    image.putdata([min(255, max(0, shade + int(chance.gauss(0, noise)))) for _ in range(size[0] * size[1])])
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _wide() -> bytes:
    out = BytesIO()
    Image.new("RGB", (9_990, 9_990), "navy").save(out, "PNG", compress_level=1)
    return out.getvalue()


def _as(kind: str) -> Callable[[], bytes]:
    return lambda: drawn("RGB", kind)


def _flipped() -> bytes:
    whole = bytearray(a_picture("PNG"))
    whole[45] ^= 0xFF
    return bytes(whole)


def _pale() -> bytes:
    out = BytesIO()
    image = Image.new("RGB", (159, 159), "white")
    ImageDraw.Draw(image).regular_polygon((80, 80, 70), 5, fill=(255, 238, 170))
    image.save(out, "PNG")
    return out.getvalue()


def _even(colour: str | tuple[int, ...], size: tuple[int, int] = (200, 200)) -> bytes:
    out = BytesIO()
    Image.new("RGBA", size, colour).save(out, "PNG")
    return out.getvalue()


def _deep() -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").convert("I;16").save(out, "PNG")
    return out.getvalue()


_MODES = {"one bit": "1", "grey": "L", "a palette": "P", "transparency": "RGBA", "grey and transparency": "LA"}

PICTURES: dict[str, Odd] = {
    **{f"PNG in {what}": Odd("plan.png", partial(drawn, mode, "PNG"), "accept") for what, mode in _MODES.items()},
    "PNG of 16 bits": Odd("plan.png", _deep, "accept"),
    "PNG that moves": Odd(
        "plan.png",
        lambda: drawn("RGB", "PNG", save_all=True, append_images=[Image.new("RGB", (120, 160), "red")]),
        "accept",
    ),
    "PNG with a text": Odd("plan.png", lambda: with_chunk(b"tEXt", b"Comment\0" + _HTML), "accept"),
    "PNG with a profile of noise": Odd("plan.png", lambda: with_chunk(b"iCCP", b"x\0\0" + b"\1" * 40), "accept"),
    "PNG with a text of 100 MB packed": Odd(
        "plan.png", lambda: with_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 100_000_000, 9)), "damaged"
    ),
    "PNG of 65,000 by 65,000": Odd("plan.png", lambda: a_flood(65_000, 65_000), "picture_too_large"),
    "PNG of one line of a billion": Odd("plan.png", lambda: a_flood(1_000_000_000, 1), "picture_too_large"),
    "PNG of no point": Odd("plan.png", lambda: a_flood(0, 0), "damaged"),
    "PNG of a hundred million points": Odd("plan.png", _wide, "too_heavy", alone=True),
    "PNG that promises more than it has": Odd("plan.png", lambda: a_flood(3_000, 3_000), "damaged"),
    "PNG with a flipped byte": Odd("plan.png", _flipped, "damaged"),
    "PNG cut by half": Odd("plan.png", lambda: (whole := a_picture("PNG"))[: len(whole) // 2], "damaged"),
    "PNG of nothing but its signature": Odd("plan.png", lambda: b"\x89PNG\r\n\x1a\n", "wrong_content"),
    "PNG followed by an archive": Odd("plan.png", lambda: a_picture("PNG") + a_zip(("a.txt", b"a")), "two_formats"),
    "PNG followed by a page": Odd("plan.png", lambda: a_picture("PNG") + _HTML, "accept"),
    "PNG all black": Odd("plan.png", lambda: _even("black"), "blank"),
    "PNG all transparent": Odd("plan.png", lambda: _even((0, 0, 0, 0)), "blank"),
    "PNG of one point": Odd("plan.png", lambda: _even("white", (1, 1)), "blank"),
    "PNG drawn in yellow": Odd("plan.png", _pale, "accept"),
    "JPEG in grey": Odd("photo.jpg", lambda: drawn("L", "JPEG"), "accept"),
    "JPEG for printers": Odd("photo.jpg", lambda: drawn("CMYK", "JPEG"), "accept"),
    "JPEG that comes by layers": Odd("photo.jpeg", lambda: drawn("RGB", "JPEG", progressive=True), "accept"),
    **{f"JPEG held the way {way}": Odd("photo.jpg", partial(turned, way), "accept") for way in range(1, 10)},
    "JPEG whose camera speaks badly": Odd(
        "photo.jpg",
        lambda: drawn("RGB", "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\3\xff" * 9),
        "accept",
    ),
    "JPEG of 65,000 by 65,000": Odd("photo.jpg", lambda: a_jpeg_of(65_000, 65_000), "picture_too_large"),
    "JPEG larger than it is": Odd("photo.jpg", lambda: a_jpeg_of(5_000, 5_000), "accept"),
    "JPEG of no line": Odd("photo.jpg", lambda: a_jpeg_of(120, 0), "damaged"),
    "JPEG cut by half": Odd("photo.jpg", lambda: (whole := a_picture("JPEG"))[: len(whole) // 2], "damaged"),
    "JPEG of nothing but its start": Odd("photo.jpg", lambda: b"\xff\xd8\xff\xe0", "damaged"),
    "JPEG with a page in its comment": Odd("photo.jpg", lambda: drawn("RGB", "JPEG", comment=_HTML), "accept"),
    "JPEG followed by an archive": Odd("photo.jpg", lambda: a_picture("JPEG") + a_zip(("a.txt", b"a")), "two_formats"),
    "JPEG followed by a program": Odd("photo.jpg", lambda: a_picture("JPEG") + b"<?php system($_GET[0]); ?>", "accept"),
    "JPEG of a white sheet": Odd("scan.jpg", lambda: grain(244, 3), "blank"),
    "JPEG of the inside of a lid": Odd("scan.jpg", lambda: grain(18, 4), "blank"),
    "JPEG of a grey sky": Odd("scan.jpg", lambda: grain(120, 6), "accept"),
    "drawing named PNG": Odd("plan.png", lambda: _SVG, "wrong_content"),
    "drawing": Odd("plan.svg", lambda: _SVG, "wrong_format"),
    "page named JPEG": Odd("photo.jpg", lambda: _HTML, "wrong_content"),
    "program named PNG": Odd("plan.png", lambda: b"MZ" + b"\0" * 300, "wrong_content"),
    "JPEG named PNG": Odd("plan.png", _as("JPEG"), "wrong_content"),
    "PNG named JPEG": Odd("photo.jpeg", _as("PNG"), "wrong_content"),
    **{
        f"{kind} named PNG": Odd("plan.png", _as(kind), "wrong_content")
        for kind in ("GIF", "BMP", "TIFF", "WEBP", "ICO")
    },
    **{f"empty {kind}": Odd(f"rien.{kind}", bytes, "empty_file") for kind in ("png", "jpg", "jpeg")},
}
