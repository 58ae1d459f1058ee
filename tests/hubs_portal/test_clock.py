from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from hubs_portal import clock
from hubs_portal.clock import BusinessClock

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_business_time_is_real_time_where_nothing_is_rehearsed() -> None:
    reading = clock.read()

    assert reading.business == reading.real
    assert abs(reading.real - datetime.now(UTC)) < timedelta(seconds=2)


@pytest.mark.django_db
def test_an_offset_moves_business_time_and_not_real_time() -> None:
    clock.shift(-2 * HOUR)

    reading = clock.read()

    assert reading.business == reading.real - 2 * HOUR


@pytest.mark.django_db
def test_the_clock_of_the_database_goes_on_inside_a_transaction() -> None:
    """`now()` would stand still: a submit that waited would be judged at the hour it began to wait."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic():
        first = clock.read().real
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")
        assert clock.read().real - first >= timedelta(seconds=0.05)


@pytest.mark.django_db
def test_a_request_that_waited_in_the_queue_has_arrived_when_nginx_held_it_whole() -> None:
    told = datetime.now(UTC) - timedelta(seconds=8)

    assert clock.arrival(f"{told.timestamp():.3f}") == datetime.fromtimestamp(round(told.timestamp(), 3), UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("header", [None, "", "yesterday", "nan", "1e400", "12"])
def test_an_unbelievable_header_leaves_the_clock_of_the_database(header: str | None) -> None:
    before = clock.now()

    assert before <= clock.arrival(header) <= clock.now()


@pytest.mark.django_db
def test_a_header_from_the_future_gains_nothing() -> None:
    future = datetime.now(UTC) + HOUR

    assert clock.arrival(f"{future.timestamp()}") <= clock.now()


@pytest.mark.django_db
def test_there_is_one_business_clock() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BusinessClock.objects.create(id=2)
