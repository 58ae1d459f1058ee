"""What exists in a rehearsal only: the jumps, the mailbox, the accounts to play."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from itertools import groupby
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hubs_portal.accounts.models import User
from hubs_portal.downloads import serve
from hubs_portal.letters.compose import rendered
from hubs_portal.letters.models import Attachment, Letter
from hubs_portal.refusals import Refusal
from hubs_portal.rehearsal import may_go_back, playing, timeline
from hubs_portal.rehearsal.probing import is_there

P = ParamSpec("P")

_PER_PAGE = 50
# Where no PUBLIC_URL is set, letters hold addresses without a host; here they open all the same.
_LOCAL_LINK = re.compile(r"^/\S+$", re.MULTILINE)
# A letter is a page somebody else could have written: it runs nothing, loads nothing, and its links open elsewhere.
_LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


def only_in_rehearsal(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The view does not exist where real candidacies are received, even if its address were routed by mistake."""

    @wraps(view)
    def let_in(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.REHEARSAL:
            raise Http404
        return view(request, *args, **kwargs)

    return let_in


@require_POST
@only_in_rehearsal
def jump(request: HttpRequest) -> HttpResponse:
    """Go to a key moment, then back to the page one was on, or home when that page is not there at that moment."""
    asked_at = datetime.now(UTC)
    came_from = _page_before(request)
    try:
        moment = playing.jump(request.POST.get("moment", ""), asked_at=asked_at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(came_from)
    messages.success(request, _("Vous êtes maintenant à ce moment : %(moment)s.") % {"moment": moment.label})
    if is_there(request, came_from):
        return redirect(came_from)
    messages.info(request, _("La page où vous étiez n’existe pas à ce moment : voici l’accueil."))
    return redirect("home")


def _page_before(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        address = urlsplit(referer)
        return f"{address.path}?{address.query}" if address.query else address.path
    return reverse("home")


@require_safe
@only_in_rehearsal
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every letter of the rehearsal, the latest first; `q` looks into addresses, names, kinds and subjects."""
    asked = request.GET.get("q", "").strip()
    letters = Letter.objects.defer("text", "html").order_by("-written_at", "-pk")
    for word in asked.split():
        letters = letters.filter(
            Q(address__icontains=word) | Q(name__icontains=word) | Q(kind__icontains=word) | Q(subject__icontains=word)
        )
    page = Paginator(letters, _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "rehearsal/mailbox.html", {"page_obj": page, "asked": asked, "trail": []})


@require_safe
@only_in_rehearsal
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter as it was sent, its personal link included: in a rehearsal nobody else receives it."""
    found = get_object_or_404(Letter, pk=pk)
    context = {
        "letter": found,
        "text": _LOCAL_LINK.sub(lambda link: request.build_absolute_uri(link[0]), found.text),
        "attachments": list(found.attachments.select_related("stored").order_by("pk")),
        "trail": [(_("Boîte aux lettres"), reverse("rehearsal_mailbox"))],
    }
    return render(request, "rehearsal/letter.html", context)


@require_safe
@only_in_rehearsal
def letter_page(_request: HttpRequest, pk: int) -> HttpResponse:
    """The laid-out version, alone on its page."""
    found = get_object_or_404(Letter.objects.only("html"), pk=pk)
    return HttpResponse(found.html, headers={"Content-Security-Policy": _LETTER_POLICY})


@require_safe
@only_in_rehearsal
def attachment(request: HttpRequest, pk: int, attachment: int) -> HttpResponseBase:
    """A file that left with a letter, made now if the worker had not yet."""
    found = get_object_or_404(Attachment.objects.select_related("stored"), letter=pk, pk=attachment)
    return serve(request, rendered(found), found.name)


@require_safe
@only_in_rehearsal
def accounts(request: HttpRequest) -> HttpResponse:
    """The people one may play, by group, with the password they share."""
    people = timeline.accounts()
    context = {
        "groups": [(group, list(members)) for group, members in groupby(people, key=lambda account: account.group)],
        "password": timeline.PASSWORD,
        "may_go_back": may_go_back(),
        "trail": [],
    }
    return render(request, "rehearsal/accounts.html", context)


@require_POST
@only_in_rehearsal
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of them."""
    known = {account.email for account in timeline.accounts()}
    email = request.POST.get("email", "")
    user = User.objects.filter(email=email, is_active=True).first() if email in known else None
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("admin:index" if user.is_staff else settings.LOGIN_REDIRECT_URL)
