"""Read a dossier: the version that counts, its files, what was received since, with the grid beside it."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from applications.actions.reading import record_completion_reading, record_file_reading, record_reading
from applications.selectors.submitted import submitted
from hubs_portal.downloads import serve
from juries.access import JurorRequest, assigned_or_404, closed, for_jurors
from juries.rules.docket import completions_readable_by, files_readable_by, submissions_readable_by
from juries.views.juror_scoring import sheet_context


@require_safe
@for_jurors
def dossier(request: JurorRequest, number: str) -> HttpResponse:
    """The dossier on one side, the grid on the other. The reading is written in the candidacy's journal."""
    held = assigned_or_404(request, number)
    if held.shut:
        return closed(request, held)
    submission = get_object_or_404(submissions_readable_by(held.seat, request.at), candidacy=held.candidacy)
    record_reading(submission, by=request.user, at=request.at)
    context: dict[str, Any] = {
        **sheet_context(held),
        "submission": submission,
        "says": submitted(submission),
        "received": list(completions_readable_by(held.seat, request.at).filter(request__candidacy=held.candidacy)),
        "beside": True,
    }
    return render(request, "juror/dossier.html", context)


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
