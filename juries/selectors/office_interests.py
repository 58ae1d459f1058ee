"""Who declared what of whom, panel by panel; the ties to examine and the recusals, each with where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from hubs_portal.accounts.models import User
from juries.enums import Verdict
from juries.models import InterestDeclaration, Jury, Panel, Recusal, Seat
from juries.selectors.office_panels import present_members
from juries.selectors.office_scores import RECUSED, Mark
from juries.selectors.visible import to_examine

_SILENT = Mark(_("rien déclaré"))
_WORDS = {
    Verdict.NONE: Mark(Verdict.NONE.label, "done"),
    Verdict.TO_EXAMINE: Mark(Verdict.TO_EXAMINE.label, "now"),
    Verdict.RECUSED: RECUSED,
}


@dataclass(frozen=True)
class Ties:
    """A panel as a table: a row a candidacy, a column a juror, a word in each cell."""

    panel: Panel
    seats: list[Seat]
    rows: list[tuple[Candidacy, list[Mark]]]


def ties(jury: Jury, panels: Sequence[Panel]) -> list[Ties]:
    """What every juror of a panel declared of its candidacies: two queries. Panels as `panels_of` reads them."""
    declared = InterestDeclaration.objects.filter(seat__jury=jury)
    said = {(seat, row): verdict for seat, row, verdict in declared.values_list("seat", "candidacy", "verdict")}
    recused = set(Recusal.objects.filter(seat__user__seats__jury=jury).values_list("seat__user", "candidacy"))

    def mark(seat: Seat, candidacy_id: int) -> Mark:
        if (seat.user_id, candidacy_id) in recused:
            return RECUSED
        known = said.get((seat.pk, candidacy_id))
        return _WORDS[Verdict(known)] if known else _SILENT

    laid: list[Ties] = []
    for panel in panels:
        seats = [member.seat for member in present_members(panel)]
        given = sorted((row.candidacy for row in panel.assignments.all()), key=lambda row: row.number)
        if seats and given:
            laid.append(Ties(panel, seats, [(row, [mark(seat, row.pk) for seat in seats]) for row in given]))
    return laid


def waiting_ties(jury: Jury, user: User) -> QuerySet[InterestDeclaration]:
    """The ties of the jury the person may see and that nobody has examined."""
    return to_examine(user).filter(seat__jury=jury).order_by("declared_at", "pk")


def examined_ties(jury: Jury, user: User) -> QuerySet[InterestDeclaration]:
    """Those that were found to be no obstacle, and what was concluded; not of what the person stays out of."""
    found = InterestDeclaration.objects.filter(seat__jury=jury, examined_at__isnull=False)
    mine = Recusal.objects.filter(seat__user=user).values("candidacy")
    return (
        found.exclude(candidacy__in=mine)
        .select_related("seat__user", "candidacy__organisation", "examined_by")
        .order_by("-examined_at")
    )


@dataclass(frozen=True)
class KeptOut:
    """A recusal, with its reason unless the reader stays out of that candidacy too."""

    recusal: Recusal
    reason: str


def recusals(jury: Jury, user: User) -> list[KeptOut]:
    """Who stays out of what, the last first: two queries."""
    mine = set(Recusal.objects.filter(seat__user=user).values_list("candidacy", flat=True))
    rows = Recusal.objects.filter(seat__jury=jury).select_related("seat__user", "candidacy__organisation", "decided_by")
    return [KeptOut(row, "" if row.candidacy_id in mine else row.reason) for row in rows.order_by("-recused_at", "-pk")]
