"""Reading what was submitted is an act: the candidate may ask who did, and when."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from applications.actions.steps import lock_candidacy, record
from applications.models import CandidacyLine, Submission, SubmissionFile
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor

# One line an hour and a person: turning pages is one reading.
SAME_READING = timedelta(hours=1)


@locks.retried
def record_reading(submission: Submission, *, by: User, at: datetime) -> None:
    """Write that this person reads this version, unless they were already reading it."""
    _write_once("read", submission, by=by, at=at, version=submission.version)


@locks.retried
def record_file_reading(file: SubmissionFile, *, by: User, at: datetime) -> None:
    """Write that this person opens this file of a version, unless they just did."""
    _write_once("read_file", file.submission, by=by, at=at, version=file.submission.version, file=file.name)


def _write_once(act: str, submission: Submission, *, by: User, at: datetime, **details: Any) -> None:
    said = {f"details__{name}": value for name, value in details.items()}
    recent = CandidacyLine.objects.filter(
        subject=submission.candidacy_id, act=act, actor=by, at__gt=at - SAME_READING, at__lte=at, **said
    )
    if recent.exists():
        return
    with transaction.atomic():
        candidacy = lock_candidacy(submission.candidacy_id)
        if not recent.all().exists():
            record(act, candidacy, by=Actor.person(by), at=at, **details)
