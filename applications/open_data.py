"""Remind the managers of a call that its grants are to be published as open data, until somebody says they are."""

from datetime import datetime

from django.db.models import QuerySet

from applications import internal_letters
from applications.actions.steps import lock_call
from applications.enums import Outcome
from applications.models import CallLetter, Publication
from applications.rules.open_data import due_on, due_step
from hubs_portal.letters import timed
from hubs_portal.letters.timed import Source


def remind_open_data(*, at: datetime) -> int:
    """Write the reminders due now; returns for how many calls. A step that already left is not written again."""
    return timed.write_due_of(OPEN_DATA, at=at)


def _waiting(at: datetime) -> QuerySet[Publication]:
    """The results released, with grants, whose open data nobody has said to be published."""
    return Publication.objects.filter(
        released_at__isnull=False,
        released_at__lte=at,
        call__open_data__isnull=True,
        call__candidacies__award__outcome=Outcome.AWARDED,
    ).distinct()


def _calls(at: datetime) -> list[int]:
    return [publication.call_id for publication in _waiting(at).order_by("pk") if _step(publication, at)]


def _step(publication: Publication, at: datetime) -> str:
    """The reminder due now and not written; nothing otherwise."""
    assert publication.released_at
    step = due_step(publication.released_at, at)
    written = CallLetter.objects.filter(call=publication.call_id, letter__kind="open_data_due", letter__occurrence=step)
    return "" if not step or written.exists() else step


def _remind(call_id: int, at: datetime) -> int:
    call = lock_call(call_id)
    publication = _waiting(at).filter(call=call).first()
    step = _step(publication, at) if publication else ""
    if publication is None or publication.released_at is None or not step:
        return 0
    due = due_on(publication.released_at)
    internal_letters.open_data_due(call, step=step, released_at=publication.released_at, due_on=due, at=at)
    return 1


OPEN_DATA = Source("open data", _calls, _remind)
