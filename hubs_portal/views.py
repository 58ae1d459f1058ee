"""Pages of the kernel itself."""

import json
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubs_portal.letters.health import Health


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Whether the web process answers and its database too; nothing about the data."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: read here, its password changed elsewhere, its address by the service."""
    return render(request, "account/email.html")


@require_safe
def health_in_detail(_request: HttpRequest) -> HttpResponse:
    """Whether letters leave, one fact a line, in JSON. Always 200: a web process is no less well for a dead worker."""
    lines = [json.dumps(fact) for fact in Health.at(datetime.now(UTC)).facts()]
    response = HttpResponse("\n".join(lines) + "\n", content_type="application/x-ndjson")
    response.headers["Cache-Control"] = "no-store"
    return response
