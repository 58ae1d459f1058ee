"""Files no honest program makes, and odd ones that some do: each with the verdict it must have, written beside it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Odd:
    """A file made here: under what name it is offered, what it holds, and what must be said of it.

    `verdict` is « accept » or the code of the refusal. `alone`: only a process of its own may open it.
    `guard`: the antivirus finds something in it.
    """

    name: str
    make: Callable[[], bytes]
    verdict: str
    remarks: tuple[str, ...] = ()
    alone: bool = False
    guard: bool = False
