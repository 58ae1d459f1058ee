"""Where a partner deposits its letter of commitment: a personal link, no account, and nothing else of the dossier."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.actions.deposit import deposit_commitment
from applications.actions.documents import MEGABYTE
from applications.forms.documents import UploadForm
from applications.models import CommitmentRequest
from applications.rules.commitment import advised_on
from applications.selectors.commitment import asked_of_partners, deposits_of, project_title, request_of
from applications.selectors.documents import formats_of
from applications.selectors.public import contact_of
from applications.views.documents import nothing_came
from hubs_portal.clock import TimedRequest
from hubs_portal.refusals import Refusal


def unlisted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address is the key: no robot keeps it, no cache, and no page it leads to is told more than our host.

    `no-referrer` would have browsers send `Origin: null` with the form, which the protection against forged requests
    refuses; `strict-origin` never says the path, to ourselves neither.
    """

    @wraps(view)
    def quiet(request: TimedRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return quiet


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@unlisted
def deposit(request: TimedRequest, token: str) -> HttpResponse:
    """Who asks, for which project, and one file to send; a link that is not open says the same whatever the reason."""
    asked = request_of(token, request.at)
    if asked is None:
        return _closed(request)
    if request.method != "POST":
        return _page(request, asked)
    form = UploadForm(request.POST, request.FILES)
    try:
        file = form.received
        if file is None:
            raise nothing_came()
        deposit_commitment(asked, file, name=file.name or "", at=request.at, **form.declared())
    except CommitmentRequest.DoesNotExist:
        return _closed(request)
    except Refusal as refusal:
        return _page(request, asked, refusal=refusal, status=429 if refusal.code == "too_many" else refusal.status)
    return redirect("deposit", token)


def _closed(request: TimedRequest) -> HttpResponse:
    return render(request, "deposit/closed.html", status=404)


def _page(
    request: TimedRequest, asked: CommitmentRequest, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    candidacy = asked.candidacy
    requirement = asked_of_partners(candidacy.call)
    if requirement is None:
        return _closed(request)
    last = deposits_of(asked).last()
    context: dict[str, Any] = {
        "asked": asked,
        "call": candidacy.call,
        "contact": contact_of(candidacy.call),
        "organisation": candidacy.organisation,
        "title": project_title(candidacy),
        "advised_on": advised_on(candidacy.call, request.at),
        "models": list(candidacy.call.kit.filter(requirement=requirement).select_related("stored")),
        "formats": formats_of(requirement),
        "accept": ",".join(f".{extension}" for extension in requirement.accepted),
        "largest": candidacy.call.max_file_mb * MEGABYTE,
        "current": last if last and last.removed_at is None else None,
        "taken_out": last if last and last.removed_at is not None else None,
        "refusal": refusal,
    }
    return render(request, "deposit/deposit.html", context, status=status)
