"""Whoever looks for what moves a page must see it."""

import pytest

from tests.browsed import Page


@pytest.mark.parametrize(
    "moved",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>",
        "<a href=' JavaScript:alert(1)'>",
        "<img src=//x.invalid onerror=a>",
        "<iframe src=data:text/html,x>",
    ],
)
def test_a_page_that_a_string_had_moved_would_be_seen(moved: str) -> None:
    assert len(Page(f"<p>{moved}</p>").acts) == 1
