"""Whether a page or a picture shows anything."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

_MARGIN = 0.05  # of the page, where a scanner leaves the shadow of its lid
_INK = 32  # of 255: how far from the paper a point must be, in one colour at least
_DARKEST_GREY, _LIGHTEST_GREY = 40, 180  # an even grey is a picture, not a sheet nor the inside of a lid
_LEAST_INK = 0.0002  # of the points: « Néant. » in the middle of a page has more


def is_blank(drawn: Image.Image) -> bool:
    """Whether nearly every point is of the colour of the paper: what is left is the grain of a scan."""
    across, down = int(drawn.width * _MARGIN), int(drawn.height * _MARGIN)
    sheet = drawn.crop((across, down, drawn.width - across, drawn.height - down))
    if _DARKEST_GREY < _paper(sheet.convert("L").histogram()) < _LIGHTEST_GREY:
        return False
    return all(_has_no_ink(band.histogram()) for band in sheet.convert("RGB").split())


def _paper(counts: list[int]) -> int:
    """The median shade."""
    return bisect_left(list(accumulate(counts)), sum(counts) / 2)


def _has_no_ink(counts: list[int]) -> bool:
    paper = _paper(counts)
    ink = sum(count for shade, count in enumerate(counts) if abs(shade - paper) > _INK)
    return ink < sum(counts) * _LEAST_INK
