"""How far the scoring is, by state alone; and, on a page apart, the sheets their authors have finished."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from applications.admin.team import WORKING, person
from juries.admin.doors import Page, shown
from juries.models import Jury, PanelCandidacy
from juries.selectors import office_scores
from juries.selectors.office_panels import panels_of

if TYPE_CHECKING:
    from juries.admin.juries import JuryRoom


def index(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """Panel by panel, a word for each juror and candidacy."""
    rows = office_scores.duties([jury], person(request))
    return shown(
        room,
        request,
        jury,
        "scores.html",
        tab="scores",
        title=_("Avancement des notes"),
        tables=office_scores.tables(panels_of(jury), rows),
        lacking=sum(duty.lacks_before or duty.lacks_after for duty in rows),
        total=len(rows),
    )


def sheets(room: "JuryRoom", request: HttpRequest, jury: Jury, candidacy_id: int) -> HttpResponseBase:
    """The finished sheets of a candidacy; for somebody who stays out of it, there is no such page."""
    rows = PanelCandidacy.objects.filter(panel__jury=jury).select_related("panel", "candidacy__organisation")
    given = get_object_or_404(rows, candidacy__in=jury.call.candidacies.filter(pk=candidacy_id))
    candidacy, user = given.candidacy, person(request)
    recusals = list(candidacy.recusals.select_related("seat__user"))
    if any(recusal.seat.user_id == user.pk for recusal in recusals):
        raise Http404
    return shown(
        room,
        request,
        jury,
        "sheets.html",
        tab="scores",
        title=_("Feuilles de %(number)s") % {"number": candidacy.number},
        candidacy=candidacy,
        readings=office_scores.readings(candidacy, list(jury.call.criteria.all()), user),
        duties=office_scores.duties_of(given, recusals, given.candidacy.hearings.all(), user),
    )


PAGES = [
    Page("notes/", "scores", index),
    Page("notes/<int:candidacy_id>/", "sheets", sheets, readers=WORKING),
]
