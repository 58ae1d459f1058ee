"""Somebody in front of a browser, and what is watched over their shoulder: accessibility, widths, console, weight."""

import os
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from tests.journeys.portal import ROOT, Portal

WIDTHS = (1280, 390)
FIRST_VIEW, LATER_VIEW = 60_000, 15_000  # bytes, compressed, without fonts and pictures
PICTURES = ROOT / "var" / "journeys"
_KEPT = "PICTURES" in os.environ  # a third of the time spent looking; a step where something is wrong is always drawn
_UNWEIGHED = {"Font", "Image", "XHR", "Fetch", "Other", "Ping"}
# What is fetched when somebody begins to do something is no part of the view where they do.
_ON_DEMAND = ("/static/build/uploads/", "/static/build/pdf")
_OFFICE = ("/admin/", "/repetition/")


@dataclass
class View:
    """One page loaded: its address, its document, and everything it asked for."""

    url: str
    status: int = 0
    kind: str = ""
    document: int = 0
    parts: dict[str, int] = field(default_factory=dict)


@dataclass
class Diary:
    """What was seen on a journey, and everything that was wrong: all of it is told, at the end."""

    name: str
    problems: list[str] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    steps: int = 0
    looking: float = 0.0  # seconds

    @property
    def heaviest(self) -> int:
        """The heaviest first view of the journey."""
        return max((weight for _view, weight, _later in self.weights()), default=0)

    def weights(self) -> Iterator[tuple[View, int, int]]:
        """Each page of ours, its weight for a new visitor and for one who comes back.

        A style sheet read from the browser's cache weighs nothing: for a new visitor it is worth what it cost once.
        """
        known: dict[str, int] = defaultdict(int)
        for view in self.views:
            for url, size in view.parts.items():
                known[url] = max(known[url], size)
        seen: set[str] = set()
        for view in self.views:
            if view.kind == "text/html" and not urlsplit(view.url).path.startswith(_OFFICE):
                cold = view.document + sum(known[url] for url in view.parts)
                warm = view.document + sum(known[url] for url in set(view.parts) - seen if seen)
                yield view, cold, warm
                seen |= set(view.parts)

    def weigh(self) -> None:
        """Note the pages that are too heavy."""
        for view, cold, warm in self.weights():
            if cold > FIRST_VIEW or warm > LATER_VIEW:
                self.problems.append(f"{view.url} weighs {cold} bytes at first view, {warm} later")


class Visitor:
    """A browser context with one page or more, each of them watched."""

    def __init__(self, context: BrowserContext, portal: Portal, diary: Diary) -> None:
        self.context, self.portal, self.diary = context, portal, diary
        self.forgiven: list[str] = []
        context.set_default_timeout(20_000)
        self._watched: list[Page] = []
        self._opening = False
        context.on("page", self._opened)
        self.page = self.new_page()

    def signed_in_as(self, name: str) -> "Visitor":
        """With the session of somebody prepared."""
        kept, key, url = self.portal.session_cookie, self.portal.person(name)["session"], self.portal.url
        secure = url.startswith("https:")
        self.context.add_cookies([{"name": kept, "value": key, "url": url, "httpOnly": True, "secure": secure}])
        return self

    def new_page(self) -> Page:
        """Another tab, watched before it goes anywhere."""
        self._opening = True
        page = self.context.new_page()
        self._opening = False
        self._watch(page)
        return page

    def go(self, path: str, page: Page | None = None) -> Page:
        """Open an address of the portal."""
        page = page or self.page
        page.goto(f"{self.portal.url}{path}")
        return page

    @contextmanager
    def expecting(self, *words: str) -> Iterator[None]:
        """Inside, the browser may complain of these: a refusal is an answer, a cut connection was asked for."""
        self.forgiven += words
        yield
        self.page.wait_for_timeout(50)
        self.forgiven = [word for word in self.forgiven if word not in words]

    def look(self, step: str, page: Page | None = None) -> None:
        """Stop and look: one <h1>, and at both widths nothing wrong for axe and nothing wider than the screen."""
        page = page or self.page
        started = time.monotonic()
        self.diary.steps += 1
        where = f"{self.diary.name}, {step} ({urlsplit(page.url).path})"
        if (titles := page.locator("h1").count()) != 1:
            self.diary.problems.append(f"{where}: {titles} <h1>")
        page.evaluate("scrollTo(0, 0)")
        for width in WIDTHS:
            known = len(self.diary.problems)
            page.set_viewport_size({"width": width, "height": 900})
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wider > 0:
                self.diary.problems.append(f"{where}: {wider} px too wide at {width} px")
            self.diary.problems += [f"{where} at {width} px: {said}" for said in self._violations(page)]
            if _KEPT or len(self.diary.problems) > known:
                self._picture(page, step, width)
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        self.diary.looking += time.monotonic() - started

    def _violations(self, page: Page) -> list[str]:
        # Brought in once a page: the library is half a megabyte.
        if not page.evaluate("'axe' in window"):
            page.evaluate(Axe().axe_script)
        # Without fetching style sheets again: the office's import others, and the policy lets no copy be written in.
        options = "{resultTypes: ['violations'], preload: false}"
        found = page.evaluate(f"axe.run({options}).then((results) => results.violations)")
        return [f"axe {rule['id']}: {[node['target'] for node in rule['nodes']][:4]}" for rule in found]

    def _picture(self, page: Page, step: str, width: int) -> None:
        name = re.sub(r"\W+", "-", f"{self.diary.steps:02}-{step}").strip("-")
        folder = PICTURES / self.diary.name
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True, animations="disabled", caret="initial")

    # --- what is heard and weighed

    def _opened(self, page: Page) -> None:
        """A tab that a link opened."""
        if not self._opening:
            self._watch(page)

    def _watch(self, page: Page) -> None:
        if page in self._watched:
            return
        self._watched.append(page)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.diary.problems.append(f"{page.url}: {error}"))
        scale = self.context.new_cdp_session(page)
        views: dict[str, View] = {}
        asked: dict[str, tuple[str, str, str]] = {}  # request → loader, type, address
        scale.send("Network.enable")
        scale.on("Network.requestWillBeSent", lambda event: self._asked(event, views, asked))
        scale.on("Network.responseReceived", lambda event: _answered(event, views))
        scale.on("Network.loadingFinished", lambda event: _weighed(event, views, asked))

    def _asked(self, event: Any, views: dict[str, View], asked: dict[str, tuple[str, str, str]]) -> None:
        loader, kind, url = event["loaderId"], event.get("type", "Other"), event["request"]["url"]
        if not url.startswith(self.portal.url):
            return
        asked[event["requestId"]] = (loader, kind, url)
        if kind == "Document" and loader == event["requestId"]:
            known = loader in views  # a redirect keeps its loader
            views[loader] = views.get(loader, View(url))
            views[loader].url = url
            if not known:
                self.diary.views.append(views[loader])

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in self.forgiven):
            self.diary.problems.append(f"{message.location.get('url', '')} says: {message.text}")


def _answered(event: Any, views: dict[str, View]) -> None:
    if event["type"] == "Document" and event["requestId"] in views:
        view = views[event["requestId"]]
        view.kind, view.status = event["response"]["mimeType"], event["response"]["status"]


def _weighed(event: Any, views: dict[str, View], asked: dict[str, tuple[str, str, str]]) -> None:
    loader, kind, url = asked.get(event["requestId"], ("", "", ""))
    if kind in _UNWEIGHED or loader not in views or urlsplit(url).path.startswith(_ON_DEMAND):
        return
    size = int(event["encodedDataLength"])
    if kind == "Document":
        views[loader].document = size
    else:
        views[loader].parts[url] = size


def see(page: Page, words: str) -> None:
    """The words are on the page, whatever the kind of their spaces."""
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
    expect(page.locator("body")).to_contain_text(pattern)


def sent_under(page: Page, place: str) -> list[str]:
    """Fills with the address of each file, or part of one, that ended well, of those sent under that place."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PUT" and place in request.url:
            sent.append(request.url)

    page.on("requestfinished", note)
    return sent


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the thing has the focus, and see that one sees it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and page.locator(selector).first.evaluate("element => element === document.activeElement"):
            shown = focused.evaluate("e => { const s = getComputedStyle(e); return s.outlineStyle + s.boxShadow; }")
            assert shown != "nonenone", f"the focus on {selector} is not seen"
            return
    raise AssertionError(f"{selector} is not reached with the Tab key")
