"""Files found bad once they were received: as the jobs find them, without waiting for a daemon."""

from datetime import UTC, datetime

from applications.actions import verdicts
from applications.models import CompletionItem, Document, Replacement
from hubs_portal.files import StoredFile
from hubs_portal.jobs import queue
from hubs_portal.jobs.models import Job, JobState
from hubs_portal.scanning import Scan, ScanState


def found_infected(stored: StoredFile) -> None:
    """What the antivirus would have written of these bytes, and what follows."""
    Scan.objects.update_or_create(
        stored=stored,
        defaults={"state": ScanState.INFECTED, "signature": "Exemple", "scanned_at": datetime.now(UTC)},
    )
    verdicts.quarantine_file(str(stored.pk))


def looked_into(row: Document | CompletionItem | Replacement) -> None:
    """Do what the worker would: every job that waits; `row` is read again."""
    while waiting := Job.objects.filter(state=JobState.WAITING).order_by("pk").first():
        queue.run(waiting.pk)
    row.refresh_from_db()
