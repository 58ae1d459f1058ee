"""When a partner may be asked for its letter of commitment, and by when it is advised to give it."""

from datetime import date, datetime, timedelta

from applications.models import Call
from hubs_portal.templatetags.french import PARIS

AGAIN_AFTER = timedelta(days=1)
# Of one dossier in a day: a consortium is large, a mailing is not a consortium.
MOST = 30


def advised_on(call: Call, at: datetime) -> date:
    """Three days before the closing; the day before it when those are gone; the day itself at the very end."""
    closing, today = call.closes_at.astimezone(PARIS).date(), at.astimezone(PARIS).date()
    return next(day for day in (closing - timedelta(days=n) for n in (3, 1, 0)) if day > today or day == closing)
