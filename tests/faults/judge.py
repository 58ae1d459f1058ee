"""What became of the files: reads {name: SHA-256} of those said saved, prints what is missing, altered, left behind."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first

from applications.models import Document  # noqa: E402
from hubs_portal import tidying  # noqa: E402
from hubs_portal.files import missing_or_altered, private_storage  # noqa: E402
from hubs_portal.storage import FolderStorage  # noqa: E402


def main(saved: dict[str, str]) -> dict[str, int]:
    """As somebody sees it who comes back a few days after: what could be swept was."""
    known = dict(Document.objects.values_list("name", "stored__digest"))
    now = datetime.now(UTC)
    for days in (2, 4):
        tidying.sweep_incoming(now=now + timedelta(days=days))
        tidying.tidy(now=now + timedelta(days=days))
    return {
        "missing": sum(known.get(name) != digest for name, digest in saved.items()),
        "altered": len(list(missing_or_altered())),
        "left": _left(now + timedelta(days=5)),
    }


def _left(now: datetime) -> int:
    folders = [Path(settings.FILE_UPLOAD_TEMP_DIR)]
    if isinstance(storage := private_storage(), FolderStorage):
        folders.append(storage.partial)
    unfinished = sum(1 for folder in folders for file in folder.rglob("*") if file.is_file())
    return unfinished + len(list(tidying.orphans(before=now)))


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text()))))
