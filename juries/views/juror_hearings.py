"""Hearings as a juror lives them: the agenda, the event for a calendar, the page one has in the room."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubs_portal.downloads import give
from juries import calendars
from juries.access import JurorRequest, expected_or_404, for_jurors, seated_or_404
from juries.enums import Stage
from juries.selectors.agenda import agenda, by_day, panel_of, parts
from juries.selectors.grids import scores_of, total_of
from juries.selectors.visible import sheets_of


@require_safe
@for_jurors
def hearings(request: JurorRequest) -> HttpResponse:
    """Where to be, when, for whom."""
    found = agenda(seated_or_404(request), request.at)
    context = {
        "days": by_day([one for one in found if not one.is_over and not one.is_cancelled]),
        "past": [one for one in found if one.is_over or one.is_cancelled],
    }
    return render(request, "juror/hearings.html", context)


@require_safe
@for_jurors
def hearing(request: JurorRequest, pk: int) -> HttpResponse:
    """« En audition »: the timer, the panel, what one had noted on the dossier."""
    expected = expected_or_404(request, pk)
    own = {sheet.stage: sheet for sheet in sheets_of(expected.seat).filter(candidacy=expected.hearing.candidacy)}
    before = own.get(Stage.BEFORE)
    known = scores_of(before)
    criteria = expected.hearing.candidacy.call.criteria.all() if before else []
    context = {
        "expected": expected,
        "hearing": expected.hearing,
        "slot": expected.hearing.slot,
        "candidacy": expected.hearing.candidacy,
        "parts": parts(expected.hearing.slot),
        "panel": panel_of(expected),
        "before": before,
        "before_total": total_of(before) if before else None,
        "after": own.get(Stage.AFTER),
        "lines": [(criterion, known.get(criterion.pk)) for criterion in criteria],
    }
    return render(request, "juror/hearing.html", context)


@require_safe
@for_jurors
def calendar(request: JurorRequest, pk: int) -> HttpResponseBase:
    """The hearing for a calendar: the same event as the letter's, revised."""
    expected = expected_or_404(request, pk)
    method = calendars.CANCEL if expected.is_cancelled else calendars.REQUEST
    invitation = calendars.Invitation(expected.hearing, expected.seat.addressee, method, whole=True)
    content = calendars.as_ics(invitation, at=request.at)
    return give(request, content, "audition.ics", f"text/calendar; charset=utf-8; method={method}")
