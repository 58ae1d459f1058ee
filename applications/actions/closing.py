"""Freeze a call after its closing time, then bring each candidacy to its next state, a few at a time.

The deadline itself needs none of this: submissions are judged by their arrival alone (rules/deadline.py).
"""

import hashlib
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef

from applications import letters
from applications.actions.safety_net import cast
from applications.actions.steps import lock_call, lock_candidacy, moving_call, taking_step
from applications.actions.submission import CLOSING
from applications.enums import CallState, CandidacyState
from applications.models import Call, Candidacy, ClosingList, Submission
from applications.rules.deadline import FREEZE_DELAY
from applications.selectors.safety_net import why_held
from hubs_portal import locks
from hubs_portal.actors import Actor
from hubs_portal.journal import canonical

CLOSER = Actor.machine("clôture automatique")
_UNSETTLED = (CandidacyState.SIGNALLED, CandidacyState.DRAFTING, CandidacyState.SUBMITTED)


@locks.retried
def close_call(call: Call, *, at: datetime, by: Actor = CLOSER) -> bool:
    """Freeze the call if its time has come and nobody has done so; returns whether this call of the function did it.

    Runs no earlier than a minute after `closes_at`, and waits for every submit in flight. Two schedulers, none, or one
    killed half-way come to the same: the safety net is cast and the list of submissions written, with its fingerprint,
    once and together.
    """
    with transaction.atomic():
        locked = lock_call(call.pk)
        if locked.state != CallState.PUBLISHED or at < locked.closes_at + FREEZE_DELAY:
            return False
        locks.exclude(CLOSING, call.pk)
        cast(locked, by=by, at=at)
        text = _list_of(locked)
        digest = hashlib.sha256(text.encode()).hexdigest()
        with moving_call("close", locked, by=by, at=at, details={"list": digest}) as closed:
            closed.frozen_at = at
            ClosingList.objects.create(
                call=closed,
                occurrence=closed.closing_lists.count() + 1,
                frozen_at=at,
                content=text,
                digest=digest,
            )
    return True


def _list_of(call: Call) -> str:
    counted = Submission.objects.latest_of_each().filter(
        candidacy__call=call, candidacy__state=CandidacyState.SUBMITTED
    )
    return canonical(
        [
            {
                "number": submission.candidacy.number,
                "version": submission.version,
                "arrived_at": submission.arrived_at.isoformat(),
                "digest": submission.digest,
                "receipt": submission.receipt.number,
            }
            for submission in counted.select_related("candidacy", "receipt").order_by("candidacy__number")
        ]
    ).decode()


def settle_candidacies(call: Call, *, at: datetime, by: Actor = CLOSER, limit: int | None = None) -> int:
    """After the freeze, take up to `limit` candidacies to « à examiner » or « non déposée »; returns how many moved.

    Each is a transaction of its own with its letter, so a worker killed half-way has finished what it counted.
    """
    waiting = Candidacy.objects.filter(call=call, call__frozen_at__isnull=False, state__in=_UNSETTLED).order_by("pk")
    return sum(_settle(pk, at=at, by=by) for pk in list(waiting.values_list("pk", flat=True)[:limit]))


@locks.retried
def _settle(pk: int, *, at: datetime, by: Actor) -> bool:
    with transaction.atomic():
        candidacy = lock_candidacy(pk)
        if candidacy.state not in _UNSETTLED:
            return False
        if candidacy.state == CandidacyState.SUBMITTED:
            with taking_step("freeze", candidacy, by=by, at=at):
                pass
        else:
            with taking_step("lapse", candidacy, by=by, at=at) as lapsed:
                letters.not_submitted(lapsed, held=partial(why_held, lapsed, at), at=at)
        return True


def close_due_calls(*, at: datetime) -> None:
    """Close every call whose time has come and settle what is left: for the scheduler, the sweep, a command."""
    for call in Call.objects.filter(state=CallState.PUBLISHED, closes_at__lte=at - FREEZE_DELAY).order_by("pk"):
        close_call(call, at=at)
    unsettled = Candidacy.objects.filter(call=OuterRef("pk"), state__in=_UNSETTLED)
    for call in Call.objects.filter(Exists(unsettled), frozen_at__isnull=False).order_by("pk"):
        settle_candidacies(call, at=at)
