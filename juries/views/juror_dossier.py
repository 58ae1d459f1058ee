"""Read a dossier: the version that counts, its files, what was received since, with the grid beside it."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications import archive
from applications.actions.reading import (
    record_archive_reading,
    record_completion_reading,
    record_file_reading,
    record_reading,
    record_replacement_reading,
)
from applications.models import CompletionItem, Replacement, SubmissionFile
from applications.selectors import opened
from applications.selectors.findings import with_findings
from applications.selectors.opened import Opened
from applications.selectors.replacing import mark_replaced
from applications.selectors.submitted import submitted
from applications.views.reading import Way, reader
from hubs_portal.archive import respond
from hubs_portal.downloads import serve
from juries.access import JurorRequest, assigned_or_404, closed, for_jurors
from juries.rules.docket import (
    completions_readable_by,
    files_readable_by,
    replacements_readable_by,
    submissions_readable_by,
)
from juries.selectors.assigned import Assigned
from juries.views.juror_scoring import sheet_context


@require_safe
@for_jurors
def dossier(request: JurorRequest, number: str) -> HttpResponse:
    """The dossier on one side, the grid on the other. The reading is written in the candidacy's journal."""
    held = assigned_or_404(request, number)
    if held.shut:
        return closed(request, held)
    submission = get_object_or_404(submissions_readable_by(held.seat, request.at), candidacy=held.candidacy)
    submission.candidacy = held.candidacy
    record_reading(submission, by=request.user, at=request.at)
    says = submitted(submission)
    sent = replacements_readable_by(held.seat, request.at).filter(candidacy=held.candidacy)
    replaced = list(sent) if says.has_unreadable_files else []
    mark_replaced([file for piece in says.pieces for file in piece.files], replaced)
    context: dict[str, Any] = {
        **sheet_context(held),
        "submission": submission,
        "says": says,
        "received": list(completions_readable_by(held.seat, request.at).filter(request__candidacy=held.candidacy)),
        "replaced": replaced,
        "beside": True,
    }
    return render(request, "juror/dossier.html", context)


@require_safe
@for_jurors
def whole(request: JurorRequest, number: str) -> HttpResponseBase:
    """The version that counts, its files and what was received since, as one archive."""
    held = assigned_or_404(request, number)  # what is closed is absent from the rows below
    found = get_object_or_404(submissions_readable_by(held.seat, request.at), candidacy=held.candidacy)
    found.candidacy = held.candidacy
    record_archive_reading(found, by=request.user, at=request.at)
    asked = completions_readable_by(held.seat, request.at).filter(request__candidacy=held.candidacy)
    sent = replacements_readable_by(held.seat, request.at).filter(candidacy=held.candidacy, settled_by__isnull=True)
    made = archive.for_juror(found, list(asked), list(sent), request.at)
    return respond(request, made.entries, made.folder)


@require_safe
@for_jurors
def file(request: JurorRequest, number: str, pk: int) -> HttpResponseBase:
    """A file of the version that counts."""
    held = assigned_or_404(request, number)  # what is closed is absent from the rows below
    found = get_object_or_404(files_readable_by(held.seat, request.at), pk=pk, submission__candidacy=held.candidacy)
    record_file_reading(found, by=request.user, at=request.at)
    return serve(request, found.stored, found.name)


@require_safe
@for_jurors
def completion(request: JurorRequest, number: str, pk: int) -> HttpResponseBase:
    """A document received after the closing, at the service's request."""
    held = assigned_or_404(request, number)  # what is closed is absent from the rows below
    found = get_object_or_404(completions_readable_by(held.seat, request.at), pk=pk, request__candidacy=held.candidacy)
    assert found.stored
    record_completion_reading(found, by=request.user, at=request.at)
    return serve(request, found.stored, found.name)


@require_safe
@for_jurors
def read(request: JurorRequest, number: str, pk: int) -> HttpResponse:
    """A file of the version that counts, in the reader. Opening it is journalled as taking it is."""
    held = assigned_or_404(request, number)
    files = files_readable_by(held.seat, request.at).filter(submission__candidacy=held.candidacy)
    mine = with_findings(files.filter(pk=pk))
    if not mine:
        raise Http404
    (found,) = mine
    record_file_reading(found, by=request.user, at=request.at)
    address = reverse("juror_file", args=[number, pk])
    return _reader(request, held, opened.frozen(found), address, found)


@require_safe
@for_jurors
def read_completion(request: JurorRequest, number: str, pk: int) -> HttpResponse:
    """A document received after the closing, in the reader."""
    held = assigned_or_404(request, number)
    items = completions_readable_by(held.seat, request.at).filter(request__candidacy=held.candidacy)
    found = get_object_or_404(items, pk=pk)
    record_completion_reading(found, by=request.user, at=request.at)
    address = reverse("juror_completion", args=[number, pk])
    return _reader(request, held, opened.received(found), address, found)


@require_safe
@for_jurors
def read_replacement(request: JurorRequest, number: str, pk: int) -> HttpResponse:
    """A file sent in the place of one nobody could read, in the reader."""
    held = assigned_or_404(request, number)
    found = get_object_or_404(replacements_readable_by(held.seat, request.at), pk=pk, candidacy=held.candidacy)
    record_replacement_reading(found, by=request.user, at=request.at)
    address = reverse("juror_replacement", args=[number, pk])
    return _reader(request, held, opened.sent_instead(found), address, found)


def _reader(
    request: JurorRequest,
    held: Assigned,
    shown: Opened,
    address: str,
    here: SubmissionFile | CompletionItem | Replacement,
) -> HttpResponse:
    number = held.candidacy.number
    files = files_readable_by(held.seat, request.at).filter(submission__candidacy=held.candidacy)
    items = completions_readable_by(held.seat, request.at).filter(request__candidacy=held.candidacy)
    sent = replacements_readable_by(held.seat, request.at).filter(candidacy=held.candidacy)
    ways = [
        Way(file.requirement_label, file.name, reverse("juror_file_read", args=[number, file.pk]), file == here)
        for file in files
    ]
    ways += [
        Way(item.requirement.label, item.name, reverse("juror_completion_read", args=[number, item.pk]), item == here)
        for item in items
    ]
    ways += [
        Way(
            opened.sent_instead(row).label,
            row.name,
            reverse("juror_replacement_read", args=[number, row.pk]),
            row == here,
        )
        for row in sent
        if not row.is_unusable or row == here
    ]
    back = f"{reverse('juror_dossier', args=[number])}#pieces"
    context = {"candidacy": held.candidacy, **reader(shown, address=address, back=back, ways=ways)}
    return render(request, "juror/reader.html", context)


@require_safe
@for_jurors
def replacement(request: JurorRequest, number: str, pk: int) -> HttpResponseBase:
    """A file sent in the place of one nobody could read."""
    held = assigned_or_404(request, number)  # what is closed is absent from the rows below
    found = get_object_or_404(replacements_readable_by(held.seat, request.at), pk=pk, candidacy=held.candidacy)
    assert found.stored
    record_replacement_reading(found, by=request.user, at=request.at)
    return serve(request, found.stored, found.name)
