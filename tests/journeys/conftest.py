"""The portals and the browsers of the journeys, and a line of account for each."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.builders import NOW
from tests.journeys import papers, portal
from tests.journeys.portal import Portal
from tests.journeys.visitor import PICTURES, Diary, Visitor
from tests.servers import S3Endpoint

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync", "--disable-quic", "--lang=fr-FR"),
]

Newcomer = Callable[..., Visitor]


@pytest.fixture(scope="session")
def embedded() -> Iterator[Portal]:
    with portal.embedded() as running:
        yield running


@pytest.fixture(scope="session")
def served(embedded: Portal, postgresql_url: str, redis_url: str, s3_endpoint: S3Endpoint) -> Iterator[Portal]:
    with portal.served(postgresql_url, redis_url, s3_endpoint, embedded.folder / "static") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = "/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else shutil.which("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Ten documents of an association, by requirement."""
    return papers.write_all(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def diary(request: pytest.FixtureRequest) -> Iterator[Diary]:
    """What the visitors of one journey saw; whatever was wrong fails the journey once it is over."""
    name = request.node.name.removeprefix("test_").replace("_", "-")[:60]
    shutil.rmtree(PICTURES / name, ignore_errors=True)
    started = time.monotonic()
    kept = Diary(name)
    yield kept
    kept.weigh()
    spent = f"{time.monotonic() - started:6.1f} s ({kept.looking:4.1f} s looking)"
    # The process that runs the journey may not be the one that reports: what is said goes with the result.
    request.node.user_properties.append(("journey", f"{spent}  {kept.heaviest / 1000:5.1f} kB  {name}"))
    assert not kept.problems, "\n".join(kept.problems)


@pytest.fixture
def newcomer(embedded: Portal, browser: Browser, diary: Diary) -> Iterator[Newcomer]:
    """Make somebody arrive with a fresh browser, on the embedded portal, on 28 November 2018 at 09:00."""
    embedded.set_clock(NOW)
    yield from _newcomers(embedded, browser, diary)


@pytest.fixture
def served_newcomer(served: Portal, browser: Browser, diary: Diary) -> Iterator[Newcomer]:
    """The same on the served portal, whose certificate nobody knows."""
    served.set_clock(NOW)
    yield from _newcomers(served, browser, diary, ignore_https_errors=True)


def _newcomers(where: Portal, browser: Browser, diary: Diary, **always: Any) -> Iterator[Newcomer]:
    contexts = []

    def arrive(**options: Any) -> Visitor:
        context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}, **always, **options)
        contexts.append(context)
        return Visitor(context, where, diary)

    yield arrive
    for context in contexts:
        context.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line a journey: how long it took, and the heaviest first view met on the way."""
    results = [result for results in terminalreporter.stats.values() for result in results]
    ended = [result for result in results if getattr(result, "when", "") == "teardown"]
    accounts = [said for result in ended for name, said in result.user_properties if name == "journey"]
    if accounts:
        terminalreporter.section("journeys: duration, heaviest first view")
        for account in accounts:
            terminalreporter.write_line(account)
