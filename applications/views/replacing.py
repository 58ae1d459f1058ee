"""A file sent in the place of one that nobody can read; the page it is sent from is that of the completions."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions.replacing import replace_file
from applications.enums import Rights
from applications.forms.documents import UploadForm
from applications.models import Member, Replacement
from applications.selectors.replacing import replacements_of
from applications.views import completion
from applications.views.documents import nothing_came
from hubs_portal.downloads import serve
from hubs_portal.refusals import Refusal


@require_POST
@for_candidates
def add(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """Send it."""
    member = member_or_404(request, number, Rights.EDIT)
    replacement = replacement_or_404(member, pk)
    form = UploadForm(request.POST, request.FILES)
    try:
        file = form.received
        if file is None:
            raise nothing_came()
        sent = replace_file(member, replacement, file, name=file.name or "", at=request.at, **form.declared())
    except Refusal as refusal:
        if refusal.code == "still_open":
            messages.error(request, str(refusal.sentence))
            return redirect("documents", number)
        wrong = completion.Wrong("remplacement", pk, replacement.requirement.label, refusal)
        return completion.show(request, member, wrong=wrong, status=refusal.status)
    messages.success(request, _("« %(name)s » est reçu.") % {"name": sent.name})
    return redirect(f"{reverse('completion', args=[number])}#remplacement-{pk}")


@require_safe
@for_candidates
def file(request: CandidateRequest, number: str, pk: int) -> HttpResponseBase:
    """What was sent, given back."""
    replacement = replacement_or_404(member_or_404(request, number), pk)
    if replacement.stored is None:
        raise Http404
    return serve(request, replacement.stored, replacement.name)


def replacement_or_404(member: Member, pk: int) -> Replacement:
    """A file to replace in that dossier."""
    mine = replacements_of(member.candidacy).select_related("document__requirement__call", "stored")
    return get_object_or_404(mine, pk=pk)
