"""The files of a submitted dossier that nobody can read, and what was sent in their place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from applications.models import Candidacy, Replacement, SubmissionFile
from applications.models.findings import Found
from applications.models.screening import AWAITED
from applications.rules.replacing import counts, is_examined
from applications.selectors.documents import formats_of
from applications.selectors.findings import found_in, found_in_awaited


@dataclass(frozen=True)
class Wanted:
    """A file to replace, as its candidate sees it."""

    replacement: Replacement
    may_be_sent: bool

    @property
    def formats(self) -> str:
        """« PDF, DOCX ou PNG »."""
        return formats_of(self.replacement.requirement)

    @property
    def accept(self) -> str:
        """The same, for a browser."""
        return ",".join(f".{extension}" for extension in self.replacement.requirement.accepted)


@dataclass(frozen=True)
class Replacing:
    """Those of one candidacy; `in_draft`: the call is open, they are replaced in the draft and submitted again."""

    wanted: list[Wanted]
    in_draft: bool
    goes_on: bool

    @property
    def awaited(self) -> list[Replacement]:
        """Those for which nothing has come that may be read, as long as it would still be read."""
        return [each.replacement for each in self.wanted if each.replacement.is_awaited and self.goes_on]


def replacing(candidacy: Candidacy, at: datetime) -> Replacing:
    """What is asked of this candidacy, and what came: one query, none while no version of it counts."""
    in_draft, goes_on = not candidacy.call.is_closed(at), is_examined(candidacy)
    rows = replacements_of(candidacy).filter(settled_by__isnull=True) if counts(candidacy) else ()
    sending = goes_on and not in_draft
    wanted = [Wanted(row, sending and (row.is_awaited or row.is_being_read)) for row in rows]
    return Replacing([each for each in wanted if goes_on or each.replacement.stored_id], in_draft, goes_on)


def replacements_of(candidacy: Candidacy) -> QuerySet[Replacement]:
    """Every one, with what is shown of it."""
    return Replacement.objects.filter(candidacy=candidacy).select_related(
        "document__requirement", "document__stored", "stored__scan"
    )


def sent_instead(candidacy: Candidacy) -> QuerySet[Replacement]:
    """What came in the place of files the version that counts still holds, in the order it came."""
    came = replacements_of(candidacy).filter(stored__isnull=False, settled_by__isnull=True)
    return came.order_by("received_at", "pk")


def mark_replaced(files: Iterable[SubmissionFile], rows: Iterable[Replacement]) -> None:
    """Write on each file of a version what was sent in its place, as long as it may be read: no query."""
    sent = {
        (row.document.stored_id, row.requirement.code): row
        for row in rows
        if row.stored_id is not None and not row.is_unusable
    }
    for file in files:
        file.instead = sent.get((file.stored_id, file.requirement_code))


@dataclass(frozen=True)
class Seen:
    """A file to replace, as those who examine the dossier see it, and what was found in what came."""

    replacement: Replacement
    found: Found
    found_since: Found | None


def seen(rows: Iterable[Replacement]) -> list[Seen]:
    """In the words of those who read, who cannot replace anything: no query."""
    return [Seen(row, found_in(row.document), found_in_awaited(row)) for row in rows]


def awaited_counts(candidacies: Sequence[Candidacy]) -> dict[int, int]:
    """How many files each has still to replace: one query."""
    examined = [candidacy.pk for candidacy in candidacies if is_examined(candidacy)]
    if not examined:
        return {}
    rows = Replacement.objects.filter(AWAITED, candidacy__in=examined, settled_by__isnull=True)
    return dict(rows.order_by().values_list("candidacy").annotate(Count("pk")))
