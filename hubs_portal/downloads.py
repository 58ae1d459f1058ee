"""Files handed to somebody whose right to them was just checked: whole or in part, always under the same guard.

Every file the portal gives leaves through here, whatever the request asks (HEAD, a range, a condition) and wherever the
bytes are: the guard is the headers, and they are the same on 200, 206, 304, 412 and 416.
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.cache import get_conditional_response

from hubs_portal import outgoing
from hubs_portal.files import SHOWN, StoredFile, disposition, media_type, private_storage, safe_name

_log = logging.getLogger(__name__)

GUARD = {
    "Cache-Control": "private, no-store",
    # Opened by itself, a file is a page without rights: no script, no form, no request, no frame around it.
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII)
# The link nginx follows to the bucket: it does so at once, and nobody else sees it.
_LINK_SECONDS = 60
# Conditions that nginx would judge by itself, and by other tags than ours.
_JUDGED_BY_NGINX = {"HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"}


class PackingMiddleware(GZipMiddleware):
    """Pages are packed; files leave as they are, with the length and the ranges they announce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack anything but a download."""
        return response if "Content-Disposition" in response else super().process_response(request, response)


@dataclass(frozen=True)
class _File:
    """What is given: how it is called and known, and its bytes or the row that says where they are."""

    name: str
    media_type: str
    digest: str
    size: int
    source: bytes | StoredFile

    @property
    def etag(self) -> str:
        """What the bytes are: a strong validator."""
        return f'"{self.digest}"'


def serve(request: HttpRequest, stored: StoredFile, name: str) -> HttpResponseBase:
    """A stored file, to somebody whose right to it was just checked by the caller; never one that carries a virus."""
    if stored.is_infected:
        return withheld(request)
    return _answer(request, _File(safe_name(name), media_type(stored, name), stored.digest, stored.size, stored))


def withheld(request: HttpRequest) -> HttpResponseBase:
    """In the place of bytes in which a virus was found, whoever asks for them."""
    response = render(request, "withheld.html", status=410)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def give(request: HttpRequest, content: bytes, name: str, of_type: str) -> HttpResponseBase:
    """Bytes the portal has just made, in the same way."""
    digest = hashlib.sha256(content).hexdigest()
    return _answer(request, _File(safe_name(name), of_type, digest, len(content), content))


def _answer(request: HttpRequest, file: _File) -> HttpResponseBase:
    response: HttpResponseBase
    try:
        response = get_conditional_response(request, etag=file.etag) or _body(request, file)
    except outgoing.Unreachable as lost:
        _log.exception("the storage does not give %s", lost)
        return _unreachable(request)
    if response.status_code in (200, 206):
        inline = "afficher" in request.GET and file.media_type in SHOWN
        response.headers["Content-Type"] = file.media_type
        response.headers["Content-Disposition"] = disposition(file.name, inline=inline)
    if "X-Accel-Redirect" not in response.headers:  # nginx says it by itself, and would say it twice
        response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = file.etag
    for header, value in GUARD.items():
        response.headers[header] = value
    return response


def _body(request: HttpRequest, file: _File) -> HttpResponseBase:
    """The whole, the part asked for, or why that part is none."""
    asked = _range(request, file)
    if asked is not None and not len(asked):
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    span = asked if asked is not None else range(file.size)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    elif isinstance(file.source, bytes):
        response = HttpResponse(file.source[span.start : span.stop])
    elif settings.ACCEL_LOCATION and not _JUDGED_BY_NGINX & request.META.keys():
        return _by_nginx(file.source, asked)
    else:
        response = _Sent(outgoing.opened(file.source, span.start, len(span)))
    response.headers["Content-Length"] = str(len(span))
    if asked is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size}"
    return response


class _Sent(FileResponse):
    block_size = outgoing.BLOCK


def _range(request: HttpRequest, file: _File) -> range | None:
    """The one part asked for: empty when there is no such part, none when the whole is to be sent.

    Several parts at once, or words that are no range, are answered with the whole, as RFC 9110 allows.
    """
    if request.method != "GET" or request.headers.get("If-Range", file.etag) != file.etag:
        return None
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix:
        return range(max(file.size - int(suffix), 0), file.size) if int(suffix) else range(0)
    start, stop = int(first), min(int(last) + 1, file.size) if last else file.size
    if last and int(last) < start:
        return None
    return range(start, stop) if start < file.size else range(0)


def _by_nginx(stored: StoredFile, asked: range | None) -> HttpResponse:
    """No byte of ours: nginx takes them itself, from the folder or from the bucket (deploy/nginx.conf)."""
    place = stored.key
    response = HttpResponse()
    if outgoing.bucket() is not None:
        link = urlsplit(private_storage().url(stored.key, expire=_LINK_SECONDS))  # type: ignore[call-arg] # S3Storage's
        place = f"{link.path.lstrip('/')}?{link.query}"
        if asked is not None:
            response.headers["X-File-Range"] = f"bytes={asked.start}-{asked.stop - 1}"
    elif not private_storage().exists(stored.key):
        raise outgoing.Unreachable(stored.key)
    response.headers["X-Accel-Redirect"] = f"{settings.ACCEL_LOCATION}{place}"
    return response


def _unreachable(request: HttpRequest) -> HttpResponse:
    """Nothing of the file, and when to try again: it is a fault of ours, and passes."""
    response = render(request, "public/unreachable_file.html", status=503)
    response.headers["Retry-After"] = "60"
    response.headers["Cache-Control"] = "private, no-store"
    return response
