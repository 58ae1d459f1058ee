"""What « Vérifier et déposer » shows: the content that would be sent, readable, and what is missing, by weight."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.content import Content
from applications.enums import CandidacyState, Section
from applications.models import DossierRevision, Member, Submission
from applications.rules import money
from applications.rules.completeness import DOCUMENTS, Expectations, Missing, Weight
from applications.selectors.banner import is_over
from applications.selectors.dossier import draft_of, place_label, place_url
from applications.selectors.sections import Block, reading
from hubs_portal.refusals import Sentence


@dataclass(frozen=True)
class ToDo:
    """Something missing, and the address of its place."""

    sentence: Sentence
    url: str


@dataclass(frozen=True)
class Part:
    """A section, as it would be sent."""

    slug: str
    title: str
    url: str
    blocks: list[Block]


@dataclass(frozen=True)
class FileRow:
    """A file, as it would be sent or as it was; `pk` is that of the frozen row."""

    label: str
    name: str
    size: int
    pages: int | None
    sha256: str
    pk: int | None = None


@dataclass(frozen=True)
class Promise:
    """A document that will follow."""

    label: str
    reason: str
    promised_on: str


@dataclass(frozen=True)
class Review:
    """Everything the page shows. `revision` is the one it would submit; 0 while nothing was saved."""

    content: Content
    revision: int
    saved_at: datetime | None
    saved_by: str
    next_version: int
    already: int | None
    open: bool
    todo: dict[str, list[ToDo]]
    parts: list[Part]
    files: list[FileRow]
    promises: list[Promise]
    sums: money.Balance
    population: int
    signatory: str
    weight: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing keeps the dossier from being submitted."""
        return not self.todo[Weight.BLOCKING]

    @property
    def last_version(self) -> int:
        """The number of the last version submitted; 0 when there is none."""
        return self.next_version - 1

    @property
    def gap(self) -> Decimal:
        """By how much resources and expenses differ, unsigned."""
        return abs(self.sums.gap)


def review_of(member: Member, at: datetime) -> Review:
    """Read what the last save left: seven queries, whatever the size of the dossier."""
    draft = draft_of(member, at)
    candidacy, content = member.candidacy, draft.content
    revision = content["revision"]
    made = dict(candidacy.submissions.values_list("revision", "version"))
    files = _files(member, draft.expected, content)
    return Review(
        content=content,
        revision=revision,
        saved_at=candidacy.dossier.edited_at,
        saved_by=candidacy.dossier.edited_by,
        next_version=max(made.values(), default=0) + 1,
        already=_standing(candidacy.state, made.get(revision)),
        open=not is_over(candidacy, at) and candidacy.state != CandidacyState.WITHDRAWN,
        todo=grouped(candidacy.number, draft.items),
        parts=_parts(candidacy.number, draft.expected, content),
        files=files,
        promises=_promises(draft.expected, content),
        sums=money.balance(content),
        population=sum(territory["population"] or 0 for territory in content["territories"]),
        signatory=_signatory(content),
        weight=sum(row.size for row in files),
    )


def _standing(state: str, version: int | None) -> int | None:
    """The version this very revision was submitted as, while it counts."""
    return None if state == CandidacyState.WITHDRAWN else version


def grouped(number: str, items: Iterable[Missing]) -> dict[str, list[ToDo]]:
    """What is missing, by weight, each with the address of its place."""
    found: dict[str, list[ToDo]] = {weight.value: [] for weight in Weight}
    for item in items:
        anchor = f"#{item.anchor}" if item.anchor else ""
        found[item.weight.value].append(ToDo(item.sentence, place_url(number, item.place) + anchor))
    return found


def _parts(number: str, expected: Expectations, content: Content) -> list[Part]:
    return [
        Part(section.value, place_label(section), place_url(number, section), reading(section, expected, content))
        for section in Section
    ]


def _files(member: Member, expected: Expectations, content: Content) -> list[FileRow]:
    """The files of the content. Their pages are counted after the save: they are read where they are counted."""
    labels = {requirement.code: requirement.label for requirement in expected.requirements}
    pages = dict(member.candidacy.dossier.documents.values_list("stored__digest", "pages"))
    return [
        FileRow(
            labels.get(said["requirement"], said["requirement"]),
            said["name"],
            said["size"],
            pages.get(said["sha256"]),
            said["sha256"],
        )
        for said in content["documents"]
    ]


def _promises(expected: Expectations, content: Content) -> list[Promise]:
    labels = {requirement.code: requirement.label for requirement in expected.requirements}
    return [
        Promise(labels.get(said["requirement"], said["requirement"]), said["reason"], said["promised_on"])
        for said in content["promises"]
    ]


def _signatory(content: Content) -> str:
    said = content["statement"]
    return ", ".join(filter(None, [said["signatory_name"], said["signatory_title"]]))


def file_rows(submission: Submission) -> list[FileRow]:
    """The files frozen with a submission: one query."""
    return [
        FileRow(file.requirement_label, file.name, file.stored.size, file.pages, file.stored.digest, file.pk)
        for file in submission.files.select_related("stored").order_by("pk")
    ]


@dataclass(frozen=True)
class Change:
    """Somebody's work on a place of the dossier since a submission."""

    who: str
    place: str
    at: datetime


def changes_since(submission: Submission) -> list[Change]:
    """Who changed what after the revision that was submitted, each person and place once, at the last instant."""
    later = DossierRevision.objects.filter(
        dossier__candidacy=submission.candidacy_id, revision__gt=submission.revision
    ).order_by("revision")
    latest = {(row.saved_by, row.section): row.saved_at for row in later.defer("content")}
    return [
        Change(who, place_label(place) if place in {*Section, DOCUMENTS} else _("Reprise de la candidature"), at)
        for (who, place), at in latest.items()
    ]
