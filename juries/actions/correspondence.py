"""Who asked for a juror's letter to be sent again, or told it by telephone: the journal of the jury says so."""

from functools import partial
from typing import Any

from applications.actions.correspondence import Write
from juries.actions.steps import lock_jury, record
from juries.models import Jury, JuryLetter


def journal_of(link: JuryLetter) -> Write:
    """Lock the jury, and answer with what writes in its journal."""
    return partial(_write, lock_jury(link.jury_id))


def _write(jury: Jury, act: str, **said: Any) -> None:
    record(act, jury, **said)
