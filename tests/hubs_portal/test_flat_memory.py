"""What leaves is never held whole: 200 MB of dossier pass through a process that stays as small as it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import S3Endpoint

ROOT = Path(__file__).resolve().parents[2]
MOST = 40 * 1024  # kB the process may grow by
# Eight files of 25 MB, taken as an archive, whole, and in part, by somebody who reads as fast as the storage gives.
LEAVING = """
import os, resource, sys, threading
import django; django.setup()
from django.conf import settings
from django.test import RequestFactory
from hubs_portal import archive, downloads, files
from hubs_portal.files import StoredFile, private_storage
from hubs_portal.scanning import Scan
from django.core.files.base import ContentFile
from django.db import connection

SIZE = 25 * 1024 * 1024
if sys.argv[1] == "store":
    with connection.schema_editor() as tables:
        for model in (StoredFile, Scan):
            tables.create_model(model)
    for n in range(8):
        row = StoredFile.objects.create(digest=f"{n:064x}", size=SIZE, media_type="application/pdf")
        private_storage().save(row.key, ContentFile(os.urandom(1024) * (SIZE // 1024)))
    raise SystemExit
rows = list(StoredFile.objects.order_by("pk"))

def taken(response):
    return sum(len(block) for block in response.streaming_content)

ask = RequestFactory()
small = downloads.serve(ask.get("/", headers={"Range": "bytes=0-9"}), rows[0], "a.pdf")
assert taken(small) == 10
def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])
before, most, over = resident(), [0], threading.Event()
def watch():
    while not over.wait(0.005):
        most[0] = max(most[0], resident())
watcher = threading.Thread(target=watch, daemon=True)
watcher.start()
entries = [archive.Entry.kept(f"pieces/{n}.pdf", row) for n, row in enumerate(rows)]
assert taken(archive.respond(ask.get("/"), entries, "dossier")) > 8 * SIZE
assert taken(downloads.serve(ask.get("/"), rows[0], "a.pdf")) == SIZE
assert taken(downloads.serve(ask.get("/", headers={"Range": "bytes=1-"}), rows[0], "a.pdf")) == SIZE - 1
over.set()
watcher.join()
print(most[0] - before)
"""


@pytest.mark.served
@pytest.mark.skipif(sys.platform != "linux", reason="it reads what Linux says of a process")
@pytest.mark.parametrize("storage", ["folder", "bucket"])
def test_two_hundred_megabytes_leave_through_a_process_that_does_not_grow(
    storage: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "incoming").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "hubs_portal.settings.dev",
        "DATA_FOLDER": str(tmp_path),
    }
    if storage == "bucket":
        endpoint: S3Endpoint = request.getfixturevalue("s3_endpoint")
        environment |= endpoint.settings()

    def run(what: str) -> str:
        command = [sys.executable, "-c", LEAVING, what]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    run("store")
    grown = int(run("leave").split()[-1])

    assert grown <= MOST, f"{grown} kB"
    print(f"{storage}: {grown} kB")
