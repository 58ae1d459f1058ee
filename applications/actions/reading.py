"""Reading what was submitted is an act: the candidate may ask who did, and when."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from applications.actions.steps import lock_candidacy, record
from applications.models import CandidacyLine, CompletionItem, Replacement, Submission, SubmissionFile
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor

# One line an hour and a person: turning pages is one reading.
SAME_READING = timedelta(hours=1)


@locks.retried
def record_reading(submission: Submission, *, by: User, at: datetime) -> None:
    """Write that this person reads this version, unless they were already reading it."""
    _write_once("read", submission.candidacy_id, by=by, at=at, version=submission.version)


@locks.retried
def record_file_reading(file: SubmissionFile, *, by: User, at: datetime) -> None:
    """Write that this person opens this file of a version, unless they just did."""
    version = file.submission.version
    _write_once("read_file", file.submission.candidacy_id, by=by, at=at, version=version, file=file.name)


@locks.retried
def record_archive_reading(submission: Submission, *, by: User, at: datetime) -> None:
    """Write that this person takes the whole of this version away, unless they just did."""
    _write_once("read_archive", submission.candidacy_id, by=by, at=at, version=submission.version)


@locks.retried
def record_completion_reading(item: CompletionItem, *, by: User, at: datetime) -> None:
    """Write that this person opens a document received after the closing, unless they just did."""
    _write_once("read_completion", item.request.candidacy_id, by=by, at=at, request=item.request_id, file=item.name)


@locks.retried
def record_replacement_reading(replacement: Replacement, *, by: User, at: datetime) -> None:
    """Write that this person opens a file sent in the place of an unreadable one, unless they just did."""
    _write_once("read_replacement", replacement.candidacy_id, by=by, at=at, file=replacement.name)


def _write_once(act: str, candidacy_id: int, *, by: User, at: datetime, **details: Any) -> None:
    said = {f"details__{name}": value for name, value in details.items()}
    recent = CandidacyLine.objects.filter(
        subject=candidacy_id, act=act, actor=by, at__gt=at - SAME_READING, at__lte=at, **said
    )
    if recent.exists():
        return
    with transaction.atomic():
        candidacy = lock_candidacy(candidacy_id)
        if not recent.all().exists():
            record(act, candidacy, by=Actor.person(by), at=at, **details)
