"""What a candidacy is worth against the published criteria: mark by mark, and out of 100."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from applications.models import Assessment, AssessmentScore, Candidacy, Criterion
from applications.rules import grid


@dataclass(frozen=True)
class Marked:
    """A criterion and its mark."""

    criterion: Criterion
    mark: Decimal

    @property
    def points(self) -> Decimal:
        """What it brings to the total."""
        return grid.total({self.criterion: self.mark})

    @property
    def is_below(self) -> bool:
        """Whether it is under the threshold the call published."""
        return self.criterion.threshold is not None and self.mark < self.criterion.threshold


@dataclass(frozen=True)
class Grid:
    """The marks of an assessment, in the order of the grid."""

    assessment: Assessment
    marks: list[Marked]

    @property
    def total(self) -> Decimal:
        """Out of 100."""
        return grid.total({marked.criterion: marked.mark for marked in self.marks})

    @property
    def below(self) -> list[Marked]:
        """The criteria under their threshold, with their mark."""
        return [marked for marked in self.marks if marked.is_below]


def grid_of(candidacy: Candidacy) -> Grid | None:
    """The assessment of a candidacy, if there is one: one query."""
    found = AssessmentScore.objects.filter(assessment__candidacy=candidacy)
    scores = list(found.select_related("assessment__assessed_by", "criterion"))
    return Grid(scores[0].assessment, marked(scores)) if scores else None


def marked(scores: Iterable[AssessmentScore]) -> list[Marked]:
    """The marks, read with their criteria, in the order of the grid."""
    given = [Marked(score.criterion, score.value) for score in scores]
    return sorted(given, key=lambda each: (each.criterion.position, each.criterion.pk))
