"""The evening's digest: one letter a day, at 19:00 in Paris, to each member of the team it has something to say to.

Computed from rows: a scheduler that was dead at seven writes it when it comes back the same evening; past midnight the
evening is over, and the next one tells the two days together.
"""

from datetime import date, datetime, time, timedelta

from django.utils import translation

from applications import internal_letters
from applications.enums import CallState
from applications.models import Call, EveningRun
from applications.selectors.evening import Evening, news, untold_to, waiting_for
from hubs_portal.letters import timed
from hubs_portal.letters.timed import Source
from hubs_portal.templatetags.french import PARIS

HOUR = time(19)
_LIVING = (CallState.PUBLISHED, CallState.CLOSED)


def evening_of(day: date) -> datetime:
    """Seven in the evening of that day, in Paris."""
    return datetime.combine(day, HOUR, tzinfo=PARIS)


def write_digests(*, at: datetime) -> int:
    """Write what is due this evening, once for each call between its opening and its results; returns the letters."""
    return timed.write_due_of(DIGESTS, at=at)


def _calls(at: datetime) -> list[int]:
    """The calls whose evening has come and is not told."""
    today = at.astimezone(PARIS).date()
    if at < evening_of(today):
        return []
    done = EveningRun.objects.filter(on=today).values("call")
    living = Call.objects.filter(state__in=_LIVING, opens_at__lte=at).exclude(pk__in=done)
    return list(living.order_by("pk").values_list("pk", flat=True))


def _write(call_id: int, at: datetime) -> int:
    call, today = Call.objects.get(pk=call_id), at.astimezone(PARIS).date()
    former = EveningRun.objects.filter(call=call, on__lt=today).order_by("-on").first()
    _run, is_mine = EveningRun.objects.get_or_create(call=call, on=today, defaults={"run_at": at})
    if not is_mine:
        return 0
    since = evening_of(former.on) if former else evening_of(today - timedelta(days=1))
    said = news(call, since=since, until=evening_of(today))
    written = 0
    for member in call.team.filter(user__is_active=True).select_related("user").order_by("pk"):
        with translation.override(member.user.language):
            evening = Evening(said, untold_to(member, at), waiting_for(member, call, at))
        if evening.has_something_to_say:
            internal_letters.evening_digest(member.user, call, on=today, says=evening, at=at)
            written += 1
    return written


DIGESTS = Source("evening digests", _calls, _write)
