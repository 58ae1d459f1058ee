"""Run a command with a throw-away PostgreSQL in DATABASE_URL: `python -m tests.with_postgresql pytest tests`."""

import os
import signal
import subprocess
import sys
from types import FrameType

from tests.servers import postgresql


def _give_up(number: int, frame: FrameType | None) -> None:
    """Turn SIGTERM into an exception, so that the server below is stopped on the way out."""
    raise SystemExit(128 + number)


def main(command: list[str]) -> int:
    """Start the server, run the command, stop the server; the status is the command's."""
    signal.signal(signal.SIGTERM, _give_up)
    with postgresql() as url, subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url}) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
