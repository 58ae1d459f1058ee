"""Signal a candidacy, and attach an account to a place on a dossier."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications import lookup
from applications.access import CandidateRequest, account, member_or_404, open_session
from applications.actions import membership, signalling
from applications.forms.accounts import NewAccountForm
from applications.forms.lookup import LookedUp
from applications.forms.signalling import SignalForm
from applications.models import Call, Member
from applications.views.candidate import around
from hubs_portal.accounts import links
from hubs_portal.accounts.models import User
from hubs_portal.refusals import Refusal

_FORMS = "signalling_forms"
# A browser may have several forms open; beyond this number the oldest is forgotten, and would make a second candidacy.
_FORMS_KEPT = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signal(request: CandidateRequest, slug: str) -> HttpResponse:
    """The form, and what follows it: the number, the kit, the way to the dossier."""
    call = get_object_or_404(Call.objects.public(), slug=slug)
    if request.method == "POST":
        return _looked_up(request, call) if _asks_directory(request, call) else _signalled(request, call)
    if number := request.GET.get("numero"):
        return _confirmation(request, number)
    if not call.takes_candidacies(request.at):
        return render(request, "candidate/signal.html", {"call": call, "form": None, "refusal": None})
    form = SignalForm(call, account(request), token=_new_token(request))
    return _form(request, call, form)


def _asks_directory(request: CandidateRequest, call: Call) -> bool:
    return "lookup" in request.POST and lookup.is_offered() and call.takes_candidacies(request.at)


def _looked_up(request: CandidateRequest, call: Call) -> HttpResponse:
    form, found = SignalForm.looked_up(call, account(request), request.POST)
    return _form(request, call, form, found=found)


def _form(
    request: CandidateRequest,
    call: Call,
    form: SignalForm,
    *,
    refusal: Refusal | None = None,
    found: LookedUp | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "call": call,
        "form": form,
        "refusal": refusal,
        "open_regions": form.open_regions(),
        "offers_lookup": lookup.is_offered(),
        "lookup": found,
    }
    return render(request, "candidate/signal.html", context, status=status)


def _signalled(request: CandidateRequest, call: Call) -> HttpResponse:
    user = account(request)
    form = SignalForm(call, user, request.POST)
    token = request.POST.get("token", "")[:64]
    with _one_at_a_time(request):
        number = _made(request).get(token, "") if token else ""
        if not number:
            if not form.is_valid():
                return _form(request, call, form, status=422)
            try:
                member = signalling.signal(call, form.said(user), at=request.at, user=user)
            except Refusal as refusal:
                return _form(request, call, form, refusal=refusal, status=409)
            number = member.candidacy.number
            if user is None:
                open_session(request, member)
            _remember(request, token, number)
    return redirect(f"{reverse('signal', args=[call.slug])}?numero={number}")


@contextmanager
def _one_at_a_time(request: HttpRequest) -> Iterator[None]:
    """Treat the posts of one browser one after the other, each knowing what the one before did.

    A double click sends two requests at once: the second waits for the row of the session, then reads it afresh.
    """
    with transaction.atomic():
        key = request.session.session_key
        if key:
            Session.objects.select_for_update().filter(session_key=key).first()
            request.session = type(request.session)(key)
        yield
        if request.session.modified:
            request.session.save()


def _made(request: HttpRequest) -> dict[str, str]:
    """The forms this browser was given, and the number each led to (empty: none yet)."""
    given: dict[str, str] = request.session.get(_FORMS, {})
    return given


def _new_token(request: HttpRequest) -> str:
    token = secrets.token_urlsafe(16)
    _remember(request, token, "")
    return token


def _remember(request: HttpRequest, token: str, number: str) -> None:
    kept = [(known, made) for known, made in _made(request).items() if known != token]
    request.session[_FORMS] = dict([*kept, (token, number)][-_FORMS_KEPT:])


def _confirmation(request: CandidateRequest, number: str) -> HttpResponse:
    member = member_or_404(request, number)
    context = {**around(request, member), "kit": list(member.candidacy.call.kit.select_related("stored"))}
    return render(request, "candidate/signalled.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: CandidateRequest, token: str) -> HttpResponse:
    """What a personal link opens: attach the account signed in, or sign in, or open an account."""
    member = _member_of(token)
    if member is None:
        return render(request, "candidate/join.html", {"member": None, "step": "unknown", "form": None}, status=404)
    user = account(request)
    if user and member.user_id == user.pk:
        return redirect("dossier", member.candidacy.number)
    step = _step(member, user)
    if request.method == "POST" and step == "attach" and user:
        return _joined(request, membership.join(member, user, at=request.at))
    if request.method == "POST" and step == "open":
        return _account_opened(request, member)
    form = NewAccountForm(member.email, name=member.name) if step == "open" else None
    return _joining(request, member, step, form)


def _member_of(token: str) -> Member | None:
    pk = links.read("member", token)
    people = Member.objects.present().select_related("candidacy__call", "candidacy__organisation")
    return people.filter(pk=pk).first() if pk else None


def _step(member: Member, user: User | None) -> str:
    """What the holder of the link may do: used, attach, another (signed in as somebody else), sign_in, open."""
    if member.user_id is not None and user is None:
        return "sign_in"
    if member.user_id is not None:
        return "used"
    if user:
        return "attach" if user.email == member.email else "another"
    return "sign_in" if User.objects.filter(email=member.email).exists() else "open"


def _joining(
    request: CandidateRequest, member: Member, step: str, form: NewAccountForm | None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"member": member, "call": member.candidacy.call, "step": step, "form": form}
    return render(request, "candidate/join.html", context, status=status)


def _account_opened(request: CandidateRequest, member: Member) -> HttpResponse:
    form = NewAccountForm(member.email, request.POST)
    if not form.is_valid():
        return _joining(request, member, "open", form, status=422)
    typed = form.cleaned_data
    try:
        member = membership.join_anew(member, name=typed["name"], password=typed["password"], at=request.at)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _joining(request, member, "open", form, status=409)
    login(request, member.user)
    return _joined(request, member)


def _joined(request: CandidateRequest, member: Member) -> HttpResponse:
    number = member.candidacy.number
    messages.success(request, _("Votre compte est rattaché au dossier %(number)s.") % {"number": number})
    return redirect("dossier", number)
