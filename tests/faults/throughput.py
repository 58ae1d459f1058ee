"""What a file costs on its way: the time of the portal's own endpoint, the processor's for a bucket's calls.

`python -m tests.faults.throughput`. Time is beside that of a bare Django view that only writes and hashes the same
file, on the same web server as it comes; with the portal's options for it, that is said too.
"""

import hashlib
import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hubs_portal.serving import HOST, WEB_OPTIONS
from tests.faults import web
from tests.faults.figures import Figure
from tests.faults.uploads import MEGABYTE, InParts, OnOneLine, a_file
from tests.servers import free_port, running, wait_until

SIZE, TIMES, SHARE = 20 * MEGABYTE, 15, 0.6
PARTS, MILLISECONDS, ASKED = 5, 2, 100


def compared(portal: web.Web) -> Iterator[Figure]:
    """One file to each in turn, so that all have the same machine."""
    with ExitStack() as stack:
        as_it_comes, alike = (stack.enter_context(_bare(options)) for options in ({}, WEB_OPTIONS))
        ways: list[Callable[[bytes], bool]] = [
            partial(_post, as_it_comes),
            partial(_post, alike),
            OnOneLine(portal.door, portal.candidates[0]).send,
        ]
        took = [[_timed(way, content) for way in ways] for content in (a_file(SIZE) for _ in range(TIMES))]
    bare, alike_ms, ours = (statistics.median(column) * 1000 for column in zip(*took, strict=True))
    beside = f"a bare view in {bare:.0f} ms ({alike_ms:.0f} with our options)"
    name = f"{portal.name}: 20 MB in {ours:.0f} ms, {beside}: share of its speed"
    yield Figure(name, 100 * bare / ours, 100 * SHARE, "%", at_least=True)


def signing(portal: web.Web) -> Iterator[Figure]:
    """What the web processes spend for each part of a file whose bytes they never see: rights, hour, address.

    Announced, a file has all its addresses; a slow line asks for them again once they are too old.
    """
    sender = InParts(portal.door, portal.candidates[0])
    name, contents = web.a_name(), [a_file(parts * 5 * MEGABYTE) for parts in (PARTS, 2)]
    keys = [sender.announce(content, name) for content in contents]
    whole, part = (_spent(portal, partial(sender.announce, content, name)) for content in contents)
    yield Figure(f"{portal.name}: processor for a part more", (whole - part) / (PARTS - 2), MILLISECONDS, "ms")
    again = _spent(portal, partial(sender.sign, keys[0], "PUT", 1))
    yield Figure(f"{portal.name}: processor for each part signed again", again / PARTS, MILLISECONDS, "ms")


def _spent(portal: web.Web, ask: Callable[[], object]) -> float:
    """Milliseconds of processor, once warm."""
    for _ in range(10):
        ask()
    before = portal.processor()
    for _ in range(ASKED):
        ask()
    return (portal.processor() - before) * 1000 / ASKED


@contextmanager
def _bare(options: dict[str, Any]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="hp-bare-") as name:
        said = json.dumps(options | {"host": HOST, "port": free_port()})
        command = [sys.executable, "-m", "tests.faults.bare", said, name]
        with running(command, folder=Path(name), environment={"PYTHONPATH": str(web.ROOT)}) as process:
            address = f"http://{HOST}:{json.loads(said)['port']}/"
            wait_until(lambda: _post(address, b"%PDF"), "the bare portal", process)
            yield address


def _timed(send: Callable[[bytes], bool], content: bytes) -> float:
    started = time.perf_counter()
    assert send(content)
    return time.perf_counter() - started


def _post(url: str, body: bytes) -> bool:
    where = urlsplit(url)
    assert where.hostname
    line = http.client.HTTPConnection(where.hostname, where.port, timeout=20)
    try:
        line.request("POST", "/", body, {"Content-Type": "application/octet-stream"})
        return line.getresponse().read().decode() == hashlib.sha256(body).hexdigest()
    finally:
        line.close()


def main() -> int:
    """Measure, print, judge."""
    with web.embedded(people=1) as portal:
        figures = list(compared(portal))
    with web.served(people=1) as portal:
        figures += signing(portal)
    print(*figures, sep="\n")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
