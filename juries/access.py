"""What a juror may obtain: fetching is the permission check, and absent, removed and recused look alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from applications.access import account, session_lost
from hubs_portal.accounts.models import User
from hubs_portal.clock import TimedRequest
from juries.models import Seat
from juries.selectors.agenda import Expected, find_expected
from juries.selectors.assigned import Assigned, find_assigned

_SEATED = "juror_seated"


class JurorRequest(TimedRequest):
    """A request whose author is signed in. What they may see is asked of the functions below."""

    user: User


def for_jurors(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ask whoever is not signed in to do so, keeping on the page what they had typed."""

    @wraps(view)
    def let_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return session_lost(request) if request.method == "POST" else redirect_to_login(request.get_full_path())

    return let_in


def is_seated(request: HttpRequest) -> bool:
    """Whether the author of the request holds a seat now: asked once for each request."""
    known: bool | None = getattr(request, _SEATED, None)
    if known is None:
        user = account(request)
        known = user is not None and Seat.objects.of(user).exists()
        setattr(request, _SEATED, known)
    return known


def _seated(request: HttpRequest) -> None:
    """Remember that a seat was found, so that the navigation does not ask again."""
    setattr(request, _SEATED, True)


def seated_or_404(request: JurorRequest) -> User:
    """The author of the request, who holds a seat."""
    if not is_seated(request):
        raise Http404
    return request.user


def note_seated(request: HttpRequest) -> None:
    """A seat of the author of the request was just fetched: the navigation need not ask again."""
    setattr(request, _SEATED, True)


def seat_or_404(request: JurorRequest, pk: int, *, sworn: bool = True) -> Seat:
    """A seat of the author of the request, charter signed unless told otherwise."""
    seats = Seat.objects.of(request.user)
    found = (seats.sworn() if sworn else seats).select_related("user", "jury__call").filter(pk=pk).first()
    if found is None:
        raise Http404
    _seated(request)
    return found


def chair_or_404(request: JurorRequest) -> list[Seat]:
    """The seats by which the author of the request presides."""
    seats = list(Seat.objects.presiding().of(request.user).select_related("user", "jury__call"))
    if not seats:
        raise Http404
    _seated(request)
    return seats


def assigned_or_404(request: JurorRequest, number: str) -> Assigned:
    """A candidacy of the docket of the author of the request; its content may still be closed to them."""
    found = find_assigned(request.user, number)
    if found is None:
        raise Http404
    _seated(request)
    return found


def expected_or_404(request: JurorRequest, pk: int) -> Expected:
    """A hearing the author of the request was told of."""
    found = find_expected(request.user, pk, request.at)
    if found is None:
        raise Http404
    _seated(request)
    return found


def closed(request: JurorRequest, held: Assigned) -> HttpResponse:
    """The page of a dossier that stays closed: whose it is, why, and what to do."""
    return render(request, "juror/closed.html", {"held": held, "candidacy": held.candidacy}, status=409)
