"""Business time: one row of offset, read with the database's clock in one query.

The offset is zero wherever real candidacies are received. In a rehearsal it lets the whole procedure be played. It
rules procedure dates, reminders and the dates letters carry; sessions, tokens, retries and leases use real time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest, HttpResponse

# A request that waited longer than this inside our own platform is not believed to have arrived when its header says.
LONGEST_QUEUE = timedelta(seconds=60)


class BusinessClock(models.Model):
    """The single row that says how far business time is from real time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    offset_microseconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_business_clock")]

    def __str__(self) -> str:
        return f"{timedelta(microseconds=self.offset_microseconds)}"


@dataclass(frozen=True)
class Reading:
    """The database's clock and the offset of business time, read together."""

    real: datetime
    offset: timedelta

    @property
    def business(self) -> datetime:
        """The instant the procedure lives at, aware, in UTC."""
        return self.real + self.offset


def read() -> Reading:
    """Read the clock that decides: `clock_timestamp()` on PostgreSQL, the host's clock on SQLite, in one statement.

    Never `now()`: PostgreSQL freezes it at the start of the transaction, so a submit that waited for a lock would be
    judged at the hour it began to wait.
    """
    postgresql = connection.vendor == "postgresql"
    instant = "clock_timestamp()" if postgresql else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {instant}, COALESCE((SELECT offset_microseconds FROM hubs_portal_businessclock), 0)"  # noqa: S608
        )
        row = cursor.fetchone()
    real = row[0].astimezone(UTC) if postgresql else datetime.now(UTC)
    return Reading(real, timedelta(microseconds=row[1]))


def now() -> datetime:
    """The present instant of the procedure, aware, in UTC."""
    return read().business


def shift(offset: timedelta) -> None:
    """Set how far business time is from real time. Rehearsals only: the caller checks."""
    microseconds = offset // timedelta(microseconds=1)
    BusinessClock.objects.update_or_create(id=1, defaults={"offset_microseconds": microseconds})


def arrival(header: str | None) -> datetime:
    """When a request arrived, in business time: the end of its receipt.

    `header` is what our own nginx wrote (`$msec`, seconds since the epoch) once it held the whole request; the earlier
    of it and the database's clock is kept, so that waiting inside the platform costs nobody their place. A header that
    is malformed, or older than the longest queue, is not believed.
    """
    reading = read()
    try:
        told = datetime.fromtimestamp(float(header or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return reading.business
    if reading.real - LONGEST_QUEUE <= told < reading.real:
        return told + reading.offset
    return reading.business


class TimedRequest(HttpRequest):
    """A request that knows when it arrived."""

    at: datetime


class ArrivalMiddleware:
    """Reads the clock as the first act of every request and keeps it as `request.at`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get(settings.ARRIVAL_HEADER) if settings.ARRIVAL_HEADER else None
        request.at = arrival(header)  # type: ignore[attr-defined] # TimedRequest says so to the views
        return self.get_response(request)
