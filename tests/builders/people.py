"""People with an account."""

from itertools import count
from typing import Any

from hubs_portal.accounts.models import User

PASSWORD = "correct horse battery"
_rank = count(1)


def a_user(email: str = "", **fields: Any) -> User:
    """Somebody who can sign in with `PASSWORD`; each call makes somebody else unless `email` is given."""
    n = next(_rank)
    given = {"name": f"Camille Exemple {n}", "password": PASSWORD, **fields}
    return User.objects.create_user(email or f"personne-{n}@exemple.invalid", **given)
