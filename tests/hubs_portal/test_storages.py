"""The private storage promises the same thing whether it is a folder or an S3 bucket: a real one, here."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from hubs_portal import files, tidying
from hubs_portal.archive import Entry, respond
from hubs_portal.files import StoredFile
from hubs_portal.refusals import Refusal

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 5000


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, settings: Any, db: None) -> Iterator[str]:
    """Both storages, one after the other, behind the same functions."""
    if request.param == "bucket":
        endpoint = request.getfixturevalue("s3_endpoint")
        settings.STORAGES = {**settings.STORAGES, "private": endpoint.storage()}
    with transaction.atomic():
        yield request.param
        for row in StoredFile.objects.all():
            storages["private"].delete(row.key)
        # Rows of the bucket would promise, to the checks that follow each test, bytes that the folder never had.
        transaction.set_rollback(True)


@pytest.mark.served
def test_what_is_stored_reads_back_to_the_byte(storage: str) -> None:
    row = files.store(ContentFile(CONTENT), declared_digest=hashlib.sha256(CONTENT).hexdigest())

    with row.open() as stored:
        assert stored.read() == CONTENT
    assert (row.size, row.media_type) == (len(CONTENT), "application/pdf")
    assert storages["private"].exists(f"objects/{row.digest[:2]}/{row.digest[2:4]}/{row.digest}")


@pytest.mark.served
def test_an_archive_holds_what_is_stored_to_the_byte(storage: str, rf: Any) -> None:
    row = files.store(ContentFile(CONTENT))

    response: Any = respond(rf.get("/"), [Entry.kept("pieces/01_essai.pdf", row)], "dossier")

    sent = b"".join(response.streaming_content)
    assert len(sent) == int(response["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        assert archive.read("dossier/pieces/01_essai.pdf") == CONTENT


@pytest.mark.served
def test_the_same_bytes_are_stored_once(storage: str) -> None:
    assert files.store(ContentFile(CONTENT)) == files.store(ContentFile(CONTENT))
    assert StoredFile.objects.count() == 1


@pytest.mark.served
def test_bytes_altered_behind_our_back_are_named(storage: str) -> None:
    row = files.store(ContentFile(CONTENT))
    storages["private"].delete(row.key)
    storages["private"].save(row.key, ContentFile(CONTENT[:-1] + b"\x00"))

    assert list(files.missing_or_altered()) == [row]


@pytest.mark.served
def test_a_cut_transfer_stores_nothing(storage: str) -> None:
    with pytest.raises(Refusal) as refusal:
        files.store(ContentFile(CONTENT[:1000]), declared_size=len(CONTENT))

    assert refusal.value.code == "altered_in_transit"
    assert StoredFile.objects.count() == 0


@pytest.mark.served
def test_the_bucket_opens_to_nobody_without_a_signature(s3_endpoint: Any) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=s3_endpoint.url,
        aws_access_key_id="nobody",
        aws_secret_access_key="wrong",
        region_name="us-east-1",
    )

    with pytest.raises(client.exceptions.ClientError) as refused:
        client.list_objects_v2(Bucket=s3_endpoint.bucket)

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.served
def test_an_orphan_is_put_aside_then_deleted_and_what_a_row_names_never_is(storage: str) -> None:
    row = files.store(ContentFile(CONTENT))
    private = storages["private"]
    digest = hashlib.sha256(b"orphelin").hexdigest()
    orphan = f"objects/{digest[:2]}/{digest[2:4]}/{digest}"
    private.save(orphan, ContentFile(b"orphelin"))
    now = datetime.now(UTC)

    assert tidying.tidy(now=now) == 0
    assert (private.exists(orphan), private.exists(row.key)) == (True, True)
    assert [each.key for each in tidying.orphans(before=now + timedelta(minutes=1)) if each.digest == digest] == [
        orphan
    ]

    tidying.tidy(now=now + timedelta(days=1, minutes=1))
    assert (private.exists(orphan), private.exists(f"aside/{digest}"), private.exists(row.key)) == (False, True, True)

    assert tidying.tidy(now=now + timedelta(days=2, minutes=2)) >= 1
    assert (private.exists(f"aside/{digest}"), private.exists(row.key)) == (False, True)
    with row.open() as stored:
        assert stored.read() == CONTENT


@pytest.mark.served
def test_what_was_put_aside_comes_back_when_a_row_names_it_after_all(storage: str) -> None:
    row = files.store(ContentFile(CONTENT))
    private = storages["private"]
    private.save(f"aside/{row.digest}", ContentFile(CONTENT))
    private.delete(row.key)

    tidying.tidy(now=datetime.now(UTC))

    with row.open() as stored:
        assert stored.read() == CONTENT
    assert not private.exists(f"aside/{row.digest}")
