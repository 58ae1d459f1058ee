"""Letters that time sends: computed from rows, so that a scheduler that was dead, or two of them, change nothing.

A phase registers its sources. Each names the rows that may be owed a letter, then writes to one, under its lock,
after having looked again: what was true when the list was made may not be any more.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from hubs_portal import locks
from hubs_portal.templatetags.french import PARIS

logger = logging.getLogger(__name__)
# When a letter leaves that is bound to a day and to no hour.
MORNING = time(9)


@dataclass(frozen=True)
class Source:
    """One sort of letters: `due` gives the keys of the rows concerned at an instant, `write` the letters of one."""

    name: str
    due: Callable[[datetime], Iterable[int]]
    write: Callable[[int, datetime], int]


@dataclass(frozen=True)
class Step:
    """One of several reminders of the same thing, and when it falls due."""

    name: str
    at: datetime


sources: list[Source] = []


def write_due(*, at: datetime) -> int:
    """Write everything that is due, whoever else is doing so; returns how many letters were written."""
    return sum(write_due_of(source, at=at) for source in list(sources))


def write_due_of(source: Source, *, at: datetime) -> int:
    """The same for one source, row by row: one that breaks is logged, and the others have their letters."""
    try:
        keys = list(source.due(at))
    except Exception:
        logger.exception("timed letters: %s cannot be listed", source.name)
        return 0
    return sum(_write(source, key, at) for key in keys)


def _write(source: Source, key: int, at: datetime) -> int:
    try:
        return _written(source, key, at)
    except Exception:
        logger.exception("timed letters: %s %s", source.name, key)
        return 0


@locks.retried
def _written(source: Source, key: int, at: datetime) -> int:
    with transaction.atomic():
        return source.write(key, at)


# ---------------------------------------------------------------- instants


def days_before(instant: datetime, days: int) -> datetime:
    """The same hour on the clocks of Paris so many days before, whatever they did meanwhile."""
    return (instant.astimezone(PARIS) - timedelta(days=days)).astimezone(UTC)


def morning_of(day: date) -> datetime:
    """When the letters of a day leave."""
    return datetime.combine(day, MORNING, PARIS).astimezone(UTC)


def owed(steps: Sequence[Step], at: datetime) -> list[Step]:
    """The latest step fallen due, then those after it; nothing before the first.

    Only the first of them is written, and only if none of them was: after three hours without a scheduler one letter
    leaves, not three, and a clock that is set back does not send an earlier reminder after a later one.
    """
    fallen = [n for n, step in enumerate(steps) if step.at <= at]
    return list(steps[fallen[-1] :]) if fallen else []
