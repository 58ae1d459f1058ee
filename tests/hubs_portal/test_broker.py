"""Messages as files: no process ever finds half of one."""

from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from celery import current_app
from kombu import Connection

from hubs_portal.broker import Transport


def test_a_message_is_not_found_before_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")}
    with Connection("filesystem://", transport=Transport, transport_options=folders) as connection:
        channel: Any = connection.channel()
        whole = Path.write_bytes

        def half_way(path: Path, content: bytes) -> int:
            whole(path, content[:5])
            with pytest.raises(Empty):
                channel._get("celery")
            return whole(path, content)

        with monkeypatch.context() as slow:
            slow.setattr(Path, "write_bytes", half_way)
            channel._put("celery", {"task": "letters.sweep"})

        assert channel._get("celery") == {"task": "letters.sweep"}
        assert list(tmp_path.glob("*.part")) == []


def test_the_portal_without_redis_sends_its_messages_that_way() -> None:
    with current_app.connection_for_write() as connection:
        assert isinstance(connection.transport, Transport)
