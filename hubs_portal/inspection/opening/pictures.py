"""A picture: measured before it is unpacked, then seen as large as a hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageFile, ImageOps

from .appended import hides_an_archive
from .found import HEIGHT, WIDTH, Found, Opened
from .looks import is_blank

_LARGEST = 100_000_000  # points
_FORMATS = ("PNG", "JPEG")


def read_picture(file: Path, picture: Path, found: Opened) -> None:
    """Say what is wrong with it, if anything is, and draw it small."""
    Image.MAX_IMAGE_PIXELS = None  # measured here, before anything is unpacked
    with _to_the_last_byte():
        _look(file, picture, found)


@contextmanager
def _to_the_last_byte() -> Iterator[None]:
    """A picture cut short is an error, even in a process whose other libraries make do with half of one."""
    lenient = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _look(file: Path, picture: Path, found: Opened) -> None:
    with Image.open(file, formats=_FORMATS) as image:
        if image.width * image.height > _LARGEST:
            raise Found("picture_too_large")
        image.verify()
    with Image.open(file, formats=_FORMATS) as image:
        if hides_an_archive(file):
            raise Found("two_formats")
        image.draft("RGB", (2 * WIDTH, 2 * HEIGHT))  # a JPEG is unpacked no larger than needed
        image.load()
        upright = _upright(image)
        seen = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    seen.thumbnail((WIDTH, HEIGHT))
    sheet = Image.new("RGB", seen.size, "white")
    sheet.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    sheet.save(picture, "JPEG", quality=70, optimize=True)
    found.pages = 1
    if is_blank(sheet):
        raise Found("blank")


def _upright(image: Image.Image) -> Image.Image:
    """The way up its camera says; a camera that says it badly still took a picture."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - whatever those properties hold, no reader needs them
        return image
