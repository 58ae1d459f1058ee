"""« Mon jury »: the juror's desk, and the ranking once they may see it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from juries.access import JurorRequest, for_jurors, seat_or_404, seated_or_404
from juries.selectors.duties import mandates, ties_to_examine
from juries.selectors.ranking import ranking_visible_to


@require_safe
@for_jurors
def desk(request: JurorRequest) -> HttpResponse:
    """What to do before when, one thing to do next, the dossiers as cards; nothing of what they say."""
    found = mandates(seated_or_404(request), request.at)
    presides = any(mandate.presides for mandate in found)
    context = {"mandates": found, "presides": presides, "ties": ties_to_examine(request.user) if presides else 0}
    return render(request, "juror/desk.html", context)


@require_safe
@for_jurors
def ranking(request: JurorRequest, pk: int) -> HttpResponse:
    """The candidacies whose scores this juror may compare, ranked among themselves."""
    seat = seat_or_404(request, pk)
    context = {"seat": seat, "jury": seat.jury, "rows": ranking_visible_to(seat)}
    return render(request, "juror/ranking.html", context)
