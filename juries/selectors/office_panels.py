"""The panels of a jury, what each juror has to read, and the candidacies that may still be given."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch

from applications.models import Candidacy, Submission
from applications.rules import money
from hubs_portal.accounts.models import User
from juries.models import Jury, Panel, PanelCandidacy, PanelMember, Seat
from juries.selectors.visible import recusals_told_to
from juries.workflow import ASSIGNABLE


def panels_of(jury: Jury) -> list[Panel]:
    """The panels with their members and their candidacies: three queries."""
    members = PanelMember.objects.select_related("seat__user").order_by("pk")
    given = PanelCandidacy.objects.select_related("candidacy__organisation").order_by("candidacy__number")
    rows = jury.panels.prefetch_related(Prefetch("memberships", members), Prefetch("assignments", given))
    return list(rows.order_by("name", "pk"))


def present_members(panel: Panel) -> list[PanelMember]:
    """Those who still sit, of a panel read with its members."""
    return [member for member in panel.memberships.all() if member.seat.removed_at is None]


@dataclass(frozen=True)
class Load:
    """What a juror was given."""

    seat: Seat
    panels: list[str]
    to_read: int
    to_hear: int


def loads(jury: Jury, panels: Iterable[Panel], user: User) -> list[Load]:
    """What each present juror has to read and to hear, without the recusals the reader knows of: two queries."""
    recused: dict[int, set[int]] = defaultdict(set)
    kept_out = recusals_told_to(user).filter(seat__jury=jury)
    for user_id, candidacy_id in kept_out.values_list("seat__user", "candidacy"):
        recused[user_id].add(candidacy_id)
    mine: dict[int, list[tuple[Panel, PanelMember]]] = defaultdict(list)
    for panel in panels:
        for member in panel.memberships.all():
            mine[member.seat_id].append((panel, member))
    return [
        _load(seat, mine[seat.pk], recused[seat.user_id])
        for seat in jury.seats.present().select_related("user").order_by("role", "pk")
    ]


def _load(seat: Seat, memberships: list[tuple[Panel, PanelMember]], recused: set[int]) -> Load:
    given = [
        (member.reader, len({row.candidacy_id for row in panel.assignments.all()} - recused))
        for panel, member in memberships
    ]
    return Load(
        seat,
        [panel.name for panel, _member in memberships],
        to_read=sum(n for reader, n in given if reader),
        to_hear=sum(n for _reader, n in given),
    )


@dataclass(frozen=True)
class Offer:
    """A candidacy, what tells it apart, and the members of a panel who stay out of it."""

    candidacy: Candidacy
    territories: str
    requested: Decimal | None
    recused: list[str]


def offers(candidacies: Iterable[Candidacy], seats: Iterable[Seat], user: User, at: datetime) -> list[Offer]:
    """Candidacies with their territories and what they ask for, and who of `seats` is already kept out: two queries."""
    rows = list(candidacies)
    said = _said(rows, user, at)
    names = {seat.user_id: str(seat.user) for seat in seats}
    kept_out: dict[int, list[str]] = defaultdict(list)
    recusals = recusals_told_to(user).filter(seat__user__in=names, candidacy__in=[row.pk for row in rows])
    for user_id, candidacy_id in recusals.values_list("seat__user", "candidacy").distinct():
        kept_out[candidacy_id].append(names[user_id])
    return [
        Offer(row, *said[row.pk], recused=sorted(kept_out[row.pk]))
        if row.pk in said
        else Offer(row, "", None, sorted(kept_out[row.pk]))
        for row in rows
    ]


def assignable(jury: Jury) -> list[Candidacy]:
    """The candidacies of the call that no panel has, and that one may be given."""
    free = Candidacy.objects.filter(call=jury.call_id, state__in=ASSIGNABLE, assignment__isnull=True)
    return list(free.select_related("organisation").order_by("number"))


def _said(rows: list[Candidacy], user: User, at: datetime) -> dict[int, tuple[str, Decimal]]:
    """Territories and amount asked for, from the version that counts, when the person may read it."""
    latest = Submission.objects.visible_to(user, at).latest_of_each().filter(candidacy__in=[row.pk for row in rows])
    found: dict[int, tuple[str, Decimal]] = {}
    for submission in latest:
        said = submission.says
        codes = sorted(f"{territory['name']} ({territory['code']})" for territory in said["territories"])
        found[submission.candidacy_id] = ", ".join(codes), money.balance(said).requested
    return found
