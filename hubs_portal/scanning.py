"""What the antivirus said of each file received: asked off the request, caught up when it was away, kept for ever.

A verdict belongs to bytes, so to the row of a `StoredFile`, which itself never changes. Nothing waits for it: a file
that is not scanned yet is there like the others, and says so.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hubs_portal import antivirus
from hubs_portal.antivirus import Answer, Verdict
from hubs_portal.files import INFECTED, StoredFile
from hubs_portal.jobs import queue

logger = logging.getLogger(__name__)

# The kind of job asked, about the stored file, when one is infected: whoever keeps files declares what it does.
FOUND_INFECTED = "infected_file"
# How long a daemon that does not answer is left alone by the jobs of single files; the sweep goes on asking it.
_REST = 30.0
# When a file the daemon would not take, or that a dead worker held, is tried again.
_AGAIN = timedelta(minutes=10)
_AT_ONCE, _LONGEST_SWEEP = 500, 30.0
LATE = timedelta(minutes=2)
_resting = {"until": 0.0}


class ScanState(models.TextChoices):
    """What is known."""

    WAITING = "waiting", _("pas encore analysé")
    CLEAN = "clean", _("rien trouvé")
    INFECTED = INFECTED, _("infecté")


class Scan(models.Model):
    """What the antivirus said of a file; until then, that it is to be asked and why it was not."""

    stored = models.OneToOneField(StoredFile, on_delete=models.RESTRICT, related_name="scan")
    state = models.CharField(_("état"), max_length=10, choices=ScanState.choices, default=ScanState.WAITING)
    signature = models.CharField(_("ce qui est trouvé"), max_length=200, blank=True)
    engine = models.CharField(_("moteur"), max_length=100, blank=True)
    asked_at = models.DateTimeField(_("demandé le"), db_default=Now())
    tried_at = models.DateTimeField(_("essayé le"), null=True, blank=True)
    why = models.CharField(_("pourquoi pas encore"), max_length=20, blank=True)
    scanned_at = models.DateTimeField(_("analysé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("analyse d’un fichier")
        verbose_name_plural = _("analyses des fichiers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=ScanState.WAITING, scanned_at__isnull=True)
                | models.Q(scanned_at__isnull=False) & ~models.Q(state=ScanState.WAITING),
                name="scan_is_dated_once_done",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ScanState.INFECTED) | ~models.Q(signature=""),
                name="scan_names_what_it_found",
            ),
        ]
        indexes = [models.Index(fields=["state", "tried_at"], name="scans_due")]

    def __str__(self) -> str:
        return f"{self.stored_id} {self.state}"


def ask(stored: StoredFile) -> None:
    """Have a file received from outside scanned, in the caller's transaction. Asking twice is asking once."""
    Scan.objects.bulk_create([Scan(stored=stored)], ignore_conflicts=True)
    if antivirus.is_on():
        queue.ask("scan_file", str(stored.pk))


@queue.handler("scan_file")
def scan_file(key: str) -> None:
    """Scan one file now; a daemon that does not answer is no failure of the job, the sweep catches up."""
    if time.monotonic() >= _resting["until"]:
        _try(Scan.objects.select_related("stored").get(stored_id=int(key)))


def catch_up() -> int:
    """Scan what waits, the oldest first, for as long as the daemon answers; returns how many were scanned."""
    if not antivirus.is_on():
        return 0
    before, started, done = datetime.now(UTC) - _AGAIN, time.monotonic(), 0
    due = Scan.objects.filter(state=ScanState.WAITING).filter(
        models.Q(tried_at__isnull=True) | models.Q(tried_at__lt=before)
    )
    for scan in due.select_related("stored").order_by("asked_at", "pk")[:_AT_ONCE]:
        answer = _try(scan)
        if answer and answer.is_trouble:
            break
        done += bool(answer and answer.why is None)
        if time.monotonic() - started > _LONGEST_SWEEP:
            break
    return done


def _try(scan: Scan) -> Answer | None:
    """Scan it, unless somebody else is about to."""
    now = datetime.now(UTC)
    mine = Scan.objects.filter(pk=scan.pk, state=ScanState.WAITING)
    if not mine.filter(tried_at=scan.tried_at).update(tried_at=now):
        return None
    with scan.stored.open() as file:
        answer = antivirus.scan(file)
    if answer.is_trouble:
        _resting["until"] = time.monotonic() + _REST
        logger.warning("the antivirus does not answer (%s): files wait", answer.why)
        mine.update(tried_at=None, why=answer.why)
    elif answer.why:
        logger.warning("the antivirus would not scan file %s (%s)", scan.stored, answer.why)
        mine.update(why=answer.why, engine=answer.engine)
    else:
        _resting["until"] = 0.0
        _write(mine, scan, answer)
    return answer


def _write(mine: models.QuerySet[Scan], scan: Scan, answer: Answer) -> None:
    found = ScanState.INFECTED if answer.verdict is Verdict.INFECTED else ScanState.CLEAN
    with transaction.atomic():
        mine.update(state=found, signature=answer.signature, engine=answer.engine, scanned_at=datetime.now(UTC), why="")
        if found is ScanState.INFECTED:
            logger.warning("file %s is infected: %s", scan.stored, answer.signature)
            queue.ask(FOUND_INFECTED, str(scan.stored_id))


def infected_among(stored: Iterable[StoredFile]) -> set[str]:
    """The fingerprints of those in which something was found: one query."""
    keys = [row.pk for row in stored]
    found = Scan.objects.filter(stored__in=keys, state=ScanState.INFECTED) if keys else Scan.objects.none()
    return set(found.values_list("stored__digest", flat=True))


@dataclass(frozen=True)
class Backlog:
    """Whether files are scanned, how many wait and since when, how many were found infected. Real time."""

    is_on: bool
    now: datetime
    waiting: int
    since: datetime | None
    refused: int
    infected: int

    @classmethod
    def at(cls, now: datetime) -> Self:
        """One query; none where there is no antivirus."""
        if not antivirus.is_on():
            return cls(False, now, 0, None, 0, 0)
        waits = models.Q(state=ScanState.WAITING)
        figures = Scan.objects.aggregate(
            waiting=models.Count("pk", filter=waits),
            since=models.Min("asked_at", filter=waits),
            refused=models.Count("pk", filter=waits & models.Q(why__in=["too_large", "refused"])),
            infected=models.Count("pk", filter=models.Q(state=ScanState.INFECTED)),
        )
        return cls(True, now, **figures)

    @property
    def is_late(self) -> bool:
        """Whether a file has waited for so long that the antivirus must be away."""
        return self.is_on and self.since is not None and self.now - self.since > LATE

    def facts(self) -> Iterator[dict[str, object]]:
        """For a machine: the age of the oldest file that waits; nothing to be measured without an antivirus."""
        waited = round((self.now - self.since).total_seconds(), 1) if self.since else 0.0
        yield {
            "name": "oldest_unscanned_file",
            "seconds": waited if self.is_on else None,
            "well": not self.is_late,
        }
