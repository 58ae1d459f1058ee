"""The reader on the working page of a candidacy: a file of a version, or one received since, and the others beside."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from applications.actions.reading import (
    record_completion_reading,
    record_file_reading,
    record_replacement_reading,
)
from applications.admin.team import person, timed
from applications.models import Candidacy, CompletionItem, Replacement, Submission, SubmissionFile
from applications.selectors import opened
from applications.selectors.findings import with_findings
from applications.selectors.opened import Opened
from applications.selectors.replacing import replacements_of
from applications.views.reading import Way, reader

if TYPE_CHECKING:
    from applications.admin.candidacies import CandidacyRoom


def read(
    request: HttpRequest, room: "CandidacyRoom", candidacy: Candidacy, version: int, file_id: int
) -> HttpResponseBase:
    """A file of a version."""
    by, at = person(request), timed(request).at
    made = get_object_or_404(Submission.objects.visible_to(by, at), candidacy=candidacy, version=version)
    files = with_findings(made.files.select_related("stored", "submission").filter(pk=file_id))
    if not files:
        raise Http404
    (found,) = files
    record_file_reading(found, by=by, at=at)
    address = reverse("admin:applications_candidacy_file", args=[candidacy.pk, version, file_id])
    back = reverse("admin:applications_candidacy_version", args=[candidacy.pk, version])
    return _page(request, room, candidacy, opened.frozen(found), [address, f"{back}#documents"], made, found)


def read_completion(
    request: HttpRequest, room: "CandidacyRoom", candidacy: Candidacy, item_id: int
) -> HttpResponseBase:
    """A document received since the closing time, because it was asked for."""
    by, at = person(request), timed(request).at
    found = get_object_or_404(_received(candidacy), pk=item_id)
    record_completion_reading(found, by=by, at=at)
    address = reverse("admin:applications_candidacy_completion_file", args=[candidacy.pk, item_id])
    back = reverse("admin:applications_candidacy_change", args=[candidacy.pk])
    last = _last(request, candidacy)
    return _page(request, room, candidacy, opened.received(found), [address, f"{back}#complement"], last, found)


def read_replacement(
    request: HttpRequest, room: "CandidacyRoom", candidacy: Candidacy, replacement_id: int
) -> HttpResponseBase:
    """A file sent in the place of one of the version that counts, which nobody can read."""
    by, at = person(request), timed(request).at
    last = _last(request, candidacy)
    if last is None:
        raise Http404
    found = get_object_or_404(_sent_instead(candidacy), pk=replacement_id)
    record_replacement_reading(found, by=by, at=at)
    address = reverse("admin:applications_candidacy_replacement_file", args=[candidacy.pk, replacement_id])
    back = reverse("admin:applications_candidacy_change", args=[candidacy.pk])
    return _page(request, room, candidacy, opened.sent_instead(found), [address, f"{back}#remplacements"], last, found)


def _last(request: HttpRequest, candidacy: Candidacy) -> Submission | None:
    """The version that counts, if the person may read it now."""
    mine = Submission.objects.visible_to(person(request), timed(request).at).filter(candidacy=candidacy)
    return mine.order_by("-version").first()


def _sent_instead(candidacy: Candidacy) -> QuerySet[Replacement]:
    return replacements_of(candidacy).filter(stored__isnull=False).order_by("received_at", "pk")


def _received(candidacy: Candidacy) -> QuerySet[CompletionItem]:
    items = CompletionItem.objects.filter(request__candidacy=candidacy, stored__isnull=False)
    return items.select_related("stored", "requirement", "request").order_by("received_at", "pk")


def _page(
    request: HttpRequest,
    room: "CandidacyRoom",
    candidacy: Candidacy,
    shown: Opened,
    places: list[str],
    made: Submission | None,
    here: SubmissionFile | CompletionItem | Replacement,
) -> HttpResponseBase:
    """`places` are where the bytes are, and where one comes from."""
    address, back = places
    files = made.files.all() if made else []
    ways = [
        Way(file.requirement_label, file.name, _at("read_file", candidacy, made.version, file.pk), file == here)
        for file in files
        if made
    ]
    ways += [
        Way(item.requirement.label, item.name, _at("read_completion", candidacy, item.pk), item == here)
        for item in _received(candidacy)
    ]
    ways += [
        Way(opened.sent_instead(row).label, row.name, _at("read_replacement", candidacy, row.pk), row == here)
        for row in _sent_instead(candidacy)
    ]
    context = {
        "title": shown.name,
        "original": candidacy,
        **reader(shown, address=address, back=back, ways=ways),
    }
    return room.page(request, "admin/candidacy/reader.html", context)


def _at(page: str, candidacy: Candidacy, *more: int) -> str:
    return reverse(f"admin:applications_candidacy_{page}", args=[candidacy.pk, *more])
