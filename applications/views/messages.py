"""« Messages reçus »: the letters of a dossier, as they were sent."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.models import Candidacy
from applications.selectors.closing_times import of_candidacy
from applications.selectors.desk import banner
from applications.selectors.messages import letters_of, listed, readable
from applications.selectors.public import contact_of
from hubs_portal.downloads import serve
from hubs_portal.letters.compose import rendered

_PER_PAGE = 50


@require_safe
@for_candidates
def messages(request: CandidateRequest, number: str) -> HttpResponse:
    """Every letter the members received about their dossier, and what became of it."""
    candidacy = member_or_404(request, number).candidacy
    page = Paginator(listed(letters_of(candidacy)), _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "candidate/messages.html", {**_around(request, candidacy), "page_obj": page})


@require_safe
@for_candidates
def message(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """One letter as it was sent, but for the links that were its addressee's alone."""
    candidacy = member_or_404(request, number).candidacy
    letter = get_object_or_404(letters_of(candidacy), pk=pk)
    context = {
        **_around(request, candidacy),
        "letter": letter,
        "text": readable(letter),
        "attachments": list(letter.attachments.select_related("stored").order_by("pk")),
    }
    return render(request, "candidate/message.html", context)


@require_safe
@for_candidates
def attachment(request: CandidateRequest, number: str, pk: int, attachment: int) -> HttpResponseBase:
    """A file that left with a letter, made now if the worker has not yet."""
    letter = get_object_or_404(letters_of(member_or_404(request, number).candidacy), pk=pk)
    enclosed = get_object_or_404(letter.attachments.select_related("stored"), pk=attachment)
    return serve(request, rendered(enclosed), enclosed.name)


def _around(request: CandidateRequest, candidacy: Candidacy) -> dict[str, Any]:
    return {
        "candidacy": candidacy,
        "call": candidacy.call,
        "banner": banner(candidacy, candidacy.dossier, request.at),
        "local_times": of_candidacy(candidacy),
        "contact": contact_of(candidacy.call),
    }
