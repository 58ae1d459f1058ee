"""When the grants of a call are to be published as open data."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from hubs_portal.templatetags.french import PARIS

# How long before that day each reminder leaves.
STEPS = (("J-30", timedelta(days=30)), ("J-7", timedelta(days=7)), ("J", timedelta()))


def due_on(released_at: datetime) -> date:
    """Three months after the release, from date to date, in Paris; where that month has no such day, its last.

    The law counts from the signature of each agreement, which follows the release (décret n° 2017-779, article 1er;
    arrêté du 17 novembre 2017): a team that keeps this day keeps the law's.
    """
    day = released_at.astimezone(PARIS).date()
    year, month = day.year + (day.month + 2) // 12, (day.month + 2) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def due_step(released_at: datetime, at: datetime) -> str:
    """The latest reminder due at this instant, `J-30`, `J-7` or `J`; empty before the first."""
    today, day = at.astimezone(PARIS).date(), due_on(released_at)
    due = [name for name, before in STEPS if day - before <= today]
    return due[-1] if due else ""
