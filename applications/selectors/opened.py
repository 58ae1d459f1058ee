"""A file opened in the reader: what it is, and how it can be shown."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.models import CompletionItem, Document, Replacement, SubmissionFile
from applications.models.findings import Found
from applications.selectors.findings import found_in, found_in_awaited
from hubs_portal import files
from hubs_portal.files import StoredFile
from hubs_portal.refusals import Sentence


@dataclass(frozen=True)
class Opened:
    """What the reader needs to know of a file."""

    label: Sentence
    name: str
    stored: StoredFile
    pages: int | None
    found: Found | None = None

    @property
    def kind(self) -> str:
        """How it is shown: drawn page by page, as a picture, or in the software of whoever reads it."""
        media_type = files.media_type(self.stored, self.name)
        if media_type == "application/pdf":
            return "pdf"
        return "picture" if media_type in files.SHOWN else "other"


def frozen(file: SubmissionFile) -> Opened:
    """A file of a version."""
    return Opened(file.requirement_label, file.name, file.stored, file.pages, file.found)


def received(item: CompletionItem) -> Opened:
    """A document received after the closing."""
    assert item.stored
    return Opened(item.requirement.label, item.name, item.stored, item.pages, found_in_awaited(item))


def sent_instead(row: Replacement) -> Opened:
    """A file sent in the place of one nobody can read."""
    assert row.stored
    label = _("%(piece)s, à la place de « %(name)s »") % {"piece": row.requirement.label, "name": row.document.name}
    return Opened(label, row.name, row.stored, row.pages, found_in_awaited(row))


def joined(document: Document) -> Opened:
    """A document of the draft."""
    return Opened(document.requirement.label, document.name, document.stored, document.pages, found_in(document))
