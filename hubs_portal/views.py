"""Pages of the kernel itself."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


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
