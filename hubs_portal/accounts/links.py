"""Personal links sent by letter: signed, dated, good for one purpose."""

from datetime import timedelta

from django.core import signing

LASTS = timedelta(days=90)


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
