"""People with an account."""

from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password

from hubs_portal.accounts.models import User

PASSWORD = "correct horse battery"
_rank = count(1)


def a_user(email: str = "", **fields: Any) -> User:
    """Somebody who can sign in with `PASSWORD`; each call makes somebody else unless `email` is given."""
    n = next(_rank)
    given = {"name": f"Camille Exemple {n}", **fields, "password": _hashed(fields.get("password", PASSWORD))}
    return User.objects.create(email=email.strip().lower() or f"personne-{n}@exemple.invalid", **given)


@cache
def _hashed(password: str) -> str:
    """Hashed once a process: the hashing of a real portal takes a third of a second on purpose."""
    return make_password(password)
