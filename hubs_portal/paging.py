"""Pages of a list too long to be counted."""

from functools import cached_property

from django.core.paginator import Paginator


class CappedPaginator(Paginator):  # type: ignore[type-arg] # its rows are of any kind
    """Counts no further than so many rows: nobody turns more pages than that, they filter."""

    CAP = 2_000

    @cached_property
    def _reach(self) -> int:
        rows = self.object_list
        return rows.order_by()[: self.CAP + 1].count()  # type: ignore[union-attr] # always a query set

    @cached_property
    def count(self) -> int:
        """Rows that can be reached by turning pages."""
        return min(self._reach, self.CAP)

    @property
    def is_capped(self) -> bool:
        """Whether there are more."""
        return self._reach > self.CAP
