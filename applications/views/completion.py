"""What is to be sent once the dossier is submitted: documents the team asked for, files nobody can read."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions.documents import MEGABYTE
from applications.actions.screening import complete
from applications.enums import Rights
from applications.forms.documents import UploadForm
from applications.models import CompletionItem, Member
from applications.selectors.banner import is_over
from applications.selectors.closing_times import of_candidacy
from applications.selectors.completion import completion
from applications.selectors.followed import follow
from applications.views.candidate import around
from applications.views.documents import nothing_came
from hubs_portal.downloads import serve
from hubs_portal.refusals import Refusal


@dataclass(frozen=True)
class Wrong:
    """A file that was refused: for which of them (`piece` or `remplacement`, and its key), what it is, why."""

    kind: str
    pk: int
    label: str
    refusal: Refusal

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"{self.kind}-{self.pk}"


@require_safe
@for_candidates
def page(request: CandidateRequest, number: str) -> HttpResponse:
    """Each document asked for, and the place to send it."""
    return show(request, member_or_404(request, number))


@require_POST
@for_candidates
def add(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """Send one of them."""
    member = member_or_404(request, number, Rights.EDIT)
    item = item_or_404(member, pk)
    form = UploadForm(request.POST, request.FILES)
    try:
        file = form.received
        if file is None:
            raise nothing_came()
        item = complete(member, item, file, name=file.name or "", at=request.at, **form.declared())
    except Refusal as refusal:
        wrong = Wrong("piece", pk, item.requirement.label, refusal)
        return show(request, member, wrong=wrong, status=refusal.status)
    messages.success(request, _("« %(name)s » est reçu.") % {"name": item.name})
    return redirect(f"{reverse('completion', args=[number])}#piece-{pk}")


@require_safe
@for_candidates
def file(request: CandidateRequest, number: str, pk: int) -> HttpResponseBase:
    """A file the candidate sent, given back."""
    item = item_or_404(member_or_404(request, number), pk)
    if item.stored is None:
        raise Http404
    return serve(request, item.stored, item.name)


def item_or_404(member: Member, pk: int) -> CompletionItem:
    """A document asked of that dossier."""
    mine = CompletionItem.objects.filter(request__candidacy=member.candidacy_id)
    return get_object_or_404(mine.select_related("request", "requirement__call", "stored"), pk=pk)


def show(request: CandidateRequest, member: Member, *, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """The page, complete; absent while nothing is asked, and before the closing: the draft then takes everything."""
    if not is_over(member.candidacy, request.at):
        raise Http404
    followed = follow(member.candidacy, request.at)
    asked, files = completion(followed.told, request.at), followed.replacing
    if asked is None and not files.wanted:
        raise Http404
    context: dict[str, Any] = {
        **around(request, member, replace(followed.banner, action=None)),
        "completion": asked,
        "replacing": files,
        "due_times": of_candidacy(member.candidacy, asked.asked.due_at) if asked else [],
        "may_send": asked is not None and asked.stage == "open" and member.may(Rights.EDIT),
        "may_replace": member.may(Rights.EDIT) and any(each.may_be_sent for each in files.wanted),
        "largest": member.candidacy.call.max_file_mb * MEGABYTE,
        "wrong": wrong,
        "refusal": wrong.refusal if wrong else None,
        "problems": _problems(wrong),
    }
    return render(request, "candidate/completion.html", context, status=status)


def _problems(wrong: Wrong | None) -> list[dict[str, str]]:
    if wrong is None:
        return []
    said = _("%(where)s : %(what)s") % {"where": wrong.label, "what": wrong.refusal}
    return [{"label": said, "url": f"#{wrong.anchor}"}]
