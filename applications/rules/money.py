"""The sums of a dossier, in euros, as `Decimal`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from applications.content import Content
from applications.enums import FunderKind
from applications.models import Call

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Balance:
    """What a budget and its funding plan add up to."""

    cost: Decimal
    resources: Decimal
    requested: Decimal

    @property
    def gap(self) -> Decimal:
        """Resources minus costs: zero when the plan is balanced, negative when money is missing."""
        return self.resources - self.cost

    @property
    def rate(self) -> Decimal | None:
        """The share of the cost asked of this call, between 0 and 1; unknown while there is no expense."""
        return (self.requested / self.cost).quantize(Decimal("0.001"), ROUND_HALF_UP) if self.cost else None

    @property
    def is_balanced(self) -> bool:
        """Whether there are expenses, and exactly as many resources."""
        return self.cost > 0 and self.gap == 0


def _total(lines: Iterable[Mapping[str, Any]]) -> Decimal:
    return sum((Decimal(line["amount"]) for line in lines), Decimal(0)).quantize(_CENT)


def balance(content: Content) -> Balance:
    """The sums of a dossier's content."""
    resources = content["resources"]
    return Balance(
        cost=_total(content["expenses"]),
        resources=_total(resources),
        requested=_total(line for line in resources if line.get("kind") == FunderKind.REQUESTED),
    )


def exceeds_ceiling(call: Call, sums: Balance) -> bool:
    """Whether more is asked than the call's ceiling: a warning, never a refusal."""
    return call.grant_ceiling is not None and sums.requested > call.grant_ceiling


def exceeds_rate(call: Call, sums: Balance) -> bool:
    """Whether a larger share is asked than the call's rate: a warning, never a refusal."""
    return call.grant_rate_ceiling is not None and sums.rate is not None and sums.rate > call.grant_rate_ceiling
