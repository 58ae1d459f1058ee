"""The structures that made themselves known in the same territories: names only, and only to those who did too."""

from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from applications.content import kept_content
from applications.models import Candidacy, Neighbour, NeighbourMessage, Territory
from applications.workflow import WITH_A_LIVE_DRAFT

_MESSAGES_SHOWN = 50


@dataclass(frozen=True)
class Known:
    """A structure: its name, how the portal names it, the territories it has in common, and no more of it."""

    code: str
    name: str
    territories: list[Territory]


@dataclass(frozen=True)
class Exchange:
    """A message, seen from one side; `code` is that of the other structure when it may still be written to."""

    message: NeighbourMessage
    is_mine: bool
    other: str
    code: str


@dataclass(frozen=True)
class Neighbourhood:
    """What a structure that made itself known finds."""

    mine: Neighbour | None
    chosen: list[Territory] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)


def shown(neighbours: QuerySet[Neighbour]) -> QuerySet[Neighbour]:
    """Those whose candidacy still stands."""
    return neighbours.filter(candidacy__state__in=WITH_A_LIVE_DRAFT)


def neighbourhood(candidacy: Candidacy, *, is_open: bool) -> Neighbourhood:
    """Five queries, whatever their number; nobody is shown to a structure that is not shown itself."""
    mine = Neighbour.objects.filter(candidacy=candidacy).prefetch_related("territories").first()
    chosen = sorted(mine.territories.all(), key=lambda territory: territory.rank) if mine else []
    sees = mine is not None and is_open and candidacy.state in WITH_A_LIVE_DRAFT
    rows = _others_beside(candidacy, chosen) if sees else []
    known = [_known(row) for row in rows if _common(row)]
    reachable = {row.candidacy_id: row.code for row in rows}
    return Neighbourhood(
        mine, chosen, sorted(known, key=lambda other: other.name.casefold()), _exchanges(candidacy, reachable)
    )


def _others(candidacy: Candidacy) -> QuerySet[Neighbour]:
    return shown(Neighbour.objects.filter(candidacy__call=candidacy.call_id)).exclude(candidacy=candidacy)


def _others_beside(candidacy: Candidacy, chosen: list[Territory]) -> list[Neighbour]:
    """The others of the call, each with the territories in common: those without one may have written before."""
    common = Territory.objects.filter(pk__in=[territory.pk for territory in chosen])
    rows = _others(candidacy).select_related("candidacy__organisation")
    return list(rows.prefetch_related(Prefetch("territories", queryset=common)))


def _common(row: Neighbour) -> list[Territory]:
    return sorted(row.territories.all(), key=lambda territory: territory.rank)


def _known(row: Neighbour) -> Known:
    return Known(row.code, row.candidacy.organisation.name, _common(row))


def _exchanges(candidacy: Candidacy, reachable: dict[int, str]) -> list[Exchange]:
    mine = NeighbourMessage.objects.filter(Q(sender=candidacy) | Q(recipient=candidacy))
    rows = mine.select_related("sender__organisation", "recipient__organisation").order_by("-sent_at", "-pk")
    return [_exchange(candidacy, row, reachable) for row in rows[:_MESSAGES_SHOWN]]


def _exchange(candidacy: Candidacy, row: NeighbourMessage, reachable: dict[int, str]) -> Exchange:
    is_mine = row.sender_id == candidacy.pk
    other = row.recipient if is_mine else row.sender
    return Exchange(row, is_mine, other.organisation.name, reachable.get(other.pk, ""))


def neighbour_of(candidacy: Candidacy, code: str) -> Neighbour | None:
    """The structure of that code, when this one may write to it: both made themselves known, and they have a territory
    in common or have written to each other already.
    """
    mine = shown(Neighbour.objects.filter(candidacy=candidacy)).first()
    if mine is None:
        return None
    found = _others(candidacy).filter(code=code).select_related("candidacy__organisation", "candidacy__call").first()
    if found is None:
        return None
    near = found.territories.filter(pk__in=mine.territories.values("pk")).exists()
    return found if near or _have_written(candidacy, found.candidacy) else None


def _have_written(one: Candidacy, other: Candidacy) -> bool:
    return NeighbourMessage.objects.filter(sender=other, recipient=one).exists()


def territories_offered(candidacy: Candidacy) -> list[Territory]:
    """Where the structure may make itself known: the territories it signalled, and those of its draft."""
    drafted = [said["code"] for said in kept_content(candidacy.dossier)["territories"]]
    found = Territory.objects.filter(Q(pk__in=drafted) | Q(pk__in=candidacy.territories.values("pk")))
    return sorted(found, key=lambda territory: territory.rank)
