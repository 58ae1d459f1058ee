"""Whether letters leave: how long the oldest has waited, and when worker and scheduler were last seen. Real time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db.models import Min, Q

from hubs_portal import beats
from hubs_portal.letters.models import Letter, LetterState

WAITING = (LetterState.QUEUED, LetterState.SENDING, LetterState.RETRYING)
TROUBLED = (LetterState.FAILED, LetterState.UNCERTAIN)
# The sweep passes every five seconds and a beat every ten: what is older than this waits for nobody.
LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class Sign:
    """When a process was last seen at work."""

    name: str
    seen_at: datetime | None
    is_late: bool

    def age(self, now: datetime) -> timedelta | None:
        """How long ago; nothing when it never was."""
        return now - self.seen_at if self.seen_at else None


@dataclass(frozen=True)
class Health:
    """The state of the post, whoever wrote. A letter that a far server puts off is not late: its next try is known."""

    now: datetime
    waiting_since: datetime | None
    due_since: datetime | None
    worker: Sign
    scheduler: Sign

    @classmethod
    def at(cls, now: datetime) -> Self:
        """Two short queries."""
        waiting = Letter.objects.filter(state__in=WAITING).order_by()
        since = waiting.aggregate(any=Min("queued_at"), due=Min("due_at", filter=Q(due_at__lte=now)))
        seen = beats.last()
        worker, scheduler = (_sign(name, seen.get(name), now) for name in (beats.WORKER, beats.SCHEDULER))
        return cls(now, since["any"], since["due"], worker, scheduler)

    @property
    def age(self) -> timedelta | None:
        """How long the oldest waiting letter has been waiting."""
        return self.now - self.waiting_since if self.waiting_since else None

    @property
    def is_late(self) -> bool:
        """Whether a letter that should have left has waited too long."""
        return self.due_since is not None and self.now - self.due_since > LATE

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to be alarmed at."""
        return not (self.is_late or self.worker.is_late or self.scheduler.is_late)

    def facts(self) -> Iterator[dict[str, object]]:
        """The same for a machine: ages in seconds, and no count, which would tell the world how busy a call is."""
        waited = (self.now - self.due_since).total_seconds() if self.due_since else 0.0
        yield {"name": "oldest_due_letter", "seconds": round(waited, 1), "well": not self.is_late}
        for sign in (self.worker, self.scheduler):
            age = sign.age(self.now)
            seconds = None if age is None else round(age.total_seconds(), 1)
            yield {"name": f"last_beat_of_{sign.name}", "seconds": seconds, "well": not sign.is_late}


def _sign(name: str, seen_at: datetime | None, now: datetime) -> Sign:
    return Sign(name, seen_at, seen_at is None or now - seen_at > LATE)
