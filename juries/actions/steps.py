"""What every act of the jury phase does: lock the jury, check the table, write it down."""

from datetime import datetime
from typing import Any

from hubs_portal import journal
from hubs_portal.actors import Actor
from juries.models import Deliberation, Hearing, Jury, JuryLine, ScoreSheet


def lock_jury(pk: int) -> Jury:
    """The jury, its row locked until the end of the transaction: its acts follow one another.

    Locked first and read next, as `applications.actions.steps.lock_candidacy` explains.
    """
    Jury.objects.select_for_update().only("pk").get(pk=pk)
    return Jury.objects.select_related("call").get(pk=pk)


def lock_hearing(pk: int) -> Hearing:
    """The hearing, its row locked. The caller holds the jury's lock."""
    rows = Hearing.objects.select_for_update(of=("self",))
    return rows.select_related("slot", "panel", "candidacy__call", "candidacy__organisation").get(pk=pk)


def lock_sheet_row(pk: int) -> ScoreSheet:
    """The sheet, its row locked until the end of the transaction."""
    ScoreSheet.objects.select_for_update().only("pk").get(pk=pk)
    return ScoreSheet.objects.select_related("seat__user", "candidacy__call").get(pk=pk)


def lock_deliberation(pk: int) -> Deliberation:
    """The deliberation, its row locked. The caller holds the jury's lock."""
    return Deliberation.objects.select_for_update(of=("self",)).select_related("jury__call").get(pk=pk)


def record(act: str, jury: Jury, *, by: Actor, at: datetime, note: str = "", **details: Any) -> None:
    """Write a line in the journal of the jury. The caller holds its lock."""
    journal.write(JuryLine, act=act, by=by, at=at, note=note, details=details, subject=jury)
