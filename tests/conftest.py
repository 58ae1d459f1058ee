"""What every test may ask for, and what is checked after every test that touched the database."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.management import call_command

from hubs_portal import invariants, protection
from hubs_portal.catalogue import compile_catalogue
from tests.builders import CLOSES, NOW, OPENS, TimedClient
from tests.builders.browsers import ARRIVAL


def pytest_configure(config: pytest.Config) -> None:
    """The English catalogue is compiled before any test reads a page in English; once, not by each parallel worker."""
    if not hasattr(config, "workerinput"):
        compile_catalogue()


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
    request.getfixturevalue("db")
    yield
    try:
        assert invariants.violations() == {}
    finally:
        if real:
            with protection.lifted():
                call_command("flush", verbosity=0, interactive=False)
