"""Put the promises about letters to the test: `python -m tests.faults`, or `--quick` for two minutes of it.

One line per figure, as it is measured; the status is 1 when one falls short.
"""

import sys
from collections.abc import Iterator

from tests.faults import scenes
from tests.faults.figures import Figure
from tests.faults.installation import embedded, served


def quick() -> Iterator[Figure]:
    """Every fault once, on the installation where it bites."""
    with embedded() as portal:
        yield from scenes.killed_workers(portal, letters=60, kills=3)
    with served() as portal:
        yield from scenes.killed_workers(portal, letters=60, kills=3)
        yield from scenes.redis_faults(portal, letters=3)


def whole() -> Iterator[Figure]:
    """Everything, on both installations."""
    for installation in (embedded, served):
        with installation() as portal:
            yield from scenes.killed_workers(portal, letters=600, kills=60)
            yield from scenes.draining(portal, letters=10_000)
            if portal.redis:
                yield from scenes.redis_faults(portal, letters=10)
            else:
                yield from scenes.mail_server_faults(portal, letters=20)
                yield from scenes.final_answers(portal, letters=20)


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
