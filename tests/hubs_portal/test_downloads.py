"""A file that leaves: of the type we vouch for, whole or the part asked for, and the same guard whatever was asked."""

import hashlib
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from hubs_portal import downloads, files, outgoing
from hubs_portal.files import StoredFile
from tests.builders import a_pdf

CONTENT = a_pdf("Un dossier") * 3
DIGEST = hashlib.sha256(CONTENT).hexdigest()
ETAG = f'"{DIGEST}"'
GUARD = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "ETag": ETAG,
    "X-Content-Type-Options": "nosniff",
}
OTHER = '"0000"'
SIZE = len(CONTENT)

# What is asked: status, and the part of the bytes that comes with it.
ASKED: dict[str, tuple[dict[str, str], int, slice]] = {
    "everything": ({}, 200, slice(0, SIZE)),
    "the first bytes": ({"Range": "bytes=0-99"}, 206, slice(0, 100)),
    "some in the middle": ({"Range": "bytes=100-149"}, 206, slice(100, 150)),
    "from there on": ({"Range": f"bytes={SIZE - 7}-"}, 206, slice(SIZE - 7, SIZE)),
    "the last bytes": ({"Range": "bytes=-10"}, 206, slice(SIZE - 10, SIZE)),
    "more than there are, from the end": ({"Range": "bytes=-999999"}, 206, slice(0, SIZE)),
    "beyond the end": ({"Range": f"bytes=10-{SIZE + 500}"}, 206, slice(10, SIZE)),
    "two parts at once": ({"Range": "bytes=0-9,20-29"}, 200, slice(0, SIZE)),
    "a range that ends before it begins": ({"Range": "bytes=9-3"}, 200, slice(0, SIZE)),
    "lines, not bytes": ({"Range": "lines=1-2"}, 200, slice(0, SIZE)),
    "nonsense": ({"Range": "bytes=abc"}, 200, slice(0, SIZE)),
    "a range of nothing": ({"Range": "bytes=-"}, 200, slice(0, SIZE)),
    "a part that does not exist": ({"Range": f"bytes={SIZE}-"}, 416, slice(0)),
    "none of the last bytes": ({"Range": "bytes=-0"}, 416, slice(0)),
    "a part of the same file": ({"Range": "bytes=0-9", "If-Range": ETAG}, 206, slice(0, 10)),
    "a part of another": ({"Range": "bytes=0-9", "If-Range": OTHER}, 200, slice(0, SIZE)),
    "a part, by a weak tag": ({"Range": "bytes=0-9", "If-Range": f"W/{ETAG}"}, 200, slice(0, SIZE)),
    "a part, by a date": (
        {"Range": "bytes=0-9", "If-Range": "Wed, 28 Nov 2018 09:00:00 GMT"}, 200, slice(0, SIZE)
    ),
    "what one has": ({"If-None-Match": ETAG}, 304, slice(0)),
    "what one has, weakly": ({"If-None-Match": f"W/{ETAG}"}, 304, slice(0)),
    "what one has, among others": ({"If-None-Match": f'{OTHER}, {ETAG}, "b"'}, 304, slice(0)),
    "anything one has": ({"If-None-Match": "*"}, 304, slice(0)),
    "what one has not": ({"If-None-Match": OTHER}, 200, slice(0, SIZE)),
    "a part of what one has": ({"If-None-Match": ETAG, "Range": "bytes=0-9"}, 304, slice(0)),
    "only this one": ({"If-Match": ETAG}, 200, slice(0, SIZE)),
    "only another": ({"If-Match": OTHER}, 412, slice(0)),
    "only this one, weakly": ({"If-Match": f"W/{ETAG}"}, 412, slice(0)),
}  # fmt: skip


@pytest.fixture
def row(db: None) -> StoredFile:
    return files.store(ContentFile(CONTENT))


def asked(
    row: StoredFile, headers: dict[str, str], *, method: str = "GET", name: str = "Été.pdf", query: str = ""
) -> Any:
    """The answer, its body read and its resources closed as a server does."""
    request = getattr(RequestFactory(), method.lower())(f"/?{query}", headers=headers)
    response: Any = downloads.serve(request, row, name)
    response.body = b"".join(response.streaming_content) if response.streaming else response.content
    for close in response._resource_closers:
        close()
    return response


@pytest.mark.parametrize("what", ASKED)
def test_a_file_is_given_whole_in_part_or_not_at_all_and_always_under_the_same_guard(
    row: StoredFile, what: str
) -> None:
    headers, status, part = ASKED[what]

    response = asked(row, headers)

    assert (response.status_code, response.body) == (status, CONTENT[part])
    assert {name: response.headers.get(name) for name in GUARD} == GUARD
    answers: dict[int, dict[str, str | None]] = {
        200: {"Content-Length": str(SIZE), "Content-Range": None},
        206: {
            "Content-Length": str(len(CONTENT[part])),
            "Content-Range": f"bytes {part.start}-{part.stop - 1}/{SIZE}" if part.stop else None,
        },
        304: {"Content-Length": None, "Content-Range": None},
        412: {"Content-Length": None, "Content-Range": None},
        416: {"Content-Length": None, "Content-Range": f"bytes */{SIZE}"},
    }
    told = answers[status]
    assert {name: response.headers.get(name) for name in told} == told
    if status in (200, 206):
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.headers["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}, {"Range": f"bytes={SIZE}-"}])
def test_a_question_about_a_file_is_answered_without_opening_it(row: StoredFile, headers: dict[str, str]) -> None:
    storages["private"].delete(row.key)
    try:
        response = asked(row, headers, method="HEAD")
    finally:
        storages["private"].save(row.key, ContentFile(CONTENT))

    assert (response.status_code, response.body) == (200, b"")
    assert response.headers["Content-Length"] == str(SIZE)
    assert {name: response.headers.get(name) for name in GUARD} == GUARD


OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("found", "name", "told"),
    [
        ("application/pdf", "a.pdf", "application/pdf"),
        ("application/pdf", "a.html", "application/pdf"),
        ("image/png", "a.png", "image/png"),
        ("image/jpeg", "a.jpeg", "image/jpeg"),
        ("application/zip", "a.docx", f"{OFFICE}.wordprocessingml.document"),
        ("application/octet-stream", "Tableau.XLSX", f"{OFFICE}.spreadsheetml.sheet"),
        ("application/zip", "a.odt", "application/vnd.oasis.opendocument.text"),
        ("application/zip", "a.ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ("text/calendar", "audition.ics", "text/calendar"),
        ("text/html", "a.html", "application/octet-stream"),
        ("text/html", "a.pdf", "application/octet-stream"),
        ("image/svg+xml", "a.svg", "application/octet-stream"),
        ("application/javascript", "a.js", "application/octet-stream"),
        ("application/zip", "a.zip", "application/octet-stream"),
    ],
)
def test_a_file_has_a_type_of_ours_or_none(found: str, name: str, told: str) -> None:
    assert files.media_type(StoredFile(media_type=found), name) == told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "query", "how"),
    [
        (a_pdf("a"), "", "attachment"),
        (a_pdf("a"), "afficher", "inline"),
        (b"<script>alert(1)</script>", "afficher", "attachment"),
    ],
)
def test_a_file_is_shown_only_when_asked_and_when_nothing_in_it_can_run(content: bytes, query: str, how: str) -> None:
    response = asked(files.store(ContentFile(content)), {}, name="Été.pdf", query=query)

    assert response.headers["Content-Disposition"] == f"{how}; filename=\"Ete.pdf\"; filename*=UTF-8''%C3%89t%C3%A9.pdf"
    assert response.headers["Content-Security-Policy"] == GUARD["Content-Security-Policy"]


def test_what_the_portal_has_just_made_leaves_under_the_same_guard() -> None:
    made: Any = downloads.give(
        RequestFactory().get("/", headers={"Range": "bytes=2-4"}), b"abcdefg", "a.pdf", "text/csv"
    )

    assert (made.status_code, made.content, made.headers["Content-Length"]) == (206, b"cde", "3")
    assert {name: made.headers.get(name) for name in GUARD if name != "ETag"} == {
        name: value for name, value in GUARD.items() if name != "ETag"
    }


def test_what_the_storage_lost_is_said_to_be_unreachable_for_now(row: StoredFile, client: Any) -> None:
    storages["private"].delete(row.key)
    request = client.get("/").wsgi_request
    try:
        response: Any = downloads.serve(request, row, "a.pdf")
    finally:
        storages["private"].save(row.key, ContentFile(CONTENT))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert "ne peut pas être lu pour le moment" in response.content.decode()


def test_nothing_packs_a_file_that_leaves(row: StoredFile) -> None:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-999"})

    def answer(request: HttpRequest) -> HttpResponse:
        return downloads.serve(request, row, "a.pdf")  # type: ignore[return-value]

    response: Any = downloads.PackingMiddleware(answer)(request)

    assert b"".join(response.streaming_content) == CONTENT[:1000]
    assert (response.headers.get("Content-Encoding"), response.headers["ETag"]) == (None, ETAG)
    page: Any = downloads.PackingMiddleware(lambda _request: HttpResponse(b"a" * 1000))(request)
    assert page.headers["Content-Encoding"] == "gzip"


def test_a_part_of_a_file_is_read_alone_and_the_file_is_closed(row: StoredFile) -> None:
    part = outgoing.opened(row, 100, 50)

    assert (part.fileno() > 0, part.read(), part.read()) == (True, CONTENT[100:150], b"")
    assert (part.seek(-10, io.SEEK_END), part.read(4)) == (40, CONTENT[140:144])
    part.close()
    with pytest.raises(ValueError, match="closed"):
        part.fileno()


@pytest.mark.parametrize(
    ("headers", "handed"),
    [({}, True), ({"Range": "bytes=0-9"}, True), ({"If-Match": ETAG}, False), ({"If-None-Match": ETAG}, False)],
)
def test_behind_our_nginx_only_its_place_is_told(
    row: StoredFile, settings: Settings, headers: dict[str, str], handed: bool
) -> None:
    settings.ACCEL_LOCATION = "/_files/"

    response = asked(row, headers)

    assert response.headers.get("X-Accel-Redirect") == (f"/_files/{row.key}" if handed else None)
    expected = {name: value for name, value in GUARD.items() if not handed or name != "Accept-Ranges"}
    assert {name: response.headers.get(name) for name in expected} == expected
    assert (response.body == b"") is (handed or response.status_code == 304)


def test_behind_our_nginx_a_lost_file_is_said_to_be_unreachable(
    row: StoredFile, settings: Settings, client: Any
) -> None:
    settings.ACCEL_LOCATION = "/_files/"
    request = client.get("/").wsgi_request
    storages["private"].delete(row.key)
    try:
        assert downloads.serve(request, row, "a.pdf").status_code == 503
    finally:
        storages["private"].save(row.key, ContentFile(CONTENT))
