"""Between which structures the portal carries messages, and how many a day."""

from datetime import timedelta

from applications.models import Candidacy

DAY = timedelta(days=1)
# Of one candidacy in a day, in all and to the same structure: enough to answer, too few to pester.
MOST, MOST_TO_ONE = 10, 3
LONGEST = 2000  # signs


def most_territories(candidacy: Candidacy) -> int:
    """In how many territories a structure may make itself known: those of one hub, not a way to browse the country."""
    return max(candidacy.call.territories_max, 1)
