"""Personal links sent by letter: signed, dated, good for one purpose."""

import re
from datetime import timedelta

from django.core import signing

LASTS = timedelta(days=90)
# What `signing.dumps` writes: value, time, signature.
_TOKEN = re.compile(r"[\w-]+:[\w-]+:[\w-]{43}")


def make(purpose: str, pk: int) -> str:
    """The token of a link about row `pk`."""
    return signing.dumps(pk, salt=f"link:{purpose}")


def read(purpose: str, token: str) -> int | None:
    """The row a link is about; `None` when it is not ours, was made for another purpose, or is too old."""
    try:
        pk: int = signing.loads(token, salt=f"link:{purpose}", max_age=LASTS)
    except signing.BadSignature:
        return None
    return pk


def masked(text: str) -> str:
    """The same text without its personal links: who reads a letter over somebody's shoulder must not enter with it."""
    return _TOKEN.sub("…", text)
