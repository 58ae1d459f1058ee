"""The shortlist of a call: the ranking of its assessed candidacies, and the choice of those the jury hears."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.actions import assessment
from applications.admin.pills import pill
from applications.admin.team import holds, person, timed
from applications.enums import Role
from applications.forms.screening_shortlist import HEAR, ShortlistForm
from applications.models import Call, Candidacy
from applications.selectors.screening_shortlist import Shortlist, shortlist
from hubs_portal.refusals import Refusal

if TYPE_CHECKING:
    from applications.admin.calls import CallRoom

Refusals = list[tuple[Candidacy, Refusal]]


def choose(room: "CallRoom", request: HttpRequest, call: Call) -> HttpResponseBase:
    """The ranking, read by the whole team; a manager decides for one candidacy or for several at once."""
    if not holds(request, call.pk):
        raise Http404
    may_choose = holds(request, call.pk, Role.MANAGER)
    if request.method == "POST" and not may_choose:
        raise PermissionDenied
    ranking = shortlist(call, person(request), timed(request).at)
    form = ShortlistForm([row.candidacy for row in ranking.rows], request.POST or None)
    refusals: Refusals = []
    if form.is_bound and form.is_valid():
        done, refusals = _decide(request, form)
        if done:
            messages.success(request, _said(form.cleaned_data["decision"], done))
        if not refusals:
            return redirect("admin:applications_call_shortlist", call.pk)
        ranking = shortlist(call, person(request), timed(request).at)
    return _page(room, request, call, ranking, form, refusals, may_choose=may_choose)


def _page(
    room: "CallRoom",
    request: HttpRequest,
    call: Call,
    ranking: Shortlist,
    form: ShortlistForm,
    refusals: Refusals,
    *,
    may_choose: bool,
) -> HttpResponseBase:
    refused = {candidacy.pk for candidacy, _refusal in refusals}
    context = {
        "title": _("Présélection"),
        "original": call,
        "shortlist": ranking,
        "rows": [(row, pill(row.candidacy.state)) for row in ranking.rows],
        "form": form,
        "ticked": refused or form.ticked(),
        "refusals": refusals,
        "may_choose": may_choose,
    }
    wrong = 422 if form.is_bound and not form.is_valid() else 200
    return room.page(request, "admin/call/shortlist.html", context, status=409 if refusals else wrong)


def _decide(request: HttpRequest, form: ShortlistForm) -> tuple[int, Refusals]:
    """Each candidacy is an act of its own: those that may be decided are, the others are named."""
    done, refusals = 0, []
    for candidacy in form.chosen():
        try:
            _take(request, form, candidacy)
        except Refusal as refusal:
            refusals.append((candidacy, refusal))
        else:
            done += 1
    return done, refusals


def _take(request: HttpRequest, form: ShortlistForm, candidacy: Candidacy) -> None:
    by, at, reason = person(request), timed(request).at, form.cleaned_data["reason"]
    if form.cleaned_data["decision"] == HEAR:
        assessment.shortlist(candidacy, note=reason, by=by, at=at)
    else:
        assessment.set_aside(candidacy, reason=reason, by=by, at=at)


def _said(decision: str, n: int) -> str:
    if decision == HEAR:
        return ngettext("%(n)s candidature à auditionner.", "%(n)s candidatures à auditionner.", n) % {"n": n}
    return ngettext(
        "%(n)s candidature non présélectionnée ; la lettre motivée part.",
        "%(n)s candidatures non présélectionnées ; les lettres motivées partent.",
        n,
    ) % {"n": n}
