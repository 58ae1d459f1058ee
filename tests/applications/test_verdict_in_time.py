"""Whoever sends a file knows within fifteen seconds if it opens: a web process, a worker and an antivirus, all real."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.applications.sending_files import FILES
from tests.servers import antivirus, running

ROOT = Path(__file__).resolve().parents[2]
_WORKER = "import django; django.setup(); from hubs_portal import serving; serving.run_worker()"
_AT_MOST = 15.0


def _told(act: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.applications.sending_files", act],
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.served
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the daemon is Debian's")
def test_what_is_found_in_a_file_is_on_the_page_within_fifteen_seconds(tmp_path: Path) -> None:
    with antivirus() as clamd:
        environment = {
            "DJANGO_SETTINGS_MODULE": "hubs_portal.settings.dev",
            "PYTHONPATH": str(ROOT),
            "DATA_FOLDER": str(tmp_path),
            "CLAMD_ADDRESS": clamd.address,
            **dict.fromkeys(("DATABASE_URL", "REDIS_URL", "S3_BUCKET", "SMTP_URL"), ""),
            "REHEARSAL": "0",
        }
        _told("prepare", environment)
        (tmp_path / "worker").mkdir()
        with running([sys.executable, "-c", _WORKER], folder=tmp_path / "worker", environment=environment):
            lines = [json.loads(line) for line in _told("send", environment).splitlines()]

    assert [(line["name"], line["said"]) for line in lines] == [
        (name, expected) for name, (_make, _code, expected) in FILES.items()
    ]
    assert [line for line in lines if line["seconds"] > _AT_MOST] == []
