"""Run a command with files in a throw-away S3 bucket, prepared as served ones are: `python -m tests.with_bucket …`.

The settings read S3_BUCKET as any installation's do, so that what is tested is what is served.
"""

import os
import signal
import subprocess
import sys
from types import FrameType

from tests.servers import object_store


def _give_up(number: int, frame: FrameType | None) -> None:
    """Turn SIGTERM into an exception, so that the server below is stopped on the way out."""
    raise SystemExit(128 + number)


def main(command: list[str]) -> int:
    """Start the store, prepare the bucket, run the command, stop the store; the status is the command's."""
    signal.signal(signal.SIGTERM, _give_up)
    with object_store() as store:
        environment = os.environ | store.settings()
        prepare = [sys.executable, "manage.py", "prepare_bucket"]
        settings = {"DJANGO_SETTINGS_MODULE": "hubs_portal.settings.test"}
        subprocess.run(prepare, env=environment | settings, check=True, stdout=subprocess.DEVNULL)
        with subprocess.Popen(command, env=environment) as process:
            try:
                return process.wait()
            except BaseException:
                process.terminate()
                raise


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
