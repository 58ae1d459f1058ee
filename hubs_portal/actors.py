"""Who acts: a person with an account, a person whose address is not confirmed yet, or the portal itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubs_portal.accounts.models import User


@dataclass(frozen=True)
class Actor:
    """The author of an act, as the journal will name it for ever."""

    user: User | None
    label: str

    def __str__(self) -> str:
        return self.label

    @classmethod
    def person(cls, user: User) -> Actor:
        """Somebody signed in."""
        return cls(user, f"{user.name} <{user.email}>" if user.name else user.email)

    @classmethod
    def machine(cls, name: str) -> Actor:
        """The portal acting by itself, for instance at the closing time."""
        return cls(None, name)
