"""Remind the managers of a call that its grants are to be published as open data, until somebody says they are."""

from datetime import datetime

from django.db import transaction

from applications import internal_letters
from applications.actions.steps import lock_call
from applications.enums import Outcome
from applications.models import CallLetter, OpenDataNotice, Publication
from applications.rules.open_data import due_on, due_step


def remind_open_data(*, at: datetime) -> int:
    """Write the reminders due now; returns for how many calls. A step that already left is not written again."""
    waiting = Publication.objects.filter(
        released_at__isnull=False,
        released_at__lte=at,
        call__open_data__isnull=True,
        call__candidacies__award__outcome=Outcome.AWARDED,
    )
    return sum(_remind(publication, at=at) for publication in waiting.distinct().order_by("pk"))


def _remind(publication: Publication, *, at: datetime) -> bool:
    assert publication.released_at
    step = due_step(publication.released_at, at)
    written = CallLetter.objects.filter(call=publication.call_id, letter__kind="open_data_due", letter__occurrence=step)
    if not step or written.exists():
        return False
    with transaction.atomic():
        call = lock_call(publication.call_id)  # two schedulers take turns, and the second finds it done
        if written.exists() or OpenDataNotice.objects.filter(call=call).exists():
            return False
        internal_letters.open_data_due(
            call, step=step, released_at=publication.released_at, due_on=due_on(publication.released_at), at=at
        )
    return True
