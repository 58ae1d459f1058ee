"""What killed uploads leave behind is swept, what is under way is not; the integrity of files is told."""

import os
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import transaction

from hubs_portal import tidying
from hubs_portal.files import private_storage, store

pytestmark = pytest.mark.django_db


def test_what_a_killed_request_left_goes_after_an_hour_and_what_arrives_now_stays(
    tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    now = datetime.now(UTC)
    for name, age in (("left.upload", timedelta(hours=2)), ("arriving.upload", timedelta(minutes=5))):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, ((now - age).timestamp(),) * 2)
    (tmp_path / "folder").mkdir()

    assert tidying.sweep_incoming(now=now) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arriving.upload", "folder"]


def test_the_check_of_files_names_what_is_missing_and_what_nobody_names(settings: Any, tmp_path: Path) -> None:
    folder = {"BACKEND": "hubs_portal.storage.FolderStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "private": folder}
    with transaction.atomic():
        row = store(ContentFile(b"%PDF-1.7 un"))
        said = StringIO()

        call_command("check_integrity", stdout=said)
        assert "1 fichier(s), 0 absent(s) ou altéré(s), 0 orphelin(s)" in said.getvalue()

        orphan = private_storage().save("objects/ab/cd/abcd", ContentFile(b"personne"))
        old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
        os.utime(tmp_path / orphan, (old, old))
        (tmp_path / row.key).write_bytes(b"%PDF-1.7 deux")
        said = StringIO()
        with pytest.raises(CommandError):
            call_command("check_integrity", stdout=said)

        assert f"absent ou altéré : {row.key}" in said.getvalue()
        assert f"orphelin, sera mis de côté puis supprimé : {orphan}" in said.getvalue()
        # Its row would promise, to the checks that follow each test, bytes the usual folder never had.
        transaction.set_rollback(True)
