"""Telephone numbers are kept in one form, and read as they are dialled."""

import pytest

from hubs_portal.templatetags.french import phone


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("+33199002018", "01 99 00 20 18"),
        ("+590590002018", "05 90 00 20 18"),
        ("+262262002018", "02 62 00 20 18"),
        ("01 99 00 20 18", "01 99 00 20 18"),
        ("+32 2 555 12 12", "+32 2 555 12 12"),
        ("+687250018", "+687250018"),
        ("demander Camille", "demander Camille"),
        ("", ""),
    ],
)
def test_a_number_is_read_as_it_is_dialled_in_france(kept: str, read: str) -> None:
    assert phone(kept).replace("\u00a0", " ") == read
