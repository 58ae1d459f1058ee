"""What the law makes of an administration that says nothing."""

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

_PARIS = ZoneInfo("Europe/Paris")


def implied_rejection_on(received_at: datetime) -> date:
    """The day a request for money is deemed rejected: two months after its receipt, from date to date, in Paris.

    Code des relations entre le public et l’administration, article L231-4, 3°; where the second month has no such day,
    its last. An incomplete dossier suspends it (L114-5): the receipt says « sous réserve que le dossier soit complet ».
    """
    day = received_at.astimezone(_PARIS).date()
    year, month = day.year + (day.month + 1) // 12, (day.month + 1) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
