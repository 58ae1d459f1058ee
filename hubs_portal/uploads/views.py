"""The endpoint of the embedded portal that speaks a few calls of S3: a part, the whole, the list of parts, their end.

The signed address is the right to one call. It is written by whoever looked at rights and at the hour, lives a few
minutes, and gives nothing to read but the sizes of what its holder sent.
"""

import logging
import re
from typing import cast
from xml.sax.saxutils import escape

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hubs_portal.uploads.folder import FolderTransport, OddBody, permission
from hubs_portal.uploads.models import Upload
from hubs_portal.uploads.transport import Call, Step, transport

logger = logging.getLogger(__name__)

_LONGEST_LIST = 64 * 1024
_NAMED = re.compile(rb"<PartNumber>(\d{1,5})</PartNumber>\s*<ETag>([^<]{1,80})</ETag>")


@csrf_exempt  # the address itself is what an attacker's page could not know
@require_http_methods(["GET", "POST", "PUT"])
def transfer(request: HttpRequest, token: str) -> HttpResponse:
    """Make the call that the address allows."""
    folder = transport()
    if not isinstance(folder, FolderTransport):
        raise Http404
    try:
        upload, call = _allowed(request, token)
        return _made(request, folder, upload, call)
    except OddBody as odd:
        return _refused(odd.code, odd.status)
    except FileNotFoundError:  # given up in the meantime
        return _refused("NoSuchUpload", 404)
    except OSError:  # the line of the sender, or our disk: either way they may send it again
        logger.exception("a part could not be written")
        return _refused("SlowDown", 503)


def _allowed(request: HttpRequest, token: str) -> tuple[Upload, Call]:
    try:
        allowed = permission(token)
    except BadSignature as forged:  # or too old
        raise OddBody("AccessDenied", 403) from forged
    if request.method != allowed.call.method:
        raise OddBody("SignatureDoesNotMatch", 403)
    upload = Upload.objects.filter(key=allowed.key, outcome="").first()
    if upload is None:
        raise FileNotFoundError
    return upload, allowed.call


def _made(request: HttpRequest, folder: FolderTransport, upload: Upload, call: Call) -> HttpResponse:
    if call.step is Step.LIST:
        return _list(folder, upload)
    if "CONTENT_LENGTH" not in request.META or request.headers.get("Transfer-Encoding"):
        raise OddBody("MissingContentLength", 411)
    if call.step is Step.JOIN:
        return _join(request, folder, upload)
    mark = folder.take(upload, call.part or 1, request, _length(request))  # type: ignore[arg-type] # it has read()
    return HttpResponse(headers={"ETag": f'"{mark}"'})


def _list(folder: FolderTransport, upload: Upload) -> HttpResponse:
    parts = "".join(
        f"<Part><PartNumber>{part}</PartNumber><ETag>&quot;{mark}&quot;</ETag></Part>"
        for part, mark in folder.marks(upload).items()
    )
    return _xml("ListPartsResult", f"<Key>{upload.key}</Key><UploadId>{upload.multipart_id}</UploadId>{parts}")


def _join(request: HttpRequest, folder: FolderTransport, upload: Upload) -> HttpResponse:
    """See that the parts named are those that are here; they are put together when the file is received."""
    if _length(request) > _LONGEST_LIST:
        raise OddBody("EntityTooLarge", 400)
    named = {int(part): mark.decode().strip('"') for part, mark in _NAMED.findall(request.read())}
    if named != folder.marks(upload) or not folder.arrival(upload).whole:
        raise OddBody("InvalidPart", 400)
    location = escape(request.build_absolute_uri("/envois/"))
    return _xml(
        "CompleteMultipartUploadResult",
        f"<Location>{location}</Location><Key>{upload.key}</Key><ETag>&quot;{upload.key}&quot;</ETag>",
    )


def _length(request: HttpRequest) -> int:
    return int(cast("str", request.META["CONTENT_LENGTH"]) or 0)


def _xml(name: str, content: str, status: int = 200) -> HttpResponse:
    answer = HttpResponse(f"<{name}>{content}</{name}>", content_type="application/xml", status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refused(code: str, status: int) -> HttpResponse:
    return _xml("Error", f"<Code>{code}</Code>", status)
