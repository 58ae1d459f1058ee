"""Fixtures that lend a real server to the tests, one per test process, started when a test first asks for it.

Loaded as a plugin by the options of pytest in pyproject.toml.
"""

import os
from collections.abc import Iterator

import pytest

from tests import servers


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The server the suite already runs on (`python -m tests.with_postgresql`), or one of its own."""
    suite = os.environ.get("DATABASE_URL", "")
    if suite.startswith("postgres"):
        yield suite
    else:
        with servers.postgresql() as url:
            yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of one's own; the tests of a session share it and flush what they wrote."""
    with servers.redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[servers.S3Endpoint]:
    """An object store of one's own, warm, with one bucket and encryption at rest."""
    with servers.object_store() as endpoint:
        yield endpoint
