"""The documents of a dossier: joined, promised, taken out, read again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions import drafting
from applications.actions.documents import MEGABYTE, add_document, remove_document
from applications.enums import Rights
from applications.forms.documents import PromiseForm, UploadForm
from applications.models import Document, KitFile, Member, Requirement
from applications.rules.completeness import DOCUMENTS
from applications.selectors.documents import Checklist, Piece, asked_file, checklist, document_row
from applications.selectors.dossier import PLACES, draft_of
from applications.selectors.kit import kit_beside
from applications.views.dossier import dossier_context
from hubs_portal import downloads
from hubs_portal.refusals import Refusal


@require_safe
@for_candidates
def documents(request: CandidateRequest, number: str) -> HttpResponse:
    """The checklist of the legal form, and what was joined."""
    return _show(request, member_or_404(request, number))


@require_POST
@for_candidates
def add(request: CandidateRequest, number: str, code: str) -> HttpResponse:
    """Join a file."""
    member = member_or_404(request, number, Rights.EDIT)
    try:
        requirement = asked_file(member.candidacy, code, request.at.date())
    except Requirement.DoesNotExist as unasked:
        raise Http404 from unasked
    form = UploadForm(request.POST, request.FILES)
    try:
        file = form.received
        if file is None:
            raise nothing_came()
        document = add_document(member, requirement, file, name=file.name or "", at=request.at, **form.declared())
    except Refusal as refusal:
        return _show(request, member, code=code, refusal=refusal, status=refusal.status)
    messages.success(request, _("« %(name)s » est enregistré.") % {"name": document.name})
    tell_outdated(request, document, member)
    return _back(number, code)


def tell_outdated(request: CandidateRequest, document: Document, member: Member) -> None:
    """Say that it was made from a former version of a model: the page says what changed, beside the file."""
    if not document.model_code:
        return
    kit_beside(member.candidacy.call, [document])
    if document.outdated:
        messages.info(request, document.outdated.words)


@require_POST
@for_candidates
def promise(request: CandidateRequest, number: str, code: str) -> HttpResponse:
    """Say why and when a document will follow."""
    member = member_or_404(request, number, Rights.EDIT)
    piece = _piece_or_404(checklist(draft_of(member, request.at)), code)
    if not piece.may_follow:
        raise Http404
    form = PromiseForm(request.POST, today=request.at.date(), prefix=code)
    if not form.is_valid():
        return _show(request, member, code=code, form=form, status=422)
    try:
        drafting.promise(member, piece.requirement, at=request.at, **form.cleaned_data)
    except Refusal as refusal:
        return _show(request, member, code=code, form=form, refusal=refusal, status=409)
    messages.success(request, _("Votre promesse est enregistrée."))
    # The page of the last hour promises in one tap, and is the one to come back to.
    return redirect("dossier", number) if "to_dossier" in request.POST else _back(number, code)


@require_POST
@for_candidates
def remove(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """Take a file out of the draft."""
    member = member_or_404(request, number, Rights.EDIT)
    current = member.candidacy.dossier.documents.current().select_related("requirement", "stored")
    document = get_object_or_404(current, pk=pk)
    try:
        remove_document(member, document, at=request.at)
    except Refusal as refusal:
        return _show(request, member, code=document.requirement.code, refusal=refusal, status=409)
    messages.success(request, _("« %(name)s » est retiré du dossier.") % {"name": document.name})
    return _back(number, document.requirement.code)


@require_safe
@for_candidates
def line(request: CandidateRequest, number: str, pk: int) -> HttpResponse:
    """The line of one file, as htmx asks for it again while it is not known what is in it."""
    member = member_or_404(request, number)
    draft = draft_of(member, request.at)
    document = document_row(member, pk, request.at)
    if document is None:
        raise Http404
    piece = checklist(draft).piece(document.requirement.code)
    context = {"document": document, "piece": piece, "draft": draft, "candidacy": member.candidacy}
    return render(request, "candidate/_file_line.html", context)


@require_safe
@for_candidates
def download(request: CandidateRequest, number: str, pk: int) -> HttpResponseBase:
    """A file joined to the dossier, former ones included."""
    member = member_or_404(request, number)
    document = get_object_or_404(member.candidacy.dossier.documents.select_related("stored"), pk=pk)
    return downloads.serve(request, document.stored, document.name)


@require_safe
@for_candidates
def picture(request: CandidateRequest, number: str, pk: int) -> HttpResponseBase:
    """What the first page of a file looks like."""
    member = member_or_404(request, number)
    drawn = member.candidacy.dossier.documents.select_related("picture").filter(picture__isnull=False)
    document = get_object_or_404(drawn, pk=pk)
    assert document.picture
    return downloads.serve(request, document.picture, "apercu.jpg")


@require_safe
@for_candidates
def kit_file(request: CandidateRequest, number: str, pk: int) -> HttpResponseBase:
    """A file of the kit of the call this dossier answers."""
    member = member_or_404(request, number)
    model = get_object_or_404(KitFile.objects.select_related("stored"), pk=pk, call=member.candidacy.call)
    return downloads.serve(request, model.stored, model.name)


def nothing_came() -> Refusal:
    """No file was in the request: nobody chose one, or the transfer was cut and Django reports none."""
    return Refusal(
        _(
            "Aucun fichier n’est arrivé : ou bien rien n’était choisi, ou bien l’envoi a été coupé."
            " Choisissez le fichier, puis envoyez-le de nouveau."
        ),
        code="no_file",
    )


def _piece_or_404(asked: Checklist, code: str) -> Piece:
    piece = asked.piece(code)
    if piece is None:
        raise Http404
    return piece


def _back(number: str, code: str) -> HttpResponse:
    return redirect(f"{reverse('documents', args=[number])}#piece-{code}")


def _show(
    request: CandidateRequest,
    member: Member,
    *,
    code: str = "",
    form: PromiseForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, complete; `code` is the document that what follows is about."""
    draft = draft_of(member, request.at)
    asked = checklist(draft)
    today = request.at.date()
    rows = [
        {
            "piece": piece,
            "refusal": refusal if piece.requirement.code == code else None,
            "promise": _promise_form(piece, today, form if piece.requirement.code == code else None),
            "accept": ",".join(f".{extension}" for extension in piece.requirement.accepted),
        }
        for piece in asked.uploads
    ]
    call = member.candidacy.call
    context: dict[str, Any] = {
        **dossier_context(draft),
        "rows": rows,
        "asked": asked,
        "refusal": refusal if asked.piece(code) is None else None,
        "problems": _problems(asked, code, refusal, form),
        "largest": call.max_file_mb * MEGABYTE,
        "position": PLACES.index(DOCUMENTS) + 1,
    }
    return render(request, "candidate/documents.html", context, status=status)


def _promise_form(piece: Piece, today: Any, posted: PromiseForm | None) -> PromiseForm | None:
    if not piece.may_follow:
        return None
    initial = {"reason": piece.reason, "promised_on": piece.promised_on}
    return posted or PromiseForm(today=today, prefix=piece.requirement.code, initial=initial)


def _problems(asked: Checklist, code: str, refusal: Refusal | None, form: PromiseForm | None) -> list[dict[str, str]]:
    """The summary on top: what is wrong, on which row."""
    piece = asked.piece(code)
    where = piece.requirement.label if piece else ""
    said = [str(refusal)] if refusal and piece else []
    said += [str(error) for errors in form.errors.values() for error in errors] if form else []
    return [
        {"label": _("%(where)s : %(what)s") % {"where": where, "what": what}, "url": f"#piece-{code}"} for what in said
    ]
