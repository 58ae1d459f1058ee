"""The same upload completed, or given up, by several requests at the same instant: one document or none, never half."""

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from applications.actions import uploads
from applications.actions.purposes import ForDraft, Made, Purpose
from applications.models import CandidacyLine, Document
from hubs_portal.files import StoredFile
from hubs_portal.refusals import Refusal
from hubs_portal.uploads.folder import FolderTransport
from hubs_portal.uploads.models import PART, Upload
from tests import builders
from tests.builders import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CONTENT = builders.a_pdf("Pouvoir") + bytes(PART) + b"fin"


@pytest.fixture(autouse=True)
def incoming(settings: Any, tmp_path: Path) -> Path:
    settings.UPLOADS_FOLDER, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads", tmp_path / "gathered"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return tmp_path


def sent() -> tuple[Purpose, Upload]:
    """A file all of which has arrived."""
    member = builders.a_signalled(builders.a_call(), user=builders.a_user())
    purpose = ForDraft(member, "letters", NOW)
    upload = uploads.open_upload(
        purpose,
        name="lettre.pdf",
        size=len(CONTENT),
        digest=hashlib.sha256(CONTENT).hexdigest(),
        media_type="application/pdf",
        at=NOW,
    )
    for part in upload.parts:
        body = CONTENT[(part - 1) * PART : part * PART]
        FolderTransport().take(upload, part, io.BytesIO(body), len(body))
    return purpose, upload


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts together, each with a connection of its own: what each returned, or the code of its refusal."""

    def one(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def left(incoming: Path) -> list[Path]:
    return [path for path in incoming.rglob("*") if path.is_file()]


def test_completed_by_four_at_once_it_is_one_document(incoming: Path) -> None:
    purpose, upload = sent()

    def complete() -> Made:
        return uploads.complete_upload(purpose, Upload.objects.get(pk=upload.pk), at=NOW)

    made = at_once(*[complete] * 4)

    assert {document.pk for document in made} == {Document.objects.get().pk}
    assert CandidacyLine.objects.filter(subject=purpose.member.candidacy_id, act="add_document").count() == 1
    with StoredFile.objects.get(digest=upload.digest).open() as kept:
        assert kept.read() == CONTENT
    assert left(incoming) == []


def test_completed_while_it_is_given_up_it_is_a_document_or_nothing(incoming: Path) -> None:
    purpose, upload = sent()

    ended, _none = at_once(
        lambda: uploads.complete_upload(purpose, Upload.objects.get(pk=upload.pk), at=NOW),
        lambda: uploads.abandon_upload(Upload(pk=upload.pk, key=upload.key)),
    )

    standing = Document.objects.current().count()
    assert (ended, standing) in [("not_whole", 0), (Document.objects.first(), 1)]
    assert left(incoming) == []
