"""The release of a call's results: checked, asked for by one manager, signed and done by another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from applications.actions import conclusion
from applications.actions.open_data import mark_open_data
from applications.admin.call_pages import Tool
from applications.admin.team import holds, key, person, roles, timed
from applications.enums import CallState, Role
from applications.forms.release import DropForm, OpenDataForm
from applications.models import Call, OpenDataNotice, Publication
from applications.rules.open_data import due_on
from applications.selectors import release as selectors
from applications.selectors.preflight import preflight
from hubs_portal.clock import TimedRequest
from hubs_portal.office import OfficeSite
from hubs_portal.refusals import Refusal, Sentence

if TYPE_CHECKING:
    from applications.admin.calls import CallRoom

_PUBLIC = {CallState.RELEASED, CallState.ARCHIVED}


def urls(room: "CallRoom") -> list[URLPattern]:
    """Its address, under that of the call."""

    def enter(request: HttpRequest, pk: int) -> HttpResponseBase:
        return release(room, request, room.fetch(request, pk))

    guarded = room.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(enter))
    return [path("<int:pk>/resultats/", guarded, name="applications_call_release")]


def tools(request: HttpRequest, call: Call) -> list[Tool]:
    """The door at the top of the call's page, for those it opens to."""
    address = reverse("admin:applications_call_release", args=[call.pk])
    if call.state in _PUBLIC and holds(request, call.pk):
        return [Tool(_("Résultats publiés"), address)]
    if call.state == CallState.CLOSED and holds(request, call.pk, Role.MANAGER):
        return [Tool(_("Publier les résultats…"), address)]
    return []


@dataclass
class Attempt:
    """An act that was asked for: the sentence that says it is done, or what to show for it to be asked again."""

    done: Sentence = ""
    refusal: Refusal | None = None
    form: DropForm | None = None
    open_data: OpenDataForm | None = None

    @property
    def status(self) -> int:
        """A rule said no, a form is incomplete, or the page was only read."""
        if self.refusal:
            return 409
        return 422 if (self.form and self.form.errors) or (self.open_data and self.open_data.errors) else 200


def release(room: "CallRoom", request: HttpRequest, call: Call) -> HttpResponseBase:
    """Managers only before the release, outcomes being under embargo; the whole team after it."""
    manages = holds(request, call.pk, Role.MANAGER)
    if not manages and not (call.state in _PUBLIC and holds(request, call.pk) and request.method != "POST"):
        raise Http404
    attempt = Attempt()
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        attempt = act(timed(request), call)
        if attempt.done:
            messages.success(request, str(attempt.done))
            return redirect("admin:applications_call_release", call.pk)
        call.refresh_from_db()
    return room.page(request, "admin/call/release.html", _context(request, call, attempt), status=attempt.status)


def _context(request: HttpRequest, call: Call, attempt: Attempt) -> dict[str, Any]:
    me = person(request)
    publication = Publication.objects.select_related("requested_by", "signed_by").filter(call=call).first()
    context: dict[str, Any] = {
        "title": _("Publication des résultats"),
        "original": call,
        "publication": publication,
        "refusal": attempt.refusal,
        "preflight": None,
        "released": None,
    }
    if publication and publication.released_at:
        notice = OpenDataNotice.objects.filter(call=call).select_related("marked_by").first()
        known = {"address": notice.address, "published_on": notice.published_on} if notice else None
        return context | {
            "released": selectors.released(publication),
            "open_data": notice,
            "open_data_due": due_on(publication.released_at),
            "open_data_form": (attempt.open_data or OpenDataForm(initial=known))
            if holds(request, call.pk, Role.MANAGER)
            else None,
        }
    managers = call.team.filter(role=Role.MANAGER).exclude(user=me).select_related("user").order_by("pk")
    return context | {
        "preflight": preflight(call, me, timed(request).at),
        "others": [str(member.user) for member in managers],
        "is_mine": bool(publication and publication.requested_by_id == me.pk),
        "drop_form": attempt.form or DropForm(),
    }


# ---------------------------------------------------------------- the acts


def _request(request: TimedRequest, call: Call) -> Attempt:
    try:
        publication = conclusion.request_release(call, by=person(request), at=request.at)
    except Refusal as refusal:
        return Attempt(refusal=refusal)
    if publication.released_at:
        return Attempt(done=_("Les résultats sont déjà publiés."))
    if publication.requested_by_id != request.user.pk:
        return Attempt(done=_("La publication est déjà demandée : relisez, puis signez."))
    return Attempt(done=_("La publication est demandée : un autre responsable doit signer."))


def _sign(request: TimedRequest, call: Call) -> Attempt:
    try:
        asked, read = _asked(request, call), request.POST.get("read", "")
        conclusion.release_results(asked, by=person(request), at=request.at, read=read)
    except Refusal as refusal:
        return Attempt(refusal=refusal)
    return Attempt(done=_("Les résultats sont publiés, et les lettres partent."))


def _drop(request: TimedRequest, call: Call) -> Attempt:
    form = DropForm(request.POST)
    if not form.is_valid():
        return Attempt(form=form)
    asked = _asked(request, call)
    try:
        conclusion.drop_release(asked, by=person(request), at=request.at, note=form.cleaned_data["reason"])
    except Refusal as refusal:
        return Attempt(refusal=refusal, form=form)
    return Attempt(done=_("La demande est abandonnée : les issues peuvent changer."))


def _open_data(request: TimedRequest, call: Call) -> Attempt:
    form = OpenDataForm(request.POST)
    if not form.is_valid():
        return Attempt(open_data=form)
    try:
        mark_open_data(call, **form.cleaned_data, by=person(request), at=request.at)
    except Refusal as refusal:
        return Attempt(refusal=refusal, open_data=form)
    return Attempt(done=_("C’est noté : les rappels cessent."))


def _asked(request: TimedRequest, call: Call) -> Publication:
    """The request that the page showed; one that was given up since is still named, for the act to say so."""
    asked = key(request.POST.get("publication", ""))
    if asked is None:
        raise Http404
    return Publication.objects.filter(call=call, pk=asked).first() or Publication(pk=asked, call=call)


_ACTS: dict[str, Callable[[TimedRequest, Call], Attempt]] = {
    "request": _request,
    "sign": _sign,
    "drop": _drop,
    "open_data": _open_data,
}


def board(request: TimedRequest) -> dict[str, Any]:
    """The releases that wait for a signature, in the calls one manages, for the home page."""
    mine = [call for call, role in roles(request).items() if role == Role.MANAGER]
    return {"releases": selectors.waiting(mine) if mine else []}


OfficeSite.boards.append(board)
