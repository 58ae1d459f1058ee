"""Fixtures that lend a real server to the tests, one per test process, started when a test first asks for it.

Loaded as a plugin by the options of pytest in pyproject.toml.
"""

import os
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests import post, servers


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
    with servers.redis_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[servers.S3Endpoint]:
    """An object store of one's own, warm, with one bucket and encryption at rest."""
    with servers.object_store() as endpoint:
        yield endpoint


@pytest.fixture
def clamd(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Clamd]:
    """An antivirus of one's own, which the portal uses; a test may stop it or make it hang."""
    from hubs_portal import scanning  # noqa: PLC0415 - models must be loaded first

    with servers.antivirus() as server:
        settings.CLAMD_ADDRESS = server.address
        monkeypatch.setitem(scanning._resting, "until", 0.0)
        yield server


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[post.MailServer]:
    with post.mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def _guarded_mail_server() -> Iterator[post.MailServer]:
    with post.mail_server("tls", "auth") as server:
        yield server


@pytest.fixture
def mail_server(_mail_server: post.MailServer, settings: Settings) -> post.MailServer:
    """A mail server that takes everything until told otherwise; the portal's letters go there."""
    return _in_use(_mail_server, settings)


@pytest.fixture
def guarded_mail_server(
    _guarded_mail_server: post.MailServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> post.MailServer:
    """A mail server that wants TLS and a password, and whose certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(_guarded_mail_server.certificate))
    return _in_use(_guarded_mail_server, settings)


def _in_use(server: post.MailServer, settings: Settings) -> post.MailServer:
    server.forget()
    for name, value in server.settings.items():
        setattr(settings, name, value)
    return server
