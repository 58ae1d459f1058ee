"""A closing time as the clocks of overseas territories show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from applications.models import Call, Candidacy, DossierTerritory, Territory

_PARIS = "Europe/Paris"


@dataclass(frozen=True)
class LocalTime:
    """One hour of the day, and the places where it is that hour; `zone` is any of their time zones."""

    places: str
    zone: str


def overseas(call: Call) -> list[LocalTime]:
    """Every local hour at which the call closes, Paris left out, the earliest first: one query."""
    territories = Territory.objects.exclude(timezone=_PARIS)
    if not call.collectivities_accepted:
        territories = territories.exclude(kind="com")
    return _grouped(territories.order_by("code"), call.closes_at)


def of_candidacy(candidacy: Candidacy, instant: datetime | None = None) -> list[LocalTime]:
    """The local hours of the overseas territories this candidacy has chosen or envisaged: one query.

    At the closing time, or at another instant the candidate must keep.
    """
    chosen = DossierTerritory.objects.filter(dossier__candidacy=candidacy).values("territory")
    envisaged = candidacy.territories.values("pk")
    territories = Territory.objects.filter(Q(pk__in=chosen) | Q(pk__in=envisaged)).exclude(timezone=_PARIS)
    return _grouped(territories.order_by("code"), instant or candidacy.call.closes_at)


def _grouped(territories: Iterable[Territory], instant: datetime) -> list[LocalTime]:
    hours: dict[datetime, list[Territory]] = {}
    for territory in territories:
        local = instant.astimezone(ZoneInfo(territory.timezone)).replace(tzinfo=None)
        hours.setdefault(local, []).append(territory)
    return [
        LocalTime(", ".join(territory.name for territory in rows), rows[0].timezone)
        for _hour, rows in sorted(hours.items())
    ]
