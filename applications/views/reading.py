"""The reader: a file on its page, with the others a step away. The candidate sees there what the jury will see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.models import CompletionItem, Member
from applications.selectors import opened
from applications.selectors.findings import with_findings
from applications.selectors.opened import Opened
from applications.selectors.replacing import replacements_of
from hubs_portal.refusals import Sentence


@dataclass(frozen=True)
class Way:
    """A file one may turn to."""

    label: Sentence
    name: str
    address: str
    is_here: bool


def reader(shown: Opened, *, address: str, back: str, ways: Iterable[Way]) -> dict[str, Any]:
    """What the reader shows: the file, where its bytes are, where one comes from, and the files around it."""
    found = list(ways)
    here = next((rank for rank, way in enumerate(found) if way.is_here), 0)
    return {
        "opened": shown,
        "address": address,
        "back": back,
        "ways": found,
        "rank": here + 1,
        "before": found[here - 1] if here else None,
        "after": found[here + 1] if here + 1 < len(found) else None,
    }


@require_safe
@for_candidates
def submitted(request: CandidateRequest, number: str, version: int, pk: int) -> HttpResponse:
    """A file as it was submitted."""
    member = member_or_404(request, number)
    made = get_object_or_404(member.candidacy.submissions, version=version)
    files = with_findings(made.files.select_related("stored"))
    found = next((file for file in files if file.pk == pk), None)
    if found is None:
        raise Http404
    ways = [
        Way(
            each.requirement_label,
            each.name,
            reverse("submitted_file_read", args=[number, version, each.pk]),
            each.pk == pk,
        )
        for each in files
    ]
    address = reverse("submitted_file", args=[number, version, pk])
    return _page(request, member, opened.frozen(found), address, reverse("submitted", args=[number, version]), ways)


@require_safe
@for_candidates
def document(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """A file of the draft, former ones included."""
    member = member_or_404(request, number)
    documents = member.candidacy.dossier.documents.select_related("stored", "requirement")
    shown = get_object_or_404(documents, pk=pk)
    standing = [shown, *documents.current().exclude(pk=pk)] if shown.removed_at else list(documents.current())
    ways = [
        Way(each.requirement.label, each.name, reverse("document_read", args=[number, each.pk]), each.pk == pk)
        for each in standing
    ]
    address = reverse("document", args=[number, pk])
    back = f"{reverse('documents', args=[number])}#piece-{shown.requirement.code}"
    return _page(request, member, opened.joined(shown), address, back, ways)


@require_safe
@for_candidates
def completion(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """A document sent because it was asked for."""
    member = member_or_404(request, number)
    sent = CompletionItem.objects.filter(request__candidacy=member.candidacy_id, stored__isnull=False)
    shown = get_object_or_404(sent.select_related("stored", "requirement"), pk=pk)
    return _sent_since(request, member, opened.received(shown), "completion_file", pk, f"piece-{pk}")


@require_safe
@for_candidates
def replacement(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """A file sent in the place of one nobody could read."""
    member = member_or_404(request, number)
    shown = get_object_or_404(replacements_of(member.candidacy).filter(stored__isnull=False), pk=pk)
    return _sent_since(request, member, opened.sent_instead(shown), "replacement_file", pk, f"remplacement-{pk}")


def _sent_since(
    request: CandidateRequest, member: Member, shown: Opened, file: str, pk: int, anchor: str
) -> HttpResponse:
    number = member.candidacy.number
    back = f"{reverse('completion', args=[number])}#{anchor}"
    return _page(request, member, shown, reverse(file, args=[number, pk]), back, [])


def _page(
    request: CandidateRequest, member: Member, shown: Opened, address: str, back: str, ways: list[Way]
) -> HttpResponse:
    context = {"candidacy": member.candidacy, **reader(shown, address=address, back=back, ways=ways)}
    return render(request, "candidate/reader.html", context)
