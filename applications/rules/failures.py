"""What a browser says it saw fail, taken for what it is: bounded, dated by our clock, no reason to refuse a report."""

import json
from datetime import datetime, timedelta
from typing import Any

from applications.enums import Failure

MOST = 10
_LONGEST = 120
_HEAVIEST = 20_000  # characters of what is posted; more is not read
_OLDEST = timedelta(hours=12)


def parsed(typed: str, at: datetime) -> list[dict[str, Any]]:
    """The failures posted, `{"at", "what", "where", "status"}`, the latest last; what cannot be read is left out.

    The browser says how many seconds ago each was: the clock of the device tells nothing to be trusted.
    """
    try:
        rows = json.loads(typed) if len(typed) <= _HEAVIEST else []
    except (ValueError, RecursionError):
        return []
    read = [_failure(row, at) for row in (rows[-MOST:] if isinstance(rows, list) else [])]
    return [failure for failure in read if failure]


def _failure(row: Any, at: datetime) -> dict[str, Any] | None:
    if not isinstance(row, dict) or row.get("what") not in Failure.values:
        return None
    ago, status = row.get("ago"), row.get("status")
    if isinstance(ago, bool) or not isinstance(ago, int) or not 0 <= ago <= _OLDEST.total_seconds():
        return None
    return {
        "at": (at - timedelta(seconds=ago)).replace(microsecond=0).isoformat(),
        "what": row["what"],
        "where": path_of(row.get("where")),
        "status": status if isinstance(status, int) and not isinstance(status, bool) and 0 <= status < 600 else 0,
    }


def path_of(said: Any) -> str:
    """A path of the portal, bounded; empty when it is none."""
    if not isinstance(said, str) or not said.startswith("/") or said.startswith("//"):
        return ""
    return "".join(character for character in said if character.isprintable())[:_LONGEST]
