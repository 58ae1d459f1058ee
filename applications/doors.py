"""Desks kept by other phases: who may enter is theirs to say; the entrance and the navigation show the way."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from hubs_portal.refusals import Sentence


@dataclass(frozen=True)
class Door:
    """A desk: its name in the navigation, its address, and whether the author of a request, signed in, may enter."""

    label: Sentence
    url_name: str
    opens: Callable[[HttpRequest], bool]


_doors: dict[str, Door] = {}


def hang(door: Door) -> None:
    """Add a desk, once; called from `ready()`."""
    _doors[door.url_name] = door


def doors_for(request: HttpRequest) -> list[Door]:
    """The desks the person may enter: nothing is asked of the database for somebody who is not signed in."""
    if not request.user.is_authenticated:
        return []
    return [door for door in _doors.values() if door.opens(request)]
