"""How any candidacy, or any call, takes any step: locked, checked against the table, moved, written down."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.enums import CallState, CandidacyState
from applications.models import Call, CallLine, Candidacy, CandidacyLine
from applications.workflow import CALL, CANDIDACY
from hubs_portal import journal
from hubs_portal.actors import Actor


def lock_candidacy(pk: int) -> Candidacy:
    """The candidacy, its row locked until the end of the transaction; its call and structure are not locked.

    Locked first and read next: PostgreSQL gives a statement that waited for a lock the row as it is now, and the rows
    joined to it as they were before the wait: a dossier of a former revision, a call not yet frozen.
    """
    Candidacy.objects.select_for_update().only("pk").get(pk=pk)
    return Candidacy.objects.select_related("call", "organisation", "dossier").get(pk=pk)


def lock_call(pk: int) -> Call:
    """The call, its row locked until the end of the transaction.

    Rows that point at it may still be written meanwhile (`no_key`): an alert about a late attempt, or a candidacy
    signalled, does not wait for an officer's pen.
    """
    return Call.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


@contextmanager
def taking_step(
    step: str,
    candidacy: Candidacy,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> Iterator[Candidacy]:
    """Yield the candidacy, locked and already moved; save it and write its journal line on the way out.

    Raises `StepRefused` when the table does not let the step follow the present state. Letters are the caller's part.
    """
    with transaction.atomic():
        locked = lock_candidacy(candidacy.pk)
        row = CANDIDACY.step(step, CandidacyState(locked.state))
        before, locked.state = locked.state, row.target
        if row.notified_by:
            locked.notified_state = row.target
        yield locked
        locked.save(update_fields=["state", "notified_state"])
        told = {"from": before, "to": row.target.value, **(details or {})}
        journal.write(CandidacyLine, act=step, by=by, at=at, note=note, details=told, subject=locked)


@contextmanager
def moving_call(
    step: str, call: Call, *, by: Actor, at: datetime, note: str = "", details: Mapping[str, Any] | None = None
) -> Iterator[Call]:
    """The same for a call; everything the caller changes on the yielded row is saved."""
    with transaction.atomic():
        locked = lock_call(call.pk)
        row = CALL.step(step, CallState(locked.state))
        before, locked.state = locked.state, row.target
        yield locked
        locked.save()
        told = {"from": before, "to": row.target.value, **(details or {})}
        journal.write(CallLine, act=step, by=by, at=at, note=note, details=told, subject=locked)


def record(act: str, candidacy: Candidacy, *, by: Actor, at: datetime, note: str = "", **details: Any) -> None:
    """Write a line about a candidacy whose state does not change. The caller holds its lock."""
    journal.write(CandidacyLine, act=act, by=by, at=at, note=note, details=details, subject=candidacy)


def record_on_call(act: str, call: Call, *, by: Actor, at: datetime, note: str = "", **details: Any) -> None:
    """Write a line about a call whose state does not change. The caller holds its lock."""
    journal.write(CallLine, act=act, by=by, at=at, note=note, details=details, subject=call)
