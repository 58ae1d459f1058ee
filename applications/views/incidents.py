"""« J’ai un problème »: a small page and one POST, which must work a minute before the closing; one without account."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404, memberships
from applications.actions.incidents import report_problem
from applications.forms.incident import ProblemForm
from applications.models import Call, Member
from applications.rules.failures import path_of
from applications.views.candidate import around
from hubs_portal.clock import TimedRequest
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
        incident = report_problem(member, **form.cleaned_data, **_seen(request), arrived_at=request.at)
    except Refusal as refusal:
        return _page(request, member, form, refusal=refusal, status=409)
    return redirect("problem_reported", number, incident.rank)


def _page(
    request: CandidateRequest, member: Member, form: ProblemForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    reported = list(member.candidacy.incidents.order_by("-rank"))
    context = {
        **around(request, member),
        "form": form,
        "refusal": refusal,
        "reported": reported,
        "seen": _seen(request),
    }
    return render(request, "candidate/problem.html", context, status=status)


def _seen(request: CandidateRequest) -> dict[str, str]:
    """What goes with the report without being typed: the page they came from, and what their browser saw fail."""
    if request.method == "POST":
        return {"page": request.POST.get("page", ""), "failures": request.POST.get("failures", "")}
    return {"page": came_from(request), "failures": ""}


def came_from(request: HttpRequest) -> str:
    """The page of ours that led here; an error page says it in the address, the others in the browser's own header."""
    told = request.GET.get("page", "")
    came = urlsplit(request.headers.get("Referer", ""))
    return path_of(told) or (path_of(came.path) if came.netloc == request.get_host() else "")


@require_safe
def help_page(request: TimedRequest) -> HttpResponse:
    """Whom to telephone, with or without an account; from a page of one's own dossier, straight to its report."""
    page = came_from(request)
    known = memberships(request).select_related("candidacy__organisation").order_by("-candidacy__signalled_at")
    candidacies = [member.candidacy for member in known]
    for candidacy in candidacies:
        if page.startswith(reverse("dossier", args=[candidacy.number])):
            return redirect(reverse("problem", args=[candidacy.number]) + "?" + urlencode({"page": page}))
    call = Call.objects.public().order_by("-opens_at").first()
    context = {"candidacies": candidacies, "call": call, "page": page}
    return render(request, "public/problem.html", context)


@require_safe
@for_candidates
def reported(request: CandidateRequest, number: str, rank: int) -> HttpResponse:
    """A report as it was received, fit for a screenshot, and the team's answers."""
    member = member_or_404(request, number)
    incident = get_object_or_404(member.candidacy.incidents.select_related("reporter"), rank=rank)
    incident.candidacy = member.candidacy
    context = {**around(request, member), "incident": incident, "answers": list(incident.answers.all())}
    return render(request, "candidate/problem_reported.html", context)
