"""The people of a dossier: who they are, what they may do, one more, one less."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions import membership
from applications.enums import Rights
from applications.forms.membership import InvitationForm
from applications.models import Member
from applications.views.candidate import around
from hubs_portal.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def members(request: CandidateRequest, number: str) -> HttpResponse:
    """The list for all of them; inviting for those who may submit."""
    if request.method != "POST":
        return _page(request, member_or_404(request, number), InvitationForm())
    inviter = member_or_404(request, number, Rights.SUBMIT)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, inviter, form, status=422)
    try:
        invited = membership.invite(
            inviter,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            rights=Rights(form.cleaned_data["rights"]),
            at=request.at,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, inviter, form, status=409)
    messages.success(request, _("Un courriel part à %(email)s avec un lien personnel.") % {"email": invited.email})
    return redirect("members", number)


def _page(request: CandidateRequest, member: Member, form: InvitationForm, *, status: int = 200) -> HttpResponse:
    people = member.candidacy.members.present().order_by("-is_contact", "pk")
    context = {**around(request, member), "people": people, "form": form}
    return render(request, "candidate/members.html", context, status=status)


@require_POST
@for_candidates
def remove(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """Take somebody off the dossier, at once."""
    remover = member_or_404(request, number, Rights.SUBMIT)
    removed = get_object_or_404(remover.candidacy.members.present(), pk=pk)
    membership.remove(remover, removed, at=request.at)
    if removed.pk == remover.pk:
        messages.success(request, _("Vous ne travaillez plus sur le dossier %(number)s.") % {"number": number})
        return redirect("desk")
    messages.success(request, _("%(who)s n’a plus accès au dossier.") % {"who": removed.name})
    return redirect("members", number)
