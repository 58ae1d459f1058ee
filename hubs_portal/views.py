"""Pages of the kernel itself."""

import errno
import json
import logging
import secrets
import sys
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from hubs_portal.clock import TimedRequest
from hubs_portal.letters.health import Health
from hubs_portal.scanning import Backlog

logger = logging.getLogger(__name__)

_FULL = {errno.ENOSPC, errno.EDQUOT}


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Whether the web process answers and its database too; nothing about the data."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def server_time(request: TimedRequest) -> HttpResponse:
    """The instant the procedure lives at, for a page that doubts its own count: a tablet slept, its clock is wrong."""
    response = HttpResponse(request.at.isoformat() + "\n", content_type="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours failed: a reference that the log has too, the telephone if the database still answers.

    Nothing may fail here: when it does, or when the database is what failed, the page is made of nothing but its words.
    """
    reference, cause = secrets.token_hex(4), sys.exc_info()[1]
    full = isinstance(cause, OSError) and cause.errno in _FULL
    status = HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.INTERNAL_SERVER_ERROR
    logger.error("reference %s: %s %s", reference, request.method, request.path)
    page = f"{request.path} · {status.value} · {reference}"
    known = {"reference": reference, "page": page, "full": full, "may_ask": True}
    if not isinstance(cause, DatabaseError):
        with suppress(Exception):
            return render(request, "500.html", known, status=status)
    return HttpResponse(get_template("500.html").render({**known, "may_ask": False}), status=status)


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: read here, its password changed elsewhere, its address by the service."""
    return render(request, "account/email.html")


@require_safe
def health_in_detail(_request: HttpRequest) -> HttpResponse:
    """Whether letters leave and files are scanned, a fact a line, in JSON. Always 200: a web process is no less well
    for a dead worker.
    """
    now = datetime.now(UTC)
    lines = [json.dumps(fact) for fact in (*Health.at(now).facts(), *Backlog.at(now).facts())]
    response = HttpResponse("\n".join(lines) + "\n", content_type="application/x-ndjson")
    response.headers["Cache-Control"] = "no-store"
    return response
