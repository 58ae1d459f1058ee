"""What every test may ask for, and what is checked after every test that touched the database."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from hubs_portal import invariants, protection, standing_invariants
from hubs_portal.catalogue import compile_catalogue
from tests.builders import CLOSES, NOW, OPENS, TimedClient
from tests.builders.browsers import ARRIVAL


def pytest_configure(config: pytest.Config) -> None:
    """The English catalogue is compiled before any test reads a page in English; once, not by each parallel worker."""
    if not hasattr(config, "workerinput"):
        compile_catalogue()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first: begun last, one of them would keep a parallel run waiting."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def at() -> datetime:
    """Wednesday 28 November 2018, 09:00 Paris: two days before the closing."""
    return NOW


@pytest.fixture
def opens() -> datetime:
    """The opening of the call the builders make: 13 September 2018, midnight in Paris."""
    return OPENS


@pytest.fixture
def closes() -> datetime:
    """Its closing: Friday 30 November 2018, 17:00:00 Paris."""
    return CLOSES


@pytest.fixture
def client(db: None, settings: object) -> TimedClient:
    """A browser nobody is signed in with, on 28 November 2018 at 09:00 Paris; `client.at(...)` changes the hour."""
    settings.ARRIVAL_HEADER = ARRIVAL  # type: ignore[attr-defined] # pytest-django's settings take any name
    return TimedClient().at(NOW)


@pytest.fixture
def another_client(client: TimedClient) -> TimedClient:
    """A second browser, at the same instant."""
    other = TimedClient()
    other.defaults = dict(client.defaults)
    return other


@pytest.fixture(scope="module")
def built_ground(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Any]:
    """What the module's `common_ground()` builds, in a transaction that stays open under those of its tests."""
    around = transaction.atomic()
    # An act that must be the outermost believes it is, as in the transaction of a test.
    around._from_testcase = True  # type: ignore[attr-defined] # Django's own TestCase says it so
    with django_db_blocker.unblock(), around:
        built = request.module.common_ground()
        assert invariants.violations() == {}
        yield built
        transaction.set_rollback(True)


@pytest.fixture
def ground(built_ground: Any, db: None) -> Any:
    """A state that costs a second, built once for all the tests of a module; each finds it as it was built.

    The module says how in a function named `common_ground`. What a test writes is rolled back, and what it is handed
    is a copy, so that no object is seen changed by the test before.
    """
    return deepcopy(built_ground)


@pytest.fixture(autouse=True)
def everything_still_holds(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that used the database, no invariant is broken; a test that breaks one on purpose rolls it back.

    A test whose transactions are real leaves rows the database refuses to delete: they are wiped here.
    """
    marker = request.node.get_closest_marker("django_db")
    names = set(request.fixturenames)
    real = names & {"transactional_db", "live_server"} or (marker and marker.kwargs.get("transaction"))
    if not (real or marker or names & {"db", "client", "admin_client"}):
        yield
        return
    if hasattr(request.module, "common_ground"):
        # Otherwise a test would find the ground, or not, as the tests before it had asked for it, or not.
        assert "ground" in names, "in a module that has a common ground, every test stands on it"
        assert not real, "a common ground lives in a transaction, which no other connection sees"
    request.getfixturevalue("db")
    before = _rows_written()
    yield
    try:
        if real or before is None or before != _rows_written():
            assert invariants.violations() == {}
        else:
            # Every other check reads rows alone, and they are those of which it was asked already.
            assert list(standing_invariants.stored_files_exist_in_the_storage()) == []
    finally:
        if real:
            with protection.lifted():
                call_command("flush", verbosity=0, interactive=False)


def _rows_written() -> tuple[object, int] | None:
    """How many rows this connection has written since it was opened; `None` when nobody counts them."""
    opened = connection.connection if connection.vendor == "sqlite" else None
    return opened and (opened, opened.total_changes)
