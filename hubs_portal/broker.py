"""Messages between the processes of a portal without Redis: files of one folder, each seen only once whole.

Kombu opens a message's file under its final name before it writes in it. A worker that looks in between reads an empty
message, stops on it, and the whole portal with it.
"""

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes each message under a name no queue looks for, then renames it."""

    def _put(  # type: ignore[override] # two bases name it in two ways
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        folder, name = Path(self.data_folder_out), f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}"
        written = folder / f"{name}.part"
        written.write_bytes(dumps(payload).encode())
        written.replace(folder / f"{name}.{queue}.msg")


class Transport(filesystem.Transport):
    """What Celery is told to use (hubs_portal/celery.py)."""

    Channel = Channel
