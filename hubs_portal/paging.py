"""Pages of a list too long to be counted."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet


def counted(rows: QuerySet[Any], cap: int) -> tuple[int, bool]:
    """How many rows, up to the cap, and whether there are more: never the time it takes to count a hundred thousand."""
    found = rows.order_by()[: cap + 1].count()
    return min(found, cap), found > cap


class CappedPaginator(Paginator):  # type: ignore[type-arg] # its rows are of any kind
    """Counts no further than so many rows: nobody turns more pages than that, they filter."""

    CAP = 1_000

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        return counted(self.object_list, self.CAP)  # type: ignore[arg-type] # always a query set

    @cached_property
    def count(self) -> int:
        """Rows that can be reached by turning pages."""
        return self._counted[0]

    @property
    def is_capped(self) -> bool:
        """Whether there are more."""
        return self._counted[1]
