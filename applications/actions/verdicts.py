"""What is found in a file once it is opened, off the request, and what follows from it: jobs, which may run twice."""

from django.db import transaction

from applications.actions.replacing import READER, want_another, want_replacement
from applications.actions.steps import lock_candidacy, record
from applications.enums import DocumentState
from applications.identifiers import read_kit_stamp
from applications.models import CompletionItem, Document, Replacement
from applications.models.screening import Awaited
from hubs_portal import clock, inspection, locks, scanning
from hubs_portal.files import store_bytes
from hubs_portal.inspection import Finding
from hubs_portal.jobs import queue

Kind = type[CompletionItem] | type[Replacement]


@queue.handler("inspect_document")
def inspect_document(key: str) -> None:
    """Open the file as a reader would and write what is found. What was submitted never changes."""
    document = Document.objects.select_related("stored", "requirement", "dossier").get(pk=int(key))
    scanning.ask(document.stored)
    if document.stored.is_infected:
        _quarantine_document(document)
        return
    finding = inspection.inspect(document.stored, document.name)
    document.picture = store_bytes(finding.picture) if finding.picture else None
    if finding.keywords:
        document.model_code, document.model_version = read_kit_stamp(finding.keywords)
    if finding.readable:
        _write(document, finding)
    else:
        _find_unreadable(document, finding)


@queue.handler("inspect_completionitem")
def inspect_completion_item(key: str) -> None:
    """The same for a document that the team asked for."""
    _inspect_awaited(CompletionItem, key)


@queue.handler("inspect_replacement")
def inspect_replacement(key: str) -> None:
    """The same for a file that takes the place of an unusable one."""
    _inspect_awaited(Replacement, key)


@queue.handler(scanning.FOUND_INFECTED)
def quarantine_file(key: str) -> None:
    """Put aside every row that these bytes were received for; nobody is served them from the moment it was known."""
    documents = Document.objects.filter(stored=int(key)).select_related("stored", "requirement", "dossier")
    for document in documents.order_by("pk"):
        _quarantine_document(document)
    for kind in (CompletionItem, Replacement):
        for row in kind.objects.filter(stored=int(key)).order_by("pk"):
            _settle(kind, row, Finding(), DocumentState.QUARANTINED)


def _write(document: Document, finding: Finding) -> bool:
    """Write what was found, unless a virus was found meanwhile; whether it was written."""
    standing = Document.objects.filter(pk=document.pk).exclude(state=DocumentState.QUARANTINED)
    return bool(
        standing.update(
            state=DocumentState.READABLE if finding.readable else DocumentState.UNREADABLE,
            verdict=finding.code,
            pages=finding.pages,
            remarks=list(finding.remarks),
            picture=document.picture,
            model_code=document.model_code,
            model_version=document.model_version,
        )
    )


@locks.retried
def _find_unreadable(document: Document, finding: Finding) -> None:
    """Under the lock a submission takes: either it sees the verdict, or this sees the version."""
    with transaction.atomic():
        candidacy = lock_candidacy(document.dossier.candidacy_id)
        if _write(document, finding):
            document.refresh_from_db(fields=["state", "verdict"])
            want_replacement(document, candidacy, at=clock.now())


@locks.retried
def _quarantine_document(document: Document) -> None:
    with transaction.atomic():
        candidacy, at = lock_candidacy(document.dossier.candidacy_id), clock.now()
        standing = Document.objects.filter(pk=document.pk).exclude(state=DocumentState.QUARANTINED)
        if standing.update(state=DocumentState.QUARANTINED, verdict="", remarks=[], picture=None):
            told = {"requirement": document.requirement.code, "name": document.name, "sha256": document.stored.digest}
            record("quarantine", candidacy, by=READER, at=at, **told)
        document.refresh_from_db(fields=["state", "verdict"])
        want_replacement(document, candidacy, at=at)


def _inspect_awaited(kind: Kind, key: str) -> None:
    row = kind._default_manager.select_related("stored").get(pk=int(key.partition(" ")[0]))
    if row.stored is None:
        return
    if row.stored.is_infected:
        _settle(kind, row, Finding(), DocumentState.QUARANTINED)
        return
    finding = inspection.inspect(row.stored, row.name)
    _settle(kind, row, finding, DocumentState.READABLE if finding.readable else DocumentState.UNREADABLE)


@locks.retried
def _settle(kind: Kind, row: Awaited, finding: Finding, state: DocumentState) -> None:
    """Write what was found of the file the row has, and say so when another must be sent."""
    with transaction.atomic():
        candidacy = lock_candidacy(_candidacy_of(row))
        same_file = kind._default_manager.filter(pk=row.pk, stored=row.stored_id)
        standing = same_file.exclude(state=DocumentState.QUARANTINED)
        if standing.update(state=state, verdict=finding.code, pages=finding.pages) and row.state != state:
            row.refresh_from_db()
            if row.is_unusable:
                want_another(row, candidacy, at=clock.now())


def _candidacy_of(row: Awaited) -> int:
    if isinstance(row, CompletionItem):
        return row.request.candidacy_id
    assert isinstance(row, Replacement)
    return row.candidacy_id
