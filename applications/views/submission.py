"""Check, submit, and what is left of it: the confirmation, the receipt, the frozen files; withdraw and resume."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import archive, receipts
from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions import safety_net, withdrawal
from applications.actions import submission as submitting
from applications.enums import CandidacyState, Rights
from applications.models import Member, Submission
from applications.rules.deadline import TooLate
from applications.selectors.banner import is_over, last_submission, that_counts
from applications.selectors.review import changes_since, file_rows, review_of
from applications.selectors.safety_net import net_of
from applications.views.candidate import around
from applications.workflow import CANDIDACY
from hubs_portal.archive import respond
from hubs_portal.downloads import serve
from hubs_portal.refusals import Refusal


@require_safe
@for_candidates
def review(request: CandidateRequest, number: str) -> HttpResponse:
    """Exactly what would be sent, what is missing, and the button."""
    return _review(request, member_or_404(request, number))


def _review(
    request: CandidateRequest, member: Member, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    shown = review_of(member, request.at)
    net = net_of(member.candidacy, shown.content) if shown.open and shown.revision else None
    context = {**around(request, member), "shown": shown, "net": net, "refusal": refusal}
    return render(request, "candidate/review.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def submit(request: CandidateRequest, number: str) -> HttpResponse:
    """Submit the revision the page showed; a reload of the answer's address goes back to the review."""
    if request.method != "POST":
        return redirect("review", number)
    member = member_or_404(request, number, Rights.SUBMIT)
    revision = _revision(request)
    if revision is None:
        return _unclear(request, member)
    try:
        made = submitting.submit(member, revision=revision, arrived_at=request.at)
    except TooLate as late:
        return _late(request, member, late)
    except Refusal as refusal:
        return _review(request, member_or_404(request, number), refusal=refusal, status=409)
    return redirect("submitted", number, made.version)


def _revision(request: HttpRequest) -> int | None:
    """The revision posted; `None` when it is not one."""
    typed = request.POST.get("revision", "")
    revision = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    return revision or None


def _unclear(request: CandidateRequest, member: Member) -> HttpResponse:
    refusal = Refusal(
        _("Cette page ne dit pas quelle version déposer : rien n’a été déposé. Relisez ci-dessous, puis déposez."),
        code="no_revision",
    )
    return _review(request, member, refusal=refusal, status=400)


def _late(request: CandidateRequest, member: Member, late: TooLate) -> HttpResponse:
    context = {
        **around(request, member),
        "refusal": late,
        "arrived_at": request.at,
        "last": that_counts(member.candidacy, last_submission(member.candidacy)),
    }
    return render(request, "candidate/late.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def net(request: CandidateRequest, number: str) -> HttpResponse:
    """Accept the safety net, or take it back; its place on the page of the review."""
    if request.method != "POST":
        return redirect("review", number)
    member = member_or_404(request, number, Rights.SUBMIT)
    try:
        if "revoke" in request.POST:
            safety_net.revoke(member, at=request.at)
            messages.success(request, _("Le filet de sécurité est retiré : à la clôture, rien ne sera déposé seul."))
        else:
            _consent(request, member)
    except TooLate as late:
        return _late(request, member, late)
    except Refusal as refusal:
        return _review(request, member_or_404(request, number), refusal=refusal, status=409)
    return redirect(reverse("review", args=[number]) + "#net")


def _consent(request: CandidateRequest, member: Member) -> None:
    if "agreed" not in request.POST:
        raise Refusal(
            _("Cochez la case pour accepter le filet de sécurité : rien n’est enregistré."), code="not_agreed"
        )
    safety_net.consent(member, shown=request.POST.get("shown", ""), at=request.at)
    messages.success(request, _("Le filet de sécurité est accepté. Il ne remplace pas le dépôt."))


@require_safe
@for_candidates
def submitted(request: CandidateRequest, number: str, version: int) -> HttpResponse:
    """The proof of a submission, fit for a screenshot; and what was changed since, if anything was."""
    member = member_or_404(request, number)
    made = _version(member, version)
    last = last_submission(member.candidacy)
    is_last = last is not None and last.version == version
    context = {
        **around(request, member),
        "submission": made,
        "receipt": made.receipt,
        "files": file_rows(made),
        "is_last": is_last,
        "is_over": is_over(member.candidacy, request.at),
        "changes": changes_since(made) if is_last else [],
        "former": version - 1,
    }
    return render(request, "candidate/submitted.html", context)


def _version(member: Member, version: int) -> Submission:
    return get_object_or_404(member.candidacy.submissions.select_related("receipt"), version=version)


@require_safe
@for_candidates
def receipt_pdf(request: CandidateRequest, number: str, version: int) -> HttpResponseBase:
    """The acknowledgement of receipt, rendered now if the worker has not done so."""
    receipt = _version(member_or_404(request, number), version).receipt
    return serve(request, receipts.receipt_pdf(receipt), f"{receipt.number}.pdf")


@require_safe
@for_candidates
def file(request: CandidateRequest, number: str, version: int, pk: int) -> HttpResponseBase:
    """A file as it was submitted."""
    made = _version(member_or_404(request, number), version)
    frozen = get_object_or_404(made.files.select_related("stored"), pk=pk)
    return serve(request, frozen.stored, frozen.name)


@require_safe
@for_candidates
def draft_archive(request: CandidateRequest, number: str) -> HttpResponseBase:
    """The whole dossier as it stands, at any time, for whoever may read it."""
    return _zipped(request, archive.of_draft(member_or_404(request, number).candidacy, request.at))


@require_safe
@for_candidates
def version_archive(request: CandidateRequest, number: str, version: int) -> HttpResponseBase:
    """A version as it was submitted."""
    member = member_or_404(request, number)
    made = _version(member, version)
    made.candidacy = member.candidacy
    return _zipped(request, archive.of_version(made, request.at))


def _zipped(request: CandidateRequest, made: archive.Archive) -> HttpResponseBase:
    return respond(request, made.entries, made.folder)


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def withdraw(request: CandidateRequest, number: str) -> HttpResponse:
    """Withdraw the candidacy, once its consequences are read."""
    member = member_or_404(request, number, Rights.SUBMIT)
    if request.method == "POST":
        withdrawal.withdraw(member, at=request.at, reason=_reason(request))
        return redirect("resume", number)
    return _step_page(request, member, "withdraw")


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\r\n", "\n").strip()[:2000]


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def resume(request: CandidateRequest, number: str) -> HttpResponse:
    """Take a withdrawn candidacy up again, as a draft."""
    member = member_or_404(request, number, Rights.SUBMIT)
    if request.method == "POST":
        withdrawal.resume(member, at=request.at)
        return redirect("dossier", number)
    return _step_page(request, member, "resume")


def _step_page(request: CandidateRequest, member: Member, step: str) -> HttpResponse:
    candidacy = member.candidacy
    possible = CANDIDACY.may(step, CandidacyState(candidacy.state)) and not is_over(candidacy, request.at)
    context = {**around(request, member), "possible": possible, "last": last_submission(candidacy)}
    return render(request, f"candidate/{step}.html", context)
