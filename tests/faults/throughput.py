"""How fast 20 MB arrive by the portal's own endpoint, beside a bare Django view that only writes and hashes them.

`python -m tests.faults.throughput`. The bare view is on the same web server, as it comes and with the portal's options.
"""

import hashlib
import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from hubs_portal.serving import WEB_OPTIONS
from tests.faults import web
from tests.faults.figures import Figure
from tests.faults.uploads import MEGABYTE, InParts, a_file
from tests.servers import free_port, running, wait_until

SIZE, TIMES, SHARE = 20 * MEGABYTE, 15, 0.6


def compared(portal: web.Web) -> Iterator[Figure]:
    """One file to each in turn, so that both have the same machine."""
    with tempfile.TemporaryDirectory(prefix="hp-bare-") as name:
        port = free_port()
        options = json.dumps(WEB_OPTIONS | {"host": "127.0.0.1", "port": port})
        command = [sys.executable, "-m", "tests.faults.bare", options, name]
        with running(command, folder=Path(name), environment={"PYTHONPATH": str(web.ROOT)}) as process:
            bare = f"http://127.0.0.1:{port}/"
            wait_until(lambda: _post(bare, b"%PDF"), "the bare portal", process)
            sender = InParts(portal, portal.candidates[0])
            took: dict[str, list[float]] = {"bare": [], "portal": []}
            for _ in range(TIMES):
                content = a_file(SIZE)
                took["bare"].append(_timed(lambda body=content: _post(bare, body)))
                took["portal"].append(_timed(lambda body=content: sender.send(body)))
    bare_ms, portal_ms = (statistics.median(took[who]) * 1000 for who in ("bare", "portal"))
    name = f"{portal.name}: 20 MB in {portal_ms:.0f} ms, a bare view in {bare_ms:.0f} ms: share of its speed"
    yield Figure(name, 100 * bare_ms / portal_ms, 100 * SHARE, "%", at_least=True)


def _timed(send) -> float:  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    assert send()
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
    print(*figures, sep="\n")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
