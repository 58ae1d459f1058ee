"""Put the promises about letters and files to the test: `python -m tests.faults`, or `--quick` for a minute of it.

One line per figure, as it is measured; the status is 1 when one falls short.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

from tests.faults import scenes, throughput, uploads, web
from tests.faults.figures import Figure
from tests.faults.installation import embedded, served


def quick() -> Iterator[Figure]:
    """Every fault once, where it bites; all installations at the same time, because much of it is waiting."""
    measured: Queue[Figure | None] = Queue()
    with ThreadPoolExecutor() as together:
        parts = [together.submit(_hand_over, part, measured) for part in (_quick_embedded, _quick_served, _quick_files)]
        for _ in parts:
            yield from iter(measured.get, None)
    for part in parts:
        part.result()


def _hand_over(part: Callable[[], Iterator[Figure]], measured: "Queue[Figure | None]") -> None:
    try:
        for figure in part():
            measured.put(figure)
    finally:
        measured.put(None)


def _quick_embedded() -> Iterator[Figure]:
    with embedded() as portal:
        yield from scenes.killed_workers(portal, letters=40, kills=3)
        yield from scenes.final_answers(portal, letters=3)


def _quick_served() -> Iterator[Figure]:
    with served() as portal:
        yield from scenes.killed_workers(portal, letters=40, kills=3)
        yield from scenes.redis_faults(portal, letters=3)


def _quick_files() -> Iterator[Figure]:
    with web.embedded(people=4) as portal:
        yield from uploads.announced(portal)
        yield from uploads.killed(portal, kills=30)


def whole() -> Iterator[Figure]:
    """Everything, on both installations."""
    for installation in (embedded, served):
        with installation() as portal:
            yield from scenes.killed_workers(portal, letters=600, kills=60)
            yield from scenes.draining(portal, letters=10_000)
            if portal.redis:
                yield from scenes.redis_faults(portal, letters=10, away=30)
            else:
                yield from scenes.mail_server_faults(portal, letters=20)
                yield from scenes.final_answers(portal, letters=20)
    for pages in (web.embedded, web.served):
        with pages(people=50) as answering:
            measured = throughput.compared if answering.name == "folder" else throughput.signing
            yield from measured(answering)
            yield from uploads.announced(answering)
            yield from uploads.slow_lines(answering)
            yield from uploads.a_crowd(answering, uploads.InParts)
            yield from uploads.a_crowd(answering, uploads.Sender)
            yield from uploads.killed(answering, kills=300)


def main(arguments: list[str]) -> int:
    """Measure, print, judge."""
    short = 0
    for figure in quick() if "--quick" in arguments else whole():
        print(figure, flush=True)
        short += not figure.holds
    print("every figure holds" if not short else f"{short} figures fall short", flush=True)
    return 1 if short else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
