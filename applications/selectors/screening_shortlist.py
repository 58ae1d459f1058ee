"""The assessed candidacies of a call, the best first: among them are chosen those the jury hears."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from applications.content import Content
from applications.enums import CandidacyState
from applications.models import Assessment, Call, Candidacy, Submission
from applications.rules import money
from applications.selectors.screening_grid import Grid, marked
from hubs_portal.accounts.models import User


@dataclass(frozen=True)
class Ranked:
    """A candidacy, its place and what one chooses by."""

    rank: int
    candidacy: Candidacy
    grid: Grid
    territories: list[str]
    requested: Decimal

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return self.candidacy.state == CandidacyState.ASSESSED


@dataclass(frozen=True)
class Shortlist:
    """The whole ranking."""

    rows: list[Ranked]

    @property
    def open(self) -> int:
        """How many are to be decided."""
        return sum(row.is_open for row in self.rows)

    @property
    def kept_out(self) -> int:
        """How many the jury does not hear."""
        return sum(row.candidacy.state == CandidacyState.NOT_SHORTLISTED for row in self.rows)

    @property
    def chosen(self) -> int:
        """How many the jury hears, or has heard."""
        return len(self.rows) - self.open - self.kept_out


def shortlist(call: Call, user: User, at: datetime) -> Shortlist:
    """The ranking by total, equals sharing their place: four queries whatever their number."""
    found = (
        Assessment.objects.filter(candidacy__call=call)
        .select_related("candidacy__organisation", "assessed_by")
        .prefetch_related("scores__criterion")
    )
    grids = [Grid(assessment, marked(assessment.scores.all())) for assessment in found]
    grids.sort(key=lambda each: (-each.total, each.assessment.candidacy.number))
    said = _contents(call, user, at)
    rows, place = [], 1
    for position, each in enumerate(grids):
        if position and each.total != grids[position - 1].total:
            place = position + 1
        rows.append(_row(place, each, said.get(each.assessment.candidacy_id)))
    return Shortlist(rows)


def _row(rank: int, grid: Grid, content: Content | None) -> Ranked:
    return Ranked(
        rank=rank,
        candidacy=grid.assessment.candidacy,
        grid=grid,
        territories=[f"{each['name']} ({each['code']})" for each in content["territories"]] if content else [],
        requested=money.balance(content).requested if content else Decimal(0),
    )


def _contents(call: Call, user: User, at: datetime) -> dict[int, Content]:
    mine = Submission.objects.visible_to(user, at).filter(candidacy__call=call)
    return {submission.candidacy_id: submission.says for submission in mine.latest_of_each()}
