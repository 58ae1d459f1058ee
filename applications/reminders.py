"""Letters that time sends, computed from rows: a reminder is due, or was missed, whatever the scheduler did."""

from datetime import datetime, timedelta

from applications import letters
from applications.content import dossier_content
from applications.enums import CandidacyState
from applications.models import Call, Candidacy
from applications.rules.completeness import Expectations, blocking, missing

# How long before the closing time each reminder to drafts leaves.
STEPS = (
    ("J-7", timedelta(days=7)),
    ("J-2", timedelta(days=2)),
    ("J-1", timedelta(days=1)),
    ("H-3", timedelta(hours=3)),
)


def due_step(call: Call, at: datetime) -> tuple[str, datetime] | None:
    """The latest reminder due at this instant and when it fell due; `None` before the first and from the closing on."""
    if at >= call.closes_at:
        return None
    due = [(name, call.closes_at - before) for name, before in STEPS if call.closes_at - before <= at]
    return due[-1] if due else None


def remind_drafts(*, at: datetime) -> int:
    """Write the reminders due now to dossiers not submitted; one that already left is not written again."""
    written = 0
    for call in Call.objects.open(at).order_by("pk"):
        step = due_step(call, at)
        if step:
            written += _remind(call, *step, at=at)
    return written


def _remind(call: Call, step: str, fell_due: datetime, *, at: datetime) -> int:
    occurrence = f"{step} {call.closes_at:%Y%m%dT%H%M%S}"
    drafts = Candidacy.objects.filter(
        call=call, state__in=[CandidacyState.SIGNALLED, CandidacyState.DRAFTING], signalled_at__lt=fell_due
    ).exclude(letters__letter__kind="draft_reminder", letters__letter__occurrence=occurrence)
    found = list(drafts.select_related("call", "organisation", "dossier").order_by("pk"))
    for candidacy in found:
        expected = Expectations.of(call, candidacy.organisation.legal_form, at.date())
        content = dossier_content(candidacy.dossier)
        letters.draft_reminder(candidacy, step=step, items=blocking(missing(expected, content)), at=at)
    return len(found)
