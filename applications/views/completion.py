"""The documents the team asked for after the closing: what is missing, until when, and what was received."""

from dataclasses import replace
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
from applications.selectors.closing_times import of_candidacy
from applications.selectors.completion import completion
from applications.selectors.followed import follow
from applications.views.candidate import around
from applications.views.documents import STATUS, nothing_came
from hubs_portal.downloads import serve
from hubs_portal.refusals import Refusal


@require_safe
@for_candidates
def page(request: CandidateRequest, number: str) -> HttpResponse:
    """Each document asked for, and the place to send it."""
    return _show(request, member_or_404(request, number))


@require_POST
@for_candidates
def add(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """Send one of them."""
    member = member_or_404(request, number, Rights.EDIT)
    item = _item_or_404(member, pk)
    form = UploadForm(request.POST, request.FILES)
    try:
        file = form.received
        if file is None:
            raise nothing_came()
        item = complete(member, item, file, name=file.name or "", at=request.at, **form.declared())
    except Refusal as refusal:
        return _show(request, member, pk=pk, refusal=refusal, status=STATUS.get(refusal.code, 409))
    messages.success(request, _("« %(name)s » est reçu.") % {"name": item.name})
    return redirect(f"{reverse('completion', args=[number])}#piece-{pk}")


@require_safe
@for_candidates
def file(request: CandidateRequest, number: str, pk: int) -> HttpResponseBase:
    """A file the candidate sent, given back."""
    item = _item_or_404(member_or_404(request, number), pk)
    if item.stored is None:
        raise Http404
    return serve(request, item.stored, item.name)


def _item_or_404(member: Member, pk: int) -> CompletionItem:
    mine = CompletionItem.objects.filter(request__candidacy=member.candidacy_id)
    return get_object_or_404(mine.select_related("request", "requirement__call", "stored"), pk=pk)


def _show(
    request: CandidateRequest, member: Member, *, pk: int = 0, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The page, complete; `pk` is the document that the refusal is about."""
    followed = follow(member.candidacy, request.at)
    asked = completion(followed.told, request.at)
    if asked is None:
        raise Http404
    concerned = next((item for item in asked.items if item.pk == pk), None)
    context: dict[str, Any] = {
        **around(request, member, replace(followed.banner, action=None)),
        "completion": asked,
        "due_times": of_candidacy(member.candidacy, asked.asked.due_at),
        "may_send": asked.stage == "open" and member.may(Rights.EDIT),
        "largest": member.candidacy.call.max_file_mb * MEGABYTE,
        "refusal": refusal,
        "refused": pk,
        "problems": _problems(concerned, refusal),
    }
    return render(request, "candidate/completion.html", context, status=status)


def _problems(item: CompletionItem | None, refusal: Refusal | None) -> list[dict[str, str]]:
    if item is None or refusal is None:
        return []
    said = _("%(where)s : %(what)s") % {"where": item.requirement.label, "what": refusal}
    return [{"label": said, "url": f"#piece-{item.pk}"}]
