"""Arrive in a jury: follow the link of the letter, accept or decline, sign the charter."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.access import account
from applications.forms.accounts import NewAccountForm
from hubs_portal.accounts import links
from hubs_portal.accounts.models import User
from hubs_portal.clock import TimedRequest
from hubs_portal.refusals import Refusal
from juries.access import JurorRequest, for_jurors, seat_or_404
from juries.actions import constitution, joining
from juries.models import Seat

_LONGEST_REASON = 2000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: TimedRequest, token: str) -> HttpResponse:
    """What a personal link opens: accept as the person it was sent to, and as nobody else; or decline."""
    pk = links.read("seat", token)
    seat = Seat.objects.present().select_related("user", "jury__call").filter(pk=pk).first() if pk else None
    if seat is None or not seat.user.is_active:
        if pk and request.method == "POST" and "decline" in request.POST:
            return _thanked(request)  # the same answer, sent twice
        return render(request, "juror/invitation.html", {"seat": None, "step": "unknown"}, status=404)
    step = _step(seat, account(request))
    if step == "answer" and seat.accepted_at:
        return redirect("juror_desk") if seat.charter_signed_at else redirect("juror_charter", seat.pk)
    if request.method == "POST" and step in ("answer", "open", "sign_in"):
        return _answered(request, seat, step)
    return _answering(request, seat, step)


def _answered(request: TimedRequest, seat: Seat, step: str) -> HttpResponse:
    if "decline" in request.POST:
        return _declined(request, seat, step)
    if step == "answer":
        return _accepted(request, constitution.accept_invitation(seat, at=request.at))
    return _account_opened(request, seat) if step == "open" else _answering(request, seat, step)


def _step(seat: Seat, user: User | None) -> str:
    """What the holder of the link may do: answer, another (signed in as somebody else), sign_in, open."""
    if user:
        return "answer" if user.pk == seat.user_id else "another"
    return "sign_in" if seat.user.has_usable_password() else "open"


def _answering(
    request: HttpRequest,
    seat: Seat,
    step: str,
    form: NewAccountForm | None = None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    if step == "open" and form is None:
        form = NewAccountForm(seat.user.email, name=seat.user.name)
    context: dict[str, Any] = {
        "seat": seat,
        "jury": seat.jury,
        "call": seat.jury.call,
        "step": step,
        "form": form,
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "juror/invitation.html", context, status=status)


def _account_opened(request: TimedRequest, seat: Seat) -> HttpResponse:
    form = NewAccountForm(seat.user.email, request.POST)
    if not form.is_valid():
        return _answering(request, seat, "open", form, status=422)
    typed = form.cleaned_data
    try:
        seat = joining.accept_anew(seat, name=typed["name"], password=typed["password"], at=request.at)
    except Refusal as refusal:
        return _answering(request, seat, "sign_in", refusal=refusal, status=409)
    login(request, seat.user)
    return _accepted(request, seat)


def _accepted(request: HttpRequest, seat: Seat) -> HttpResponse:
    messages.success(request, _("Merci : vous siégez au jury « %(jury)s ».") % {"jury": seat.jury})
    return redirect("juror_charter", seat.pk)


def _declined(request: TimedRequest, seat: Seat, step: str) -> HttpResponse:
    reason = request.POST.get("reason", "").replace("\x00", "").replace("\r\n", "\n").strip()[:_LONGEST_REASON]
    try:
        constitution.decline_invitation(seat, at=request.at, reason=reason)
    except Refusal as refusal:
        return _answering(request, seat, step, refusal=refusal, status=409)
    return _thanked(request)


def _thanked(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Votre réponse est transmise au service : vous ne siégerez pas à ce jury. Merci."))
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
@for_jurors
def charter(request: JurorRequest, pk: int) -> HttpResponse:
    """The charter, and the button that signs the text that was read."""
    seat = seat_or_404(request, pk, sworn=False)
    if request.method != "POST":
        return _charter(request, seat)
    try:
        if "decline" in request.POST:
            return _declined(request, seat, "answer")
        constitution.sign_charter(seat, at=request.at, read=request.POST.get("digest", ""))
    except Refusal as refusal:
        return _charter(request, seat_or_404(request, pk, sworn=False), refusal=refusal, status=409)
    messages.success(request, _("La charte est signée."))
    return redirect("juror_desk")


def _charter(request: JurorRequest, seat: Seat, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    jury = seat.jury
    context = {"seat": seat, "jury": jury, "call": jury.call, "refusal": refusal}
    return render(request, "juror/charter.html", context, status=status)
