"""The letters written to a juror, as they were sent, without those about what they stay out of."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from applications.selectors.messages import readable
from hubs_portal.downloads import serve
from hubs_portal.letters.compose import rendered
from hubs_portal.letters.models import Letter
from juries.access import JurorRequest, for_jurors, seated_or_404
from juries.selectors.visible import letters_to

_PER_PAGE = 50


@require_safe
@for_jurors
def letters(request: JurorRequest) -> HttpResponse:
    """Every letter, the latest first, and what became of it."""
    page = Paginator(_letters(request), _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "juror/letters.html", {"page_obj": page})


@require_safe
@for_jurors
def letter(request: JurorRequest, pk: int) -> HttpResponse:
    """One letter; a personal link is read in the mailbox only."""
    found = get_object_or_404(_letters(request), pk=pk)
    context = {
        "letter": found,
        "text": readable(found),
        "attachments": list(found.attachments.select_related("stored").order_by("pk")),
    }
    return render(request, "juror/letter.html", context)


@require_safe
@for_jurors
def attachment(request: JurorRequest, pk: int, attachment: int) -> HttpResponseBase:
    """A file that left with it."""
    found = get_object_or_404(_letters(request), pk=pk)
    enclosed = get_object_or_404(found.attachments.select_related("stored"), pk=attachment)
    return serve(request, rendered(enclosed), enclosed.name)


def _letters(request: JurorRequest) -> QuerySet[Letter]:
    return letters_to(seated_or_404(request))
