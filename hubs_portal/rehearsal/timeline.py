"""The timeline: acts at their instants, the key moments one may jump to, and the people one may play.

The engine knows nothing of calls: each application brings its part when it is ready.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.utils.translation import gettext_lazy as _

from hubs_portal.refusals import Refusal, Sentence

# The password of every invented account, shown on the page of accounts; it opens nothing real.
PASSWORD = "repetition-2018"  # noqa: S105 - public on purpose


class PassedOver(Refusal):
    """An act has nothing left to do: somebody who rehearses has done it, or done otherwise. Only the log says why."""

    def __init__(self, why: str) -> None:
        super().__init__(why, code="passed_over")


@dataclass(frozen=True)
class Act:
    """Something somebody does at an instant. `do` receives that instant; names are unique, and order ties."""

    at: datetime
    name: str
    do: Callable[[datetime], object]

    @property
    def place(self) -> tuple[datetime, str]:
        """Where the act stands in the timeline."""
        return self.at, self.name


@dataclass(frozen=True)
class Moment:
    """A key moment: everything up to its instant has been played, nothing after."""

    key: str
    label: Sentence
    at: datetime
    is_start: bool = False


@dataclass(frozen=True)
class Account:
    """Somebody one may sign in as with one click. `group` gathers them on the page; `part` says what they do."""

    email: str
    name: str
    group: Sentence
    part: Sentence
    state: Sentence = ""


@dataclass(frozen=True)
class Part:
    """What one application brings. Acts and accounts are asked for only when they are needed.

    `is_used` tells whether the database holds things only people could have made: such a database is never played upon.
    """

    moments: tuple[Moment, ...] = ()
    acts: Callable[[], Iterable[Act]] = tuple
    accounts: Callable[[], Iterable[Account]] = tuple
    is_used: Callable[[], bool] = field(default=lambda: False)


_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add what an application brings, or replace it."""
    _parts[name] = part
    acts.cache_clear()


def parts() -> dict[str, Part]:
    """What each application brought."""
    return _parts


@cache
def acts() -> tuple[Act, ...]:
    """Every act, in order."""
    found = sorted((act for part in _parts.values() for act in part.acts()), key=lambda act: act.place)
    if len({act.name for act in found}) != len(found):
        raise ValueError("two acts of the timeline have the same name")
    return tuple(found)


def moments() -> list[Moment]:
    """Every key moment, in order."""
    return sorted((moment for part in _parts.values() for moment in part.moments), key=lambda moment: moment.at)


def moment(key: str) -> Moment:
    """The moment of that key, or, for an empty key, the one a rehearsal starts at; raises `Refusal`."""
    for found in moments():
        if found.key == key or (not key and found.is_start):
            return found
    raise Refusal(_("Ce moment n’existe pas dans la répétition."), code="no_such_moment")


def accounts() -> list[Account]:
    """Everybody one may sign in as: those of the application phase, then those of the jury."""
    return [account for _name, part in sorted(_parts.items()) for account in part.accounts()]
