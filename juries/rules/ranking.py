"""The arithmetic of a ranking: exact `Decimal`s, rounded for display only, computed each time it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from applications.models import Candidacy, Criterion
from applications.rules.grid import total

# The marks of one juror, and the gap from which two jurors should talk (points of the scale of 5).
Marks = Mapping[Criterion, Decimal]
DISCUSS_FROM = Decimal(2)
_CENT = Decimal("0.01")
# The criteria that part two equal totals, in this order, in a grid numbered C1, C2…; otherwise the order of the grid.
_TIE_BREAKERS = ("c2", "c4", "c6")


def displayed(value: Decimal) -> Decimal:
    """The same figure as people read it: two digits, halves rounded up."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def mean(values: Sequence[Decimal]) -> Decimal:
    """The mean of at least one figure: a juror who abstains lowers nobody."""
    return sum(values, Decimal(0)) / len(values)


def tie_breakers(criteria: Sequence[Criterion]) -> list[Criterion]:
    """The criteria compared when totals are equal, the first deciding first."""
    named = {criterion.code.lower().replace("-", "_").partition("_")[0]: criterion for criterion in criteria}
    found = [named[code] for code in _TIE_BREAKERS if code in named]
    return found or list(criteria)


@dataclass(frozen=True)
class Standing:
    """Where a candidacy stands. `score` is out of 100, unrounded; `None` while nobody has scored."""

    candidacy: Candidacy
    voters: int
    score: Decimal | None
    means: dict[Criterion, Decimal] = field(default_factory=dict)
    spreads: dict[Criterion, Decimal] = field(default_factory=dict)
    territories: tuple[str, ...] = ()
    requested: Decimal = Decimal(0)
    quorum: int = 1
    rank: int | None = None

    @property
    def shown(self) -> Decimal | None:
        """The score as people read it."""
        return None if self.score is None else displayed(self.score)

    @property
    def has_quorum(self) -> bool:
        """Whether enough jurors voted."""
        return self.voters >= self.quorum

    @property
    def to_discuss(self) -> list[Criterion]:
        """The criteria on which two jurors are two points apart or more."""
        return [criterion for criterion, spread in self.spreads.items() if spread >= DISCUSS_FROM]

    @property
    def below_threshold(self) -> list[Criterion]:
        """The criteria whose mean is under the threshold the call published."""
        return [c for c, value in self.means.items() if c.threshold is not None and value < c.threshold]


def standing(
    candidacy: Candidacy,
    sheets: Sequence[Marks],
    *,
    territories: tuple[str, ...] = (),
    requested: Decimal = Decimal(0),
    quorum: int = 1,
) -> Standing:
    """The standing of a candidacy from the complete sheets of its voters, not ranked yet."""
    if not sheets:
        return Standing(candidacy, 0, None, territories=territories, requested=requested, quorum=quorum)
    marks = {criterion: [sheet[criterion] for sheet in sheets] for criterion in sheets[0]}
    return Standing(
        candidacy,
        voters=len(sheets),
        score=mean([total(sheet) for sheet in sheets]),
        means={criterion: mean(values) for criterion, values in marks.items()},
        spreads={criterion: max(values) - min(values) for criterion, values in marks.items()},
        territories=territories,
        requested=requested,
        quorum=quorum,
    )


def ranked(standings: Sequence[Standing], criteria: Sequence[Criterion]) -> list[Standing]:
    """The best first: score, then the criteria that part ties, then territories covered; equals share a rank.

    Those nobody has scored come last, by number, without a rank.
    """
    deciding = tie_breakers(criteria)

    def merit(row: Standing) -> tuple[Decimal | int, ...]:
        parted = [row.means.get(criterion, Decimal(0)) for criterion in deciding]
        return (row.score or Decimal(0), *parted, len(row.territories))

    scored = [row for row in standings if row.score is not None]
    scored.sort(key=lambda row: row.candidacy.number)
    scored.sort(key=merit, reverse=True)
    placed: list[Standing] = []
    for place, row in enumerate(scored, start=1):
        equal = placed and merit(placed[-1]) == merit(row)
        placed.append(replace(row, rank=placed[-1].rank if equal else place))
    silent = sorted((row for row in standings if row.score is None), key=lambda row: row.candidacy.number)
    return placed + silent
