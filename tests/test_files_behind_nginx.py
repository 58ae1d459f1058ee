"""Files as the served portal gives them: the view checks the right, nginx takes the bytes, the guard is the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from applications.models import Document
from hubs_portal.downloads import GUARD
from tests import nginx
from tests.builders import a_call, a_complete_dossier, a_signalled, a_user
from tests.nginx import Door

pytestmark = [pytest.mark.served, pytest.mark.django_db(transaction=True)]
# What the middlewares say of every answer, which must not be lost on the way either.
AROUND = {
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass
class Reader:
    """Somebody who may read a file, and asks for it through nginx."""

    door: Door
    address: str
    session: str
    document: Document
    content: bytes

    def asks(
        self, *, method: str = "GET", session: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self.door.connection()
        cookie = {"Cookie": f"sessionid={self.session if session is None else session}", "Host": "localhost"}
        connection.request(method, self.address, headers=cookie | said)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        told = {name: ", ".join(answer.headers.get_all(name, [])) for name in answer.headers}
        return answer.status, told, body


@pytest.fixture(params=["folder", "bucket"])
def reader(
    request: pytest.FixtureRequest, settings: Settings, live_server: LiveServer, tmp_path: Path
) -> Iterator[Reader]:
    """A candidate before nginx, whose portal leaves files to it, in a folder or in a real bucket."""
    member = a_signalled(a_call(), user=a_user())
    a_complete_dossier(member)
    document = Document.objects.current().select_related("stored").order_by("pk")[0]
    with document.stored.open() as kept:
        content = kept.read()
    assert member.user
    browser = Client()
    browser.force_login(member.user)
    storage = 9
    settings.ACCEL_LOCATION = "/_files/"
    if request.param == "bucket":
        endpoint = request.getfixturevalue("s3_endpoint")
        storage = int(endpoint.url.rsplit(":", 1)[1])
        options = {
            "bucket_name": endpoint.bucket, "endpoint_url": endpoint.url, "access_key": endpoint.access_key,
            "secret_key": endpoint.secret_key, "file_overwrite": False, "default_acl": None,
        }  # fmt: skip
        bucket = {"BACKEND": "hubs_portal.bucket_storage.BucketStorage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "private": bucket}
        settings.ACCEL_LOCATION = "/_bucket/"
        with (configured.PRIVATE_FOLDER / document.stored.key).open("rb") as kept:
            storages["private"].save(document.stored.key, File(kept))
    port = int(live_server.url.rsplit(":", 1)[1])
    with nginx.before(port, tmp_path, storage=storage, files=configured.PRIVATE_FOLDER) as door:
        address = reverse("document", args=[member.candidacy.number, document.pk])
        yield Reader(door, address, browser.cookies["sessionid"].value, document, content)


def test_nginx_gives_the_bytes_under_the_guard_of_the_portal(reader: Reader) -> None:
    content, tag = reader.content, f'"{reader.document.stored.digest}"'
    asked: list[tuple[dict[str, str], int, bytes]] = [
        ({}, 200, content),
        ({"Range": "bytes=5-9"}, 206, content[5:10]),
        ({"Range": "bytes=-7"}, 206, content[-7:]),
        ({"Range": "bytes=0-3", "If_Range": tag}, 206, content[:4]),
        ({"Range": "bytes=0-3", "If_Range": '"other"'}, 200, content),
        ({"Range": "bytes=0-3,6-9"}, 200, content),
        ({"Range": "bytes=9999999-"}, 416, b""),
        ({"If_None_Match": f'"other", W/{tag}'}, 304, b""),
        ({"If_None_Match": '"other"'}, 200, content),
        ({"If_Match": '"other"'}, 412, b""),
        ({"If_Match": tag}, 200, content),
        ({"If_Modified_Since": "Wed, 28 Nov 2036 09:00:00 GMT"}, 200, content),
        ({"method": "HEAD"}, 200, b""),
    ]
    for how, status, body in asked:
        told, headers, received = reader.asks(**how)

        assert (how, told, received) == (how, status, body)
        expected = GUARD | AROUND | {"ETag": tag}
        assert (how, {name: headers.get(name) for name in expected}) == (how, expected)
        assert [
            name for name in headers if "amz" in name.lower() or name in {"Last-Modified", "X-Accel-Redirect"}
        ] == []
        if status in (200, 206):
            size = len(content) if how.get("method") == "HEAD" else len(body)
            assert (headers["Content-Type"], headers["Content-Length"]) == ("application/pdf", str(size))
            assert headers["Content-Disposition"].startswith("attachment; filename=")


def test_whoever_has_no_right_obtains_nothing_through_nginx_either(reader: Reader) -> None:
    outsider = Client()
    outsider.force_login(a_user())
    session = outsider.cookies["sessionid"].value
    tag = f'"{reader.document.stored.digest}"'
    asked: list[dict[str, str]] = [{}, {"Range": "bytes=0-3"}, {"If_None_Match": tag}, {"method": "HEAD"}]

    assert [reader.asks(session=session, **how)[0] for how in asked] == [404] * len(asked)
    for place in (f"/_files/{reader.document.stored.key}", f"/_bucket/tests/{reader.document.stored.key}"):
        reader.address = place
        assert reader.asks()[0] == 404


def test_bytes_that_are_lost_are_said_to_be_unreachable_and_nothing_of_the_storage_is_shown(reader: Reader) -> None:
    stored = reader.document.stored
    storages["private"].delete(stored.key)
    try:
        status, headers, body = reader.asks()
    finally:
        storages["private"].save(stored.key, ContentFile(reader.content))

    assert (status, headers["Cache-Control"], headers["Retry-After"]) == (503, "private, no-store", "60")
    assert "ne peut pas être lu pour le moment" in body.decode()
    assert "NoSuchKey" not in body.decode()
