"""The structures of the same territories: make oneself known or not, see who did too, write to one of them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions.neighbours import make_known, stay_unknown, write_to_neighbour
from applications.enums import Rights
from applications.forms.neighbours import MakeKnownForm, NeighbourMessageForm
from applications.models import Member, Neighbour
from applications.rules.neighbours import MOST, most_territories
from applications.selectors.dossier import why_read_only
from applications.selectors.neighbours import neighbour_of, neighbourhood, territories_offered
from applications.views.candidate import around
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def neighbours(request: CandidateRequest, number: str) -> HttpResponse:
    """For whoever reads the dossier; the choice is for those who may submit it."""
    if request.method != "POST":
        return _page(request, member_or_404(request, number))
    member = member_or_404(request, number, Rights.SUBMIT)
    if "leave" in request.POST:
        stay_unknown(member, at=request.at)
        messages.success(request, _("Votre structure n’est plus montrée, et vous ne recevrez plus de tels messages."))
        return redirect("neighbours", number)
    found = neighbourhood(member.candidacy, is_open=True)
    form = MakeKnownForm(territories_offered(member.candidacy), found.chosen, request.POST)
    if not form.is_valid():
        return _page(request, member, form=form, status=422)
    try:
        make_known(member, form.chosen(), at=request.at)
    except Refusal as refusal:
        return _page(request, member, form=form, refusal=refusal, status=409)
    messages.success(request, _("Votre choix est enregistré."))
    return redirect("neighbours", number)


def _page(
    request: CandidateRequest,
    member: Member,
    *,
    form: MakeKnownForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    candidacy = member.candidacy
    read_only = why_read_only(member, request.at)
    is_open = candidacy.call.takes_candidacies(request.at) and candidacy.state in WITH_A_LIVE_DRAFT
    found = neighbourhood(candidacy, is_open=is_open)
    offered = territories_offered(candidacy) if member.may(Rights.SUBMIT) and not read_only else []
    context = {
        **around(request, member),
        "found": found,
        "offered": offered,
        "form": form or MakeKnownForm(offered, found.chosen),
        "most": most_territories(candidacy),
        "read_only": read_only,
        "is_open": is_open,
        "refusal": refusal,
    }
    return render(request, "candidate/neighbours.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def write(request: CandidateRequest, number: str, code: str) -> HttpResponse:
    """Write to a structure that is shown to this one; absent as soon as one of them is no longer."""
    member = member_or_404(request, number, Rights.EDIT)
    neighbour = neighbour_of(member.candidacy, code)
    if neighbour is None:
        raise Http404
    if request.method != "POST":
        return _writing(request, member, neighbour, NeighbourMessageForm())
    form = NeighbourMessageForm(request.POST)
    if not form.is_valid():
        return _writing(request, member, neighbour, form, status=422)
    try:
        write_to_neighbour(member, code, form.cleaned_data["text"], at=request.at)
    except Refusal as refusal:
        return _writing(request, member, neighbour, form, refusal=refusal, status=409)
    name = neighbour.candidacy.organisation.name
    messages.success(request, _("Votre message part à « %(name)s ».") % {"name": name})
    return redirect("neighbours", number)


def _writing(
    request: CandidateRequest,
    member: Member,
    neighbour: Neighbour,
    form: NeighbourMessageForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **around(request, member),
        "neighbour": neighbour,
        "name": neighbour.candidacy.organisation.name,
        "form": form,
        "most": MOST,
        "read_only": why_read_only(member, request.at),
        "refusal": refusal,
    }
    return render(request, "candidate/neighbour_write.html", context, status=status)
