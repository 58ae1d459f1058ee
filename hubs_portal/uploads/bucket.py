"""Bytes that go straight to the bucket: the portal signs each call, and never sees a body."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache, partial
from typing import IO, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import Storage

from hubs_portal import hands
from hubs_portal.files import Received, fingerprint, private_storage
from hubs_portal.uploads.models import Upload
from hubs_portal.uploads.transport import BLOCK, LIFE, Arrival, Call, NotWhole, Signed, Step

# Never under objects/, where only what was read again and compared is.
_INCOMING = "incoming/"
_OPERATIONS = {
    Step.WHOLE: "put_object",
    Step.PART: "upload_part",
    Step.LIST: "list_parts",
    Step.JOIN: "complete_multipart_upload",
}
_GONE = {"NoSuchUpload", "NoSuchKey", "404", "NotFound"}
# How the parameters of an object are said in the headers of a call that others make.
_HEADERS = {"ServerSideEncryption": "x-amz-server-side-encryption"}


@lru_cache(maxsize=4)
def _client(endpoint: str | None, access_key: str, secret_key: str, region: str | None) -> Any:
    """A client of the address; made once a process (it costs a tenth of a second), and used by all its threads."""
    # Without a version, boto3 signs addresses in the old way; the path names the bucket, so that one origin is enough.
    how = Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 3})
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name=region or "us-east-1",
        config=how,
    )


class InBucket(Received):
    """Bytes read again from where they arrived: the bucket itself copies them to where they are kept."""

    source: str

    def place(self, storage: Storage, key: str) -> bool:
        """One call, whatever the size; encrypted and the rest as what the storage writes itself. To be read again."""
        BucketTransport().copy(self.source, key)
        return False


class BucketTransport:
    """Everything is under `incoming/`, in the bucket files are kept in."""

    def __init__(self) -> None:
        self._storage = cast("Any", private_storage())
        self._bucket = self._storage.bucket_name

    def prepare(self) -> None:
        """Read what boto3 knows of S3; nothing is asked of the bucket."""
        _ = (self._inner, self._outer, self._storage.bucket)

    def open(self, upload: Upload) -> str:
        """A multipart upload, begun by the portal itself, which therefore knows how to end it."""
        if not upload.in_parts:
            return ""
        key = self._key(upload)
        begun = self._inner.create_multipart_upload(Bucket=self._bucket, Key=key, **self._parameters(key))
        return str(begun["UploadId"])

    def sign(self, upload: Upload, call: Call) -> Signed:
        """An address of the bucket, as browsers see it."""
        key = self._key(upload)
        named: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        if upload.in_parts:
            named["UploadId"] = upload.multipart_id
        if call.part:
            named["PartNumber"] = call.part
        said = self._parameters(key) if call.step is Step.WHOLE else {}
        said = {name: value for name, value in said.items() if name in _HEADERS}
        url = self._outer.generate_presigned_url(
            _OPERATIONS[call.step], Params=named | said, ExpiresIn=LIFE, HttpMethod=call.method
        )
        return Signed(url, {_HEADERS[name]: str(value) for name, value in said.items()})

    def arrival(self, upload: Upload) -> Arrival:
        """An object when its parts were joined; before that, the parts."""
        named = {"Bucket": self._bucket, "Key": self._key(upload)}
        if found := _unless_gone(partial(self._inner.head_object, **named)):
            return Arrival(found["ContentLength"], found["ContentLength"] == upload.size)
        listed = upload.in_parts and _unless_gone(
            partial(self._inner.list_parts, **named, UploadId=upload.multipart_id)
        )
        return Arrival(sum(part["Size"] for part in listed.get("Parts", [])) if listed else 0, whole=False)

    @contextmanager
    def receive(self, upload: Upload) -> Iterator[Received]:
        """A copy to look into, here."""
        found = _unless_gone(partial(self._inner.get_object, Bucket=self._bucket, Key=self._key(upload)))
        if found is None:
            raise NotWhole
        body = found["Body"]
        # In the folder of incoming files: what a killed process leaves there is swept.
        with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
            digest, size = hands.lend(partial(_brought, body, file))
            received = InBucket(file, name=upload.name, digest=digest, size=size)
            received.source = self._key(upload)
            yield received

    def copy(self, source: str, key: str) -> None:
        """Have the bucket copy an object."""
        self._inner.copy_object(
            Bucket=self._bucket,
            Key=key,
            CopySource={"Bucket": self._bucket, "Key": source},
            **self._parameters(key),
        )

    def forget(self, upload: Upload) -> None:
        """The parts, and what they were joined into."""
        if upload.multipart_id:
            self._abort(self._key(upload), upload.multipart_id)
        self._inner.delete_object(Bucket=self._bucket, Key=self._key(upload))

    def strays(self, *, before: datetime) -> Iterable[str]:
        """Objects, and the multipart uploads nobody ended."""
        found = {
            item.key for item in self._storage.bucket.objects.filter(Prefix=_INCOMING) if item.last_modified < before
        }
        found |= {item["Key"] for item in self._multiparts() if item["Initiated"] < before}
        return sorted(key.removeprefix(_INCOMING) for key in found)

    def discard(self, key: str) -> None:
        """The object, and every multipart upload of that key."""
        for item in self._multiparts(key):
            self._abort(item["Key"], item["UploadId"])
        self._inner.delete_object(Bucket=self._bucket, Key=_INCOMING + key)

    def _abort(self, key: str, multipart_id: str) -> None:
        named = {"Bucket": self._bucket, "Key": key, "UploadId": multipart_id}
        _unless_gone(partial(self._inner.abort_multipart_upload, **named))

    @property
    def _inner(self) -> Any:
        """As the portal reaches the bucket."""
        return self._client_of(self._storage.endpoint_url)

    @property
    def _outer(self) -> Any:
        """As browsers reach it: an address is signed with its host."""
        return self._client_of(settings.S3_PUBLIC_ENDPOINT or self._storage.endpoint_url)

    def _client_of(self, endpoint: str | None) -> Any:
        storage = self._storage
        return _client(endpoint, storage.access_key, storage.secret_key, storage.region_name)

    def _key(self, upload: Upload) -> str:
        return _INCOMING + upload.key

    def _parameters(self, key: str) -> dict[str, Any]:
        return dict(self._storage.get_object_parameters(key))

    def _multiparts(self, key: str = "") -> Iterator[Any]:
        pages = self._inner.get_paginator("list_multipart_uploads")
        for page in pages.paginate(Bucket=self._bucket, Prefix=_INCOMING + key):
            yield from page.get("Uploads", [])


def _brought(body: Any, file: IO[bytes]) -> tuple[str, int]:
    file.writelines(body.iter_chunks(BLOCK))
    return fingerprint(file)


def _unless_gone(ask: Callable[[], Any]) -> Any:
    """What the bucket answers; nothing when it has nothing of that name."""
    try:
        return ask()
    except ClientError as error:
        if str(error.response.get("Error", {}).get("Code", "")) in _GONE:
            return None
        raise
