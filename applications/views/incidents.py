"""« Signaler un problème »: a small page and one POST, which must work a minute before the closing."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions.incidents import report_problem
from applications.forms.incident import ProblemForm
from applications.models import Member
from applications.views.candidate import around
from hubs_portal.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def report(request: CandidateRequest, number: str) -> HttpResponse:
    """Two fields; what was reported before; and, once posted, the page that says it was received."""
    member = member_or_404(request, number)
    form = ProblemForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, member, form)
    if not form.is_valid():
        return _page(request, member, form, status=422)
    try:
        incident = report_problem(member, **form.cleaned_data, arrived_at=request.at)
    except Refusal as refusal:
        return _page(request, member, form, refusal=refusal, status=409)
    return redirect("problem_reported", number, incident.rank)


def _page(
    request: CandidateRequest, member: Member, form: ProblemForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    reported = list(member.candidacy.incidents.order_by("-rank"))
    context = {**around(request, member), "form": form, "refusal": refusal, "reported": reported}
    return render(request, "candidate/problem.html", context, status=status)


@require_safe
@for_candidates
def reported(request: CandidateRequest, number: str, rank: int) -> HttpResponse:
    """A report as it was received, fit for a screenshot, and the team's answers."""
    member = member_or_404(request, number)
    incident = get_object_or_404(member.candidacy.incidents.select_related("reporter"), rank=rank)
    incident.candidacy = member.candidacy
    context = {**around(request, member), "incident": incident, "answers": list(incident.answers.all())}
    return render(request, "candidate/problem_reported.html", context)
