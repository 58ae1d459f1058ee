"""Ask a partner for its letter of commitment: read what leaves, to whom, then send it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions.commitment import ask_commitment, revoke_commitment
from applications.enums import Rights, Section
from applications.models import Member
from applications.rules.commitment import AGAIN_AFTER, advised_on
from applications.selectors.commitment import asked_of_partners, last_deposits, last_requests, project_title
from applications.selectors.dossier import why_read_only
from applications.views.candidate import around
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import paris_short


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def ask(request: CandidateRequest, number: str, rank: int) -> HttpResponse:
    """The partner at that rank of the consortium, from 1; what is posted is the partner the page showed."""
    member = member_or_404(request, number, Rights.EDIT)
    if request.method != "POST":
        return _page(request, member, rank)
    partner, address = request.POST.get("partner", ""), request.POST.get("address", "")
    try:
        asked = ask_commitment(member, partner=partner, address=address, at=request.at)
    except Refusal as refusal:
        return _page(request, member, rank, refusal=refusal, status=409)
    if asked.asked_at < request.at:
        said = _("Cette lettre est déjà demandée à %(address)s depuis le %(when)s.")
    else:
        said = _("La demande part à %(address)s.")
    messages.success(request, said % {"address": asked.address, "when": paris_short(asked.asked_at)})
    return redirect("section", number, Section.CONSORTIUM.value)


@require_POST
@for_candidates
def revoke(request: CandidateRequest, number: str, rank: int) -> HttpResponse:
    """Close the links sent to the partner the page showed; one that is closed already stays so."""
    member = member_or_404(request, number, Rights.EDIT)
    partner, address = request.POST.get("partner", ""), request.POST.get("address", "")
    if revoke_commitment(member, partner=partner, address=address, at=request.at):
        messages.success(request, _("Le lien envoyé à %(address)s ne s’ouvre plus.") % {"address": address})
    return redirect("commitment", number, rank)


def _page(
    request: CandidateRequest, member: Member, rank: int, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    candidacy = member.candidacy
    partner = get_object_or_404(candidacy.dossier.partners, position=rank - 1)
    key = partner.name, partner.contact_email
    asked = last_requests(candidacy).get(key)
    context = {
        **around(request, member),
        "partner": partner,
        "rank": rank,
        "refusal": refusal,
        "asked": asked,
        "deposited": last_deposits(candidacy).get(key),
        "deposits": asked_of_partners(candidacy.call) is not None,
        "again_from": asked.asked_at + AGAIN_AFTER if asked and not asked.revoked_at else None,
        "read_only": why_read_only(member, request.at),
        "project": project_title(candidacy),
        "advised_on": advised_on(candidacy.call, request.at),
        "models": list(candidacy.call.kit.filter(requirement__per_partner=True)),
    }
    return render(request, "candidate/commitment.html", context, status=status)
