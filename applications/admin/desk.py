"""The working page of a candidacy: people, history, letters, and, from the closing on, what was submitted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from applications import archive, receipts
from applications.actions.reading import record_archive_reading, record_file_reading, record_reading
from applications.admin import agreement, reader
from applications.admin.pills import pill
from applications.admin.screening_parts import Attempt, parts
from applications.admin.team import person, timed
from applications.models import Candidacy, Replacement, Submission, SubmissionFile
from applications.models.submission import SubmissionQuerySet
from applications.selectors import office
from applications.selectors.kit import mark_outdated
from applications.selectors.replacing import mark_replaced, replacements_of, seen
from applications.selectors.screening import examination
from applications.selectors.submitted import submitted
from hubs_portal import downloads
from hubs_portal.archive import respond

if TYPE_CHECKING:
    from applications.admin.candidacies import CandidacyRoom
    from hubs_portal.clock import TimedRequest


@dataclass(frozen=True)
class Panel:
    """A part of the page that another module brings: a template and what it shows."""

    template: str
    context: dict[str, Any]


# Called with the request and the candidacy; a panel that has nothing to show returns `None`.
panels: list[Callable[["TimedRequest", Candidacy], Panel | None]] = []


def urls(room: "CandidacyRoom") -> list[URLPattern]:
    """The addresses under that of the candidacy."""

    def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        def enter(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
            return view(request, room, room.fetch(request, pk), **kwargs)

        guarded = room.admin_site.admin_view(require_safe(enter))
        return path(f"<int:pk>/{route}", guarded, name=f"applications_candidacy_{name}")

    return [
        page("depots/<int:version>/", show, "version"),
        page("depots/<int:version>/accuse.pdf", receipt, "receipt"),
        page("depots/<int:version>/dossier.zip", whole, "archive"),
        page("depots/<int:version>/fichiers/<int:file_id>/", file, "file"),
        page("depots/<int:version>/fichiers/<int:file_id>/lire/", reader.read, "read_file"),
        page("complement/<int:item_id>/lire/", reader.read_completion, "read_completion"),
        page("remplacement/<int:replacement_id>/lire/", reader.read_replacement, "read_replacement"),
    ]


def show(
    request: HttpRequest,
    room: "CandidacyRoom",
    candidacy: Candidacy,
    version: int | None = None,
    *,
    attempt: Attempt | None = None,
) -> HttpResponseBase:
    """The page, with the last version, or the one asked for; before the closing time, with none at all.

    After an act that was refused, the same page says why and keeps what was typed.
    """
    at = timed(request).at
    versions = list(_submissions(request, candidacy).select_related("receipt").order_by("-version"))
    shown = versions[0] if versions and version is None else None
    if version is not None:
        shown = get_object_or_404(_submissions(request, candidacy).select_related("receipt"), version=version)
    if shown:
        shown.candidacy = candidacy
        record_reading(shown, by=person(request), at=at)
    says = submitted(shown) if shown else None
    replaced: list[Replacement] = []
    if shown and says:
        files = [file for piece in says.pieces for file in piece.files]
        mark_outdated(shown, files)
        replaced = _replacements(candidacy) if says.has_unreadable_files else []
        mark_replaced(files, replaced)
    examined = examination(candidacy, shown, says, at) if shown and says and shown.pk == versions[0].pk else None
    tried = attempt or Attempt()
    context = {
        "title": candidacy.number,
        "original": candidacy,
        "state": pill(candidacy.state),
        "desk": office.desk(candidacy, at, says.expected.requirements if says else None),
        "call": candidacy.call,
        "versions": versions,
        "submission": shown,
        "says": says,
        "replacements": seen(replaced),
        "refusal": tried.refusal,
        "panels": [panel for make in panels if (panel := make(timed(request), candidacy))],
        **parts(request, candidacy, examined, tried),
        "agreement": agreement.part(candidacy, at, tried),
    }
    return room.page(request, "admin/candidacy/desk.html", context, status=tried.status)


def _replacements(candidacy: Candidacy) -> list[Replacement]:
    return list(replacements_of(candidacy).select_related("submission", "settled_by"))


def receipt(request: HttpRequest, _room: "CandidacyRoom", candidacy: Candidacy, version: int) -> HttpResponseBase:
    """The receipt of a version, as the candidate has it."""
    submission = get_object_or_404(_submissions(request, candidacy).select_related("receipt"), version=version)
    record_reading(submission, by=person(request), at=timed(request).at)
    return downloads.serve(request, receipts.receipt_pdf(submission.receipt), f"{submission.receipt.number}.pdf")


def whole(request: HttpRequest, _room: "CandidacyRoom", candidacy: Candidacy, version: int) -> HttpResponseBase:
    """A version, its files and what came since, as one archive."""
    submission = get_object_or_404(_submissions(request, candidacy).select_related("receipt"), version=version)
    submission.candidacy = candidacy
    record_archive_reading(submission, by=person(request), at=timed(request).at)
    made = archive.for_team(submission, timed(request).at)
    return respond(request, made.entries, made.folder)


def file(
    request: HttpRequest, _room: "CandidacyRoom", candidacy: Candidacy, version: int, file_id: int
) -> HttpResponseBase:
    """A file of a version."""
    submitted = SubmissionFile.objects.filter(submission__in=_submissions(request, candidacy).filter(version=version))
    found = get_object_or_404(submitted.select_related("stored", "submission"), pk=file_id)
    record_file_reading(found, by=person(request), at=timed(request).at)
    return downloads.serve(request, found.stored, found.name)


def _submissions(request: HttpRequest, candidacy: Candidacy) -> SubmissionQuerySet:
    """What the person may read of this candidacy, now."""
    return Submission.objects.visible_to(person(request), timed(request).at).filter(candidacy=candidacy)
