"""Personal links sent by letter: signed, dated, good for one purpose; or drawn at random and known by fingerprint."""

import hashlib
import re
import secrets
from datetime import timedelta

from django.core import signing

LASTS = timedelta(days=90)
# What `signing.dumps` writes: value, time, signature; or what `draw` draws, in an address.
_TOKEN = re.compile(r"[\w-]+:[\w-]+:[\w-]{43}|(?<=/)[\w-]{43}(?=/)")


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


def draw() -> str:
    """A token nobody can guess, for a row that keeps nothing but its fingerprint: reading the row opens no door."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """How such a row knows its token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
