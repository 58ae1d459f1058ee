"""The deliberation on the juror's desk: led by the chair, followed by the other members."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.access import for_candidates
from hubs_portal.clock import TimedRequest
from juries.access import note_seated
from juries.enums import SeatRole
from juries.models import Deliberation, Seat
from juries.selectors import wall
from juries.views import leading


def seat_or_404(request: HttpRequest, pk: int) -> tuple[Seat, Deliberation]:
    """The seat of the person in the jury of this deliberation, charter signed; 404 when there is none."""
    deliberation = Deliberation.objects.select_related("jury__call").filter(pk=pk).first()
    user = request.user.pk
    found = deliberation and Seat.objects.sworn().filter(jury=deliberation.jury_id, user=user).first()
    if not deliberation or not found:
        raise Http404
    found.jury = deliberation.jury
    note_seated(request)
    return found, deliberation


def _led_or_404(request: HttpRequest, pk: int) -> Deliberation:
    seat, deliberation = seat_or_404(request, pk)
    if seat.role != SeatRole.CHAIR:
        raise Http404
    return deliberation


def _place(request: HttpRequest, deliberation: Deliberation) -> leading.Place:
    """The juror's desk."""

    def draw(page: str, context: dict[str, Any], status: int) -> HttpResponse:
        return render(request, _TEMPLATES[page], context, status=status)

    return leading.Place(
        page=reverse("jury_deliberation", args=[deliberation.pk]),
        minutes=reverse("jury_minutes", args=[deliberation.pk]),
        minutes_pdf=reverse("jury_minutes_pdf", args=[deliberation.pk]),
        extract_pdf=reverse("jury_minutes_extract", args=[deliberation.pk]),
        render=draw,
    )


_TEMPLATES = {"wall": "juror/deliberation.html", "minutes": "juror/deliberation_minutes.html"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def page(request: TimedRequest, pk: int) -> HttpResponseBase:
    """The wall: the chair leads it, the other members follow the lines of their docket."""
    seat, deliberation = seat_or_404(request, pk)
    if seat.role == SeatRole.CHAIR:
        return leading.lead(request, deliberation, _place(request, deliberation))
    if request.method == "POST":
        raise Http404
    context = {
        "title": _("Délibération"),
        "deliberation": deliberation,
        "jury": deliberation.jury,
        "call": deliberation.jury.call,
        "wall": wall.followed(deliberation, seat),
        "place": _place(request, deliberation),
        "leads": False,
        "follows_live": "suivre" in request.GET,
        "deciding": None,
        "just_decided": "",
        "refusal": None,
    }
    return render(request, "juror/deliberation.html", context)


@require_safe
@for_candidates
def minutes(request: TimedRequest, pk: int) -> HttpResponseBase:
    """The minutes, for the chair."""
    deliberation = _led_or_404(request, pk)
    return leading.show_minutes(request, deliberation, _place(request, deliberation))


@require_safe
@for_candidates
def minutes_pdf(request: TimedRequest, pk: int) -> HttpResponseBase:
    """The same, as a PDF."""
    return leading.minutes_pdf(request, _led_or_404(request, pk))


@require_safe
@for_candidates
def minutes_extract(request: TimedRequest, pk: int) -> HttpResponseBase:
    """What of it may be handed over."""
    return leading.extract_pdf(request, _led_or_404(request, pk))
