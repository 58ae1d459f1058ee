"""The rehearsal: a whole call played on invented candidacies, where nothing real is received."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from hubs_portal.refusals import Sentence
from hubs_portal.rehearsal import timeline


@dataclass(frozen=True)
class Bar:
    """What the bar on every page shows: the business clock, the moments one may jump to, and which comes next."""

    now: datetime
    moments: list[tuple[str, Sentence]]
    upcoming: str


def may_go_back() -> bool:
    """Whether a jump back is possible here: only a SQLite file can be put back under a portal that runs."""
    return bool(connection.vendor == "sqlite")


def bar(request: HttpRequest) -> Bar | None:
    """The bar, in a rehearsal only."""
    if not settings.REHEARSAL:
        return None
    now: datetime = request.at  # type: ignore[attr-defined] # the arrival middleware set it
    offered = [moment for moment in timeline.moments() if may_go_back() or moment.at > now]
    upcoming = next((moment.key for moment in offered if moment.at > now), "")
    return Bar(now, [(moment.key, moment.label) for moment in offered], upcoming)
