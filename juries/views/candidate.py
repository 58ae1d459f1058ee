"""The hearing as its candidate sees it: when, where, for how long, and « je confirme ma venue »."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.enums import Rights
from applications.models import Member
from applications.selectors.closing_times import of_candidacy
from applications.selectors.followed import follow
from applications.views.candidate import around
from hubs_portal.downloads import give
from hubs_portal.refusals import Refusal
from juries import calendars
from juries.actions.hearings import confirm
from juries.models import Hearing
from juries.selectors.appointments import current_hearing, is_cancelled, last_change


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def hearing(request: CandidateRequest, number: str) -> HttpResponse:
    """The convocation; those who may modify the dossier received it, and any of them may answer it."""
    if request.method != "POST":
        member = member_or_404(request, number)
        return _show(request, member, _hearing_or_404(member))
    member = member_or_404(request, number, Rights.EDIT)
    found = _hearing_or_404(member)
    try:
        confirm(found, by=member.actor, at=request.at)
    except Refusal as refusal:
        return _show(request, member, _hearing_or_404(member), refusal=refusal, status=409)
    messages.success(request, _("Votre venue est confirmée. Le service le sait."))
    return redirect("hearing", number)


@require_safe
@for_candidates
def ics(request: CandidateRequest, number: str) -> HttpResponseBase:
    """The same event as in the letter, for a calendar: it replaces what an earlier file put there."""
    member = member_or_404(request, number)
    found = _hearing_or_404(member)
    method = calendars.CANCEL if is_cancelled(found) else calendars.REQUEST
    content = calendars.as_ics(calendars.Invitation(found, member.addressee, method, whole=False), at=request.at)
    return give(request, content, f"audition-{number}.ics", f"text/calendar; method={method}; charset=utf-8")


def _hearing_or_404(member: Member) -> Hearing:
    found = current_hearing(member.candidacy)
    if found is None:
        raise Http404
    return found


def _show(
    request: CandidateRequest, member: Member, found: Hearing, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    followed = follow(member.candidacy, request.at)
    appointment = followed.told.appointment
    if appointment is None:
        raise Http404
    context: dict[str, Any] = {
        **around(request, member, followed.banner),
        "hearing": found,
        "slot": found.slot,
        "appointment": appointment,
        "change": last_change(found),
        "hearing_times": of_candidacy(member.candidacy, found.slot.starts_at),
        "is_past": appointment.is_past(request.at),
        "waits": appointment.waits_for_an_answer(request.at),
        "refusal": refusal,
    }
    return render(request, "candidate/hearing.html", context, status=status)
