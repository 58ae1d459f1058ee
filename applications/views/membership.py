"""The people of a dossier: who they are, what they may do, who is its contact, one more, one less."""

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


def _page(
    request: CandidateRequest,
    member: Member,
    form: InvitationForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    people = list(member.candidacy.members.present().order_by("-is_contact", "pk"))
    context = {
        **around(request, member),
        "people": people,
        "form": form,
        "refusal": refusal,
        "rights": Rights.choices,
        "submitters": sum(person.may(Rights.SUBMIT) and person.user_id is not None for person in people),
    }
    return render(request, "candidate/members.html", context, status=status)


@require_POST
@for_candidates
def rights(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """Let somebody do more or less, from their next request on."""
    changer, member = _pair(request, number, pk)
    wanted = request.POST.get("rights")
    if wanted not in Rights.values:
        return _refused(request, number, Refusal(_("Choisissez ce que cette personne pourra faire."), code="no_choice"))
    try:
        changed = membership.change_rights(changer, member, Rights(wanted), at=request.at)
    except Refusal as refusal:
        return _refused(request, number, refusal)
    said = {"who": changed.name, "rights": Rights(changed.rights).label}
    messages.success(request, _("%(who)s peut désormais : %(rights)s.") % said)
    return redirect("members", number)


@require_POST
@for_candidates
def entrust(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """Make somebody the contact of the dossier."""
    giver, member = _pair(request, number, pk)
    try:
        contact = membership.entrust(giver, member, at=request.at)
    except Refusal as refusal:
        return _refused(request, number, refusal)
    messages.success(request, _("%(who)s est maintenant le contact du dossier.") % {"who": contact.name})
    return redirect("members", number)


@require_POST
@for_candidates
def remove(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """Take somebody off the dossier, at once."""
    remover, removed = _pair(request, number, pk)
    try:
        membership.remove(remover, removed, at=request.at)
    except Refusal as refusal:
        return _refused(request, number, refusal)
    if removed.pk == remover.pk:
        messages.success(request, _("Vous ne travaillez plus sur le dossier %(number)s.") % {"number": number})
        return redirect("desk")
    messages.success(request, _("%(who)s n’a plus accès au dossier.") % {"who": removed.name})
    return redirect("members", number)


def _pair(request: CandidateRequest, number: str, pk: int) -> tuple[Member, Member]:
    """Who asks, and of whom."""
    asker = member_or_404(request, number, Rights.SUBMIT)
    return asker, get_object_or_404(asker.candidacy.members.present(), pk=pk)


def _refused(request: CandidateRequest, number: str, refusal: Refusal) -> HttpResponse:
    """The list as it is now, under the reason why nothing was changed."""
    return _page(request, member_or_404(request, number), InvitationForm(), refusal=refusal, status=409)
