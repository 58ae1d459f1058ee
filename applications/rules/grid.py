"""The arithmetic of the grid: total out of 100 = Σ (weight × mark / 5), in `Decimal`, rounded for display only."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from applications.models import Criterion
from hubs_portal.refusals import Refusal

HIGHEST = Decimal(5)
_HALF = Decimal("0.5")


def total(marks: Mapping[Criterion, Decimal]) -> Decimal:
    """The total out of 100 of a complete set of marks."""
    return sum((criterion.weight * value / HIGHEST for criterion, value in marks.items()), Decimal(0))


def is_a_mark(value: Decimal) -> bool:
    """Whether `value` is between 0 and 5, in half points."""
    return 0 <= value <= HIGHEST and value % _HALF == 0


def refuse_unmarked(criteria: Sequence[Criterion], marks: Mapping[Criterion, Decimal]) -> None:
    """Raise, naming them, when criteria have no mark or one that is not on the scale."""
    wrong = [c.label for c in criteria if c not in marks or not is_a_mark(marks[c])]
    if wrong:
        raise Refusal(_("Notez de 0 à 5, par demi-points, chacun de ces critères."), code="unmarked", items=wrong)
