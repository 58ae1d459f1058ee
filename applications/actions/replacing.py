"""Ask for another file in the place of one that nobody can read, once submitted, and receive it beside the first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from applications import letters
from applications.actions.documents import received
from applications.actions.membership import still
from applications.actions.steps import lock_candidacy, record
from applications.enums import DocumentState, Rights
from applications.models import Candidacy, CompletionItem, CompletionRequest, Document, Member, Replacement, Submission
from applications.models.screening import Awaited
from applications.rules.examination import time_to_replace, was_told_to_complete
from applications.rules.replacing import is_examined, refuse_unless_wanted
from hubs_portal import scanning
from hubs_portal.actors import Actor
from hubs_portal.files import StoredFile, safe_name
from hubs_portal.jobs import queue

READER = Actor.machine("vérification des fichiers")


def want_replacement(document: Document, candidacy: Candidacy, *, at: datetime) -> None:
    """Ask for another file when the version that counts holds this one; the caller holds the candidacy's lock.

    Once for each file, however often it is found bad or was joined. It un-submits nothing and stops nothing.
    """
    version = candidacy.submissions.order_by("-version").first()
    if version is None or not is_examined(candidacy) or not _holds(version, document):
        return
    same = candidacy.replacements.filter(
        document__stored=document.stored_id, document__requirement=document.requirement
    )
    if same.filter(settled_by__isnull=True).exists():
        return
    replacement, opened = Replacement.objects.get_or_create(
        document=document, defaults={"candidacy": candidacy, "submission": version, "opened_at": at}
    )
    if opened:
        told: dict[str, Any] = {
            "requirement": document.requirement.code,
            "name": document.name,
            "version": version.version,
        }
        record("want_replacement", candidacy, by=READER, at=at, **told)
        letters.submitted_file_to_replace(replacement, at=at)


def _holds(version: Submission, document: Document) -> bool:
    code = document.requirement.code
    return version.files.filter(stored=document.stored_id, requirement_code=code).exists()


def settle_replacements(submission: Submission) -> None:
    """Close what is asked of files the new version no longer holds; the caller holds the candidacy's lock."""
    held = set(submission.files.values_list("stored", "requirement_code"))
    open_ones = Replacement.objects.filter(candidacy=submission.candidacy_id, settled_by__isnull=True)
    for replacement in open_ones.select_related("document__requirement"):
        document = replacement.document
        if (document.stored_id, document.requirement.code) not in held:
            replacement.settled_by = submission
            replacement.save(update_fields=["settled_by"])


def replace_file(
    member: Member,
    replacement: Replacement,
    file: File[bytes],
    *,
    name: str,
    at: datetime,
    declared_digest: str = "",
    declared_size: int | None = None,
) -> Replacement:
    """Receive, and acknowledge, the file that takes the place of one nobody can read; a job finds out if it opens.

    Raises `Refusal` while the draft still takes it, once a readable one came, once the end was told, and when the file
    is not what is asked. Nothing of what was submitted changes.
    """
    refuse_unless_wanted(replacement, replacement.candidacy, at)  # before anything is kept
    stored = received(
        replacement.requirement, file, name=name, declared_digest=declared_digest, declared_size=declared_size
    )
    return take_replacement(member, replacement, stored, name=name, at=at)


def take_replacement(
    member: Member, replacement: Replacement, stored: StoredFile, *, name: str, at: datetime
) -> Replacement:
    """The same of a file that is kept already; looks again at rights and hour."""
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.EDIT)
        mine = candidacy.replacements.select_for_update(of=("self",)).select_related("document__requirement")
        replacement = mine.get(pk=replacement.pk)
        refuse_unless_wanted(replacement, candidacy, at)
        take_in(replacement, stored, name=name, by=author, at=at)
        told = {"requirement": replacement.requirement.code, "name": replacement.name, "sha256": stored.digest}
        record("replace_file", candidacy, by=author.actor, at=at, **told)
        letters.replacement_received(replacement, at=at)
    return replacement


def take_in(row: Awaited, stored: StoredFile, *, name: str, by: Member, at: datetime) -> None:
    """Write that a file came for this row, and have it looked into; the caller holds the candidacy's lock."""
    row.stored, row.name, row.received_at, row.received_from = stored, safe_name(name), at, by.actor.label
    row.state, row.verdict, row.pages = DocumentState.STORED, "", None
    row.save(update_fields=["stored", "name", "received_at", "received_from", "state", "verdict", "pages"])
    scanning.ask(stored)
    # The same bytes sent again are looked into again: nothing says what became of the first time.
    queue.ask(f"inspect_{row._meta.model_name}", f"{row.pk} {at.isoformat()}")


def want_another(row: Awaited, candidacy: Candidacy, *, at: datetime) -> None:
    """Say that a file sent after the closing is unusable; the caller holds the lock of the candidacy.

    A request for documents that its last file had closed opens again, and if too little of its time is left to send
    another, some is given, once: the file had come in time.
    """
    if isinstance(row, Replacement):
        if row.settled_by_id is None and is_examined(candidacy):
            letters.replacement_to_replace(row, at=at)
        return
    assert isinstance(row, CompletionItem)
    if not was_told_to_complete(candidacy):
        return
    request = CompletionRequest.objects.select_for_update(of=("self",)).get(pk=row.request_id)
    request.answered_at = None
    if request.first_due_at is None and request.due_at < time_to_replace(at):
        request.first_due_at, request.due_at = request.due_at, time_to_replace(at)
    request.save(update_fields=["answered_at", "first_due_at", "due_at"])
    told: dict[str, Any] = {"requirement": row.requirement.code, "name": row.name, "due_at": request.due_at}
    record("reopen_completion", candidacy, by=READER, at=at, **told)
    row.request = request
    letters.completion_to_replace(row, at=at)
