"""Bytes come in parts to a folder or to a real bucket, by the same calls, and are read again before they count."""

import hashlib
import io
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.test import Client

from hubs_portal import files, tidying
from hubs_portal.files import StoredFile
from hubs_portal.refusals import Refusal
from hubs_portal.uploads.bucket import BucketTransport
from hubs_portal.uploads.folder import FolderTransport, OddBody
from hubs_portal.uploads.models import PART, Upload
from hubs_portal.uploads.transport import Arrival, Call, NotWhole, Step, call_of, transport
from tests.builders.uploads import parts_in

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * (2 * PART // 256) + b"fin"


class Answer:
    """What a call was answered."""

    def __init__(self, status: int, text: str, mark: str) -> None:
        self.status, self.text, self.mark = status, text, mark


@pytest.fixture(params=["folder", "bucket"])
def way(request: pytest.FixtureRequest, settings: Any, db: None, tmp_path: Path) -> Iterator[str]:
    """Both ways, one after the other, behind the same functions."""
    settings.UPLOADS_FOLDER, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads", tmp_path / "gathered"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    if request.param == "bucket":
        endpoint = request.getfixturevalue("s3_endpoint")
        options = {
            "bucket_name": endpoint.bucket,
            "endpoint_url": endpoint.url,
            "access_key": endpoint.access_key,
            "secret_key": endpoint.secret_key,
            "file_overwrite": False,
            "default_acl": None,
            "object_parameters": {"ServerSideEncryption": "AES256"},
        }
        bucket = {"BACKEND": "hubs_portal.bucket_storage.BucketStorage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "private": bucket}
        settings.S3_PUBLIC_ENDPOINT = ""
    with transaction.atomic():
        yield request.param
        for row in StoredFile.objects.all():
            storages["private"].delete(row.key)
        # Rows of the bucket would promise, to the checks that follow each test, bytes that the folder never had.
        transaction.set_rollback(True)


def an_upload(content: bytes = CONTENT, **said: Any) -> Upload:
    upload = Upload(
        bound_to="essai", name="essai.pdf", size=len(content), digest=hashlib.sha256(content).hexdigest(), **said
    )
    upload.multipart_id = transport().open(upload)
    upload.save()
    return upload


def make(upload: Upload, call: Call, body: bytes = b"", *, headers: bool = True) -> Answer:
    """Make a call as a browser would, with the address it was given."""
    signed = transport().sign(upload, call)
    if signed.url.startswith("/"):
        ours = Client().generic(call.method, signed.url, body, "application/octet-stream")
        return Answer(ours.status_code, ours.text, ours.headers.get("ETag", ""))
    asked = urllib.request.Request(signed.url, data=body or None, method=call.method)  # noqa: S310 - our own server
    for name, value in signed.headers.items() if headers else ():
        asked.add_header(name, value)
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310 - as above
            return Answer(answer.status, answer.read().decode(), answer.headers.get("ETag", ""))
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.read().decode(), "")


def send(upload: Upload, content: bytes = CONTENT, *parts: int) -> None:
    if not upload.in_parts:
        assert make(upload, Call(Step.WHOLE), content).status == 200
    for part in (parts or upload.parts) if upload.in_parts else ():
        answer = make(upload, Call(Step.PART, part), content[(part - 1) * PART : part * PART])
        assert (answer.status, bool(answer.mark.strip('"'))) == (200, True)


def join(upload: Upload) -> Answer:
    marks = parts_in(make(upload, Call(Step.LIST)).text)
    named = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{mark}</ETag></Part>" for n, mark in marks.items())
    return make(upload, Call(Step.JOIN), f"<CompleteMultipartUpload>{named}</CompleteMultipartUpload>".encode())


def keep(upload: Upload) -> StoredFile:
    with transport().receive(upload) as received:
        return files.store(received, declared_digest=upload.digest, declared_size=upload.size)


def left(way: str, tmp_path: Path) -> list[str]:
    """What is left of what arrived, whichever the way; nothing gathered is ever left."""
    assert list((tmp_path / "gathered").iterdir()) == []
    if way == "folder":
        return sorted(path.name for path in tmp_path.glob("uploads/*/*"))
    return sorted(transport().strays(before=datetime.now(UTC) + timedelta(hours=1)))


@pytest.mark.served
@pytest.mark.parametrize("content", [b"%PDF-1.7 petit", CONTENT], ids=["small", "large"])
def test_what_arrives_is_kept_to_the_byte_and_nothing_else_is(way: str, content: bytes, tmp_path: Path) -> None:
    upload = an_upload(content)
    send(upload, content)
    if upload.in_parts:
        answer = join(upload)
        assert (answer.status, "<Location>" in answer.text, "<Key>" in answer.text) == (200, True, True)
    assert transport().arrival(upload) == Arrival(len(content), whole=True)

    row = keep(upload)
    transport().forget(upload)

    with row.open() as kept:
        assert kept.read() == content
    assert (row.digest, row.size, row.media_type) == (upload.digest, len(content), "application/pdf")
    assert left(way, tmp_path) == []


@pytest.mark.served
def test_the_parts_that_are_there_are_listed_and_need_not_be_sent_again(way: str) -> None:
    upload = an_upload()
    send(upload, CONTENT, 1, 3)

    assert sorted(parts_in(make(upload, Call(Step.LIST)).text)) == [1, 3]
    assert transport().arrival(upload) == Arrival(len(CONTENT) - PART, whole=False)

    send(upload, CONTENT, 2)
    join(upload)
    assert keep(upload).digest == upload.digest
    transport().forget(upload)


@pytest.mark.served
def test_what_is_not_all_there_is_not_received(way: str) -> None:
    upload = an_upload()
    send(upload, CONTENT, 1, 2)

    with pytest.raises(NotWhole), transport().receive(upload):
        pass

    transport().forget(upload)
    with pytest.raises(NotWhole), transport().receive(upload):
        pass


@pytest.mark.served
def test_bytes_that_differ_from_what_was_announced_are_not_kept(way: str, tmp_path: Path) -> None:
    upload = an_upload()
    send(upload, CONTENT[:-3] + b"fim")
    join(upload)

    with pytest.raises(Refusal) as refused:
        keep(upload)

    transport().forget(upload)
    assert refused.value.code == "altered_in_transit"
    assert (StoredFile.objects.count(), left(way, tmp_path)) == (0, [])


@pytest.mark.served
def test_forgotten_nothing_can_be_sent_any_more(way: str, tmp_path: Path) -> None:
    upload = an_upload()
    send(upload, CONTENT, 1)
    transport().forget(upload)

    answer = make(upload, Call(Step.PART, 2), CONTENT[PART : 2 * PART])

    transport().forget(upload)
    assert answer.status == 404
    assert left(way, tmp_path) == []


@pytest.mark.served
def test_an_upload_of_yesterday_is_swept_with_its_parts_and_strays_too(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, fresh, lost = an_upload(), an_upload(), an_upload()
    for upload in (old, fresh, lost):
        send(upload, CONTENT, 1)
    kept = files.store_bytes(b"%PDF-1.7 reste")
    Upload.objects.filter(pk=lost.pk).delete()
    tomorrow = datetime.now(UTC) + timedelta(days=1, minutes=1)
    Upload.objects.filter(pk=fresh.pk).update(opened_at=tomorrow)

    assert tidying.sweep_uploads(now=tomorrow) == 2

    assert [upload.pk for upload in Upload.objects.all()] == [fresh.pk]
    assert sorted(parts_in(make(fresh, Call(Step.LIST)).text)) == [1]
    transport().forget(fresh)
    assert left(way, tmp_path) == []
    with kept.open() as file:
        assert file.read() == b"%PDF-1.7 reste"


@pytest.mark.served
def test_received_again_before_it_is_forgotten_it_is_kept_once(way: str) -> None:
    upload = an_upload()
    send(upload)
    join(upload)

    with transport().receive(upload) as one:
        first = files.store(one, declared_digest=upload.digest)
    with transport().receive(upload) as other:
        second = files.store(other, declared_digest=upload.digest)

    transport().forget(upload)
    assert (first, StoredFile.objects.count()) == (second, 1)
    with first.open() as kept:
        assert kept.read() == CONTENT


@pytest.mark.served
def test_an_address_of_the_bucket_is_signed_for_browsers_for_five_minutes_and_one_call(
    s3_endpoint: Any, settings: Any
) -> None:
    options = {
        "bucket_name": s3_endpoint.bucket,
        "endpoint_url": "http://inside.invalid:8333",
        "access_key": s3_endpoint.access_key,
        "secret_key": s3_endpoint.secret_key,
    }
    bucket = {"BACKEND": "hubs_portal.bucket_storage.BucketStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "private": bucket}
    settings.S3_PUBLIC_ENDPOINT = "https://files.essai.invalid"
    upload = Upload(name="x.pdf", size=PART + 1, multipart_id="m", key="k" * 40)

    address = urlsplit(BucketTransport().sign(upload, Call(Step.PART, 2)).url)

    said = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.scheme, address.netloc) == ("https", "files.essai.invalid")
    assert address.path == f"/{s3_endpoint.bucket}/incoming/{upload.key}"
    assert (said["partNumber"], said["uploadId"], said["X-Amz-Expires"]) == ("2", "m", "300")
    assert said["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> FolderTransport:
    settings.UPLOADS_FOLDER = tmp_path / "uploads"
    return FolderTransport()


def somebody_waits(upload: Upload) -> None:
    """Return once the system says that somebody waits for the lock of that file."""
    inode = (Path(settings.UPLOADS_FOLDER) / upload.key / "whole").stat().st_ino
    for _ in range(500):
        if any(f":{inode} " in line for line in Path("/proc/locks").read_text().splitlines() if "->" in line):
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def an_announced(size: int) -> Upload:
    """One the database does not know."""
    upload = Upload(name="x.pdf", size=size, digest="0" * 64)
    upload.multipart_id = FolderTransport().open(upload)
    return upload


def test_a_part_cut_on_its_way_counts_for_nothing_even_where_it_had_come_and_the_others_stay(
    folder: FolderTransport,
) -> None:
    upload = an_announced(PART + 1)
    mark = folder.take(upload, 2, io.BytesIO(b"2"), 1)
    folder.take(upload, 1, io.BytesIO(bytes(PART)), PART)

    with pytest.raises(OddBody) as odd:
        folder.take(upload, 1, io.BytesIO(bytes(1000)), PART)

    assert (odd.value.code, folder.marks(upload)) == ("IncompleteBody", {2: mark})
    assert folder.arrival(upload) == Arrival(1, whole=False)
    with pytest.raises(NotWhole), folder.receive(upload):
        pass


def test_nobody_writes_in_a_file_that_is_kept_whenever_they_opened_it(folder: FolderTransport, tmp_path: Path) -> None:
    upload, kept, said = an_announced(PART), tmp_path / "kept", []
    folder.take(upload, 1, io.BytesIO(b"1" * PART), PART)

    def write() -> None:
        with pytest.raises(FileNotFoundError) as gone:
            folder.take(upload, 1, io.BytesIO(b"2" * PART), PART)
        said.append(gone.type)

    late = threading.Thread(target=write)
    with folder.receive(upload):
        late.start()
        somebody_waits(upload)
        kept.hardlink_to(tmp_path / "uploads" / upload.key / "whole")
    late.join()
    folder.forget(upload)
    write()

    assert (said, kept.read_bytes()) == ([FileNotFoundError] * 2, b"1" * PART)


def test_a_file_is_received_once_the_part_being_written_is_whole(folder: FolderTransport) -> None:
    upload, found = an_announced(PART), []
    folder.take(upload, 1, io.BytesIO(bytes(PART)), PART)

    def receive() -> None:
        with folder.receive(upload) as received:
            found.append(received.measured)

    receiver = threading.Thread(target=receive)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if not self.tell():
                receiver.start()
                somebody_waits(upload)
            return super().read(size)

    folder.take(upload, 1, Slow(b"2" * PART), PART)
    receiver.join()

    assert found == [(hashlib.sha256(b"2" * PART).hexdigest(), PART)]


def test_a_body_that_never_ends_is_read_no_further_than_announced(folder: FolderTransport) -> None:
    upload, body = an_announced(1000), io.BytesIO(bytes(10_000))

    folder.take(upload, 1, body, 1000)

    assert body.tell() == 1000


def test_what_a_killed_process_was_writing_counts_for_nothing(folder: FolderTransport, tmp_path: Path) -> None:
    upload = an_announced(PART + 1)
    (tmp_path / "uploads" / upload.key / "whole").write_bytes(bytes(3000))

    assert (folder.marks(upload), folder.arrival(upload)) == ({}, Arrival(0, whole=False))
    folder.forget(upload)
    assert list((tmp_path / "uploads").iterdir()) == []


def test_the_same_part_sent_by_two_at_once_is_one_of_the_two(folder: FolderTransport, tmp_path: Path) -> None:
    upload = an_announced(PART)
    bodies = [bytes([n]) * PART for n in (1, 2)]
    senders = [threading.Thread(target=folder.take, args=(upload, 1, io.BytesIO(body), PART)) for body in bodies]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert (tmp_path / "uploads" / upload.key / "whole").read_bytes() in bodies
    assert len(list((tmp_path / "uploads" / upload.key).iterdir())) == 2


@pytest.mark.parametrize(
    ("size", "method", "part", "call"),
    [
        (PART, "PUT", None, Call(Step.WHOLE)),
        (PART + 1, "PUT", 2, Call(Step.PART, 2)),
        (PART + 1, "GET", None, Call(Step.LIST)),
        (PART + 1, "POST", None, Call(Step.JOIN)),
    ],
)
def test_the_calls_of_an_upload(size: int, method: str, part: int | None, call: Call) -> None:
    assert call_of(Upload(size=size), method, part) == call
    assert call.method == method


@pytest.mark.parametrize(
    ("size", "method", "part"),
    [(PART, "PUT", 1), (PART, "GET", None), (PART + 1, "PUT", None), (PART + 1, "PUT", 3), (PART + 1, "DELETE", None)],
)
def test_other_calls_are_refused(size: int, method: str, part: int | None) -> None:
    with pytest.raises(Refusal) as refused:
        call_of(Upload(size=size), method, part)

    assert refused.value.code == "no_such_call"
