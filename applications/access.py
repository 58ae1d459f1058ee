"""Who is asking, and what they may obtain: fetching is the permission check, and absent looks like forbidden."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications.enums import Rights
from applications.forms.kept import labels_of
from applications.models import Member
from applications.models.candidacy import MemberQuerySet
from hubs_portal.accounts.models import User
from hubs_portal.clock import TimedRequest

_OPENED = "opened_memberships"
# A dossier opened by signalling stays open in that browser for this long, even closed and reopened.
_OPEN_FOR = 14 * 24 * 3600
# What is longer is shown again to whoever typed it, and not only sent again.
_SHOWN_FROM = 80
# Rights, states and hours: what a part of a file is let through by.
_WHETHER_OPEN = (
    "rights",
    *(f"candidacy__{name}" for name in ("number", "state", "notified_state")),
    *(f"candidacy__call__{name}" for name in ("state", "opens_at", "closes_at", "frozen_at")),
)


class CandidateRequest(TimedRequest):
    """A request whose author was let in: signed in, or holding a session opened by signalling."""


def open_session(request: HttpRequest, member: Member) -> None:
    """Let this browser work on this candidacy, and on no other, until the member attaches an account."""
    request.session[_OPENED] = [*request.session.get(_OPENED, []), member.pk]
    request.session.set_expiry(_OPEN_FOR)


def opened(request: HttpRequest) -> list[int]:
    """The memberships this session opened."""
    found: list[int] = request.session.get(_OPENED, [])
    return found


def account(request: HttpRequest) -> User | None:
    """The account signed in, if there is one."""
    return request.user if request.user.is_authenticated else None


def memberships(request: HttpRequest) -> MemberQuerySet:
    """Everything the author of the request works on."""
    user = account(request)
    return Member.objects.of(user.pk if user else None, opened(request))


def member_or_404(request: HttpRequest, number: str, right: Rights = Rights.VIEW, *, briefly: bool = False) -> Member:
    """The author of the request as a member of the dossier of that number; 404 when there is none with this right.

    `briefly` reads what says whether something may come now; the rest of the rows is asked for when it is used.
    """
    mine = memberships(request).filter(candidacy__number=number)
    if briefly:
        found = mine.select_related("candidacy__call").only(*_WHETHER_OPEN).first()
    else:
        found = mine.select_related("user", "candidacy__call", "candidacy__organisation", "candidacy__dossier").first()
    if found is None or not found.may(right):
        raise Http404
    return found


def for_candidates(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let in whoever has a session; ask the others to sign in, keeping on the page what they had typed.

    Somebody removed from the dossier while their request was under way finds what anybody else does: nothing.
    """

    @wraps(view)
    def let_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated or opened(request):
            try:
                return view(request, *args, **kwargs)
            except Member.DoesNotExist as gone:
                raise Http404 from gone
        if request.method == "POST":
            return session_lost(request)
        return redirect_to_login(request.get_full_path())

    return let_in


def session_lost(request: HttpRequest) -> HttpResponse:
    """What was typed by somebody whose session is over, kept on a page until they are signed in again."""
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    long = [name for name, value in typed if len(value) > _SHOWN_FROM]
    labels = labels_of(long)
    kept = [(name, value, labels.get(name, "")) for name, value in typed if name != "csrfmiddlewaretoken"]
    context = {
        "kept": kept,
        "shown_from": _SHOWN_FROM,
        "lost_file": bool(request.FILES),
        "title": _("Votre session a pris fin"),
    }
    return render(request, "candidate/session_lost.html", context, status=401)
