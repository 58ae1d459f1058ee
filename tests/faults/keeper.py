"""The embedded web server, started again whenever it dies: `python -m tests.faults.keeper PORT`."""

import os
import sys

import django

django.setup()

from hubs_portal import serving  # noqa: E402 - Django is set up first


def main(port: int) -> None:
    """Fork it from a process that has set Django up, so that it is back within a tenth of a second."""
    while True:
        child = os.fork()
        if not child:
            serving.serve_web(port)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
