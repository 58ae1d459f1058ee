"""The documents of a dossier: what is asked of its legal form, what was joined, what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from applications.enums import DocumentState, FulfilledBy, Level, Section
from applications.models import Candidacy, Document, KitFile, Member, Requirement
from applications.models.dossier import UNUSABLE, DocumentQuerySet
from applications.rules.completeness import DOCUMENTS, Missing, Weight, blocking
from applications.selectors.dossier import Draft
from applications.selectors.kit import kit_beside
from hubs_portal import antivirus
from hubs_portal.templatetags.french import day

# How long a page asks by itself what was found of a file; whoever comes later reloads it.
_WATCHED = timedelta(minutes=2)


def formats_of(requirement: Requirement) -> str:
    """The formats a document may have: « PDF, DOCX ou PNG »."""
    names = [extension.upper() for extension in requirement.accepted if extension != "jpeg"]
    return _(" ou ").join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or _("Tous les formats")


def asked_file(candidacy: Candidacy, code: str, on: date) -> Requirement:
    """The file asked under that code, on that day, of a structure of this form; `DoesNotExist` otherwise. One query."""
    form = candidacy.organisation.legal_form
    files = candidacy.call.requirements.filter(fulfilled_by=FulfilledBy.UPLOAD, rules__legal_form=form)
    return files.exclude(valid_from__gt=on).get(code=code)


@dataclass
class Piece:
    """A document asked for, and all that is known of it."""

    requirement: Requirement
    level: Level
    condition: str
    at: datetime
    current: list[Document] = field(default_factory=list)
    former: list[Document] = field(default_factory=list)
    reason: str = ""
    promised_on: date | None = None
    kit: list[KitFile] = field(default_factory=list)
    lacks: Missing | None = None
    partners: int = 0

    @property
    def may_follow(self) -> bool:
        """Whether it may be promised instead of joined."""
        return self.level is Level.MAY_FOLLOW

    @property
    def obtainable(self) -> bool:
        """Whether the service finds it when the candidate does not join it."""
        return self.level is Level.OBTAINABLE

    @property
    def section(self) -> Section:
        """The section that provides it, when it is not a file."""
        return Section(self.requirement.section or Section.STATEMENT)

    @property
    def formats(self) -> str:
        """« PDF, DOCX ou PNG »."""
        return formats_of(self.requirement)

    @property
    def level_words(self) -> str:
        """How much it binds, in a sentence or two."""
        if self.level is Level.IF_APPLICABLE and self.condition:
            return self.condition
        return f"{_LEVELS[self.level]()} {self.condition}".strip()

    @property
    def is_wanted(self) -> bool:
        """Whether the submission waits for it: the place to drop it is then open."""
        return self.lacks is not None and self.lacks.weight is Weight.BLOCKING

    @property
    def upload_words(self) -> str:
        """What a further file would do."""
        if not self.current:
            return _("Joindre un fichier")
        return _("Ajouter un fichier") if self.takes_more else _("Remplacer le fichier")

    @property
    def takes_more(self) -> bool:
        """Whether a further file joins the others instead of replacing the one there."""
        return self.requirement.several

    @property
    def state(self) -> tuple[str, str]:
        """Its state: a shape of the style sheet, and the word that goes with it."""
        if any(document.state in UNUSABLE for document in self.current):
            return "changed", _("À remplacer")
        if self.current:
            return "done", _("Jointe")
        if self.promised_on:
            return "started", _("Suivra le %(day)s") % {"day": day(self.promised_on)}
        if self.requirement.per_partner and not self.partners:
            return "", _("Après avoir ajouté vos partenaires")
        return "", _WORDS[self.level]()


_LEVELS = {
    Level.BLOCKING: lambda: _("Indispensable au dépôt."),
    Level.MAY_FOLLOW: lambda: _("Peut suivre après le dépôt, si vous dites pourquoi et quand."),
    Level.OBTAINABLE: lambda: _("Facultative : à défaut, le service se la procurera."),
    Level.IF_APPLICABLE: lambda: _("Seulement si vous êtes concerné."),
}
_WORDS = {
    Level.BLOCKING: lambda: _("À joindre"),
    Level.MAY_FOLLOW: lambda: _("À joindre, ou à promettre"),
    Level.OBTAINABLE: lambda: _("Facultative"),
    Level.IF_APPLICABLE: lambda: _("Si vous êtes concerné"),
}


@dataclass(frozen=True)
class Checklist:
    """The documents of a dossier."""

    uploads: list[Piece]
    elsewhere: list[Piece]
    unasked: list[Document]
    waiting: int
    weight: int

    def piece(self, code: str) -> Piece | None:
        """The document to upload of that code, if it is asked of this legal form."""
        return next((piece for piece in self.uploads if piece.requirement.code == code), None)


def checklist(draft: Draft) -> Checklist:
    """Read it in two queries, whatever the number of files, and one more when a model is outdated.

    What is asked and promised is known from the draft.
    """
    dossier, call = draft.member.candidacy.dossier, draft.member.candidacy.call
    documents = list(_shown(dossier.documents.all()).order_by("pk"))
    mark_watched(documents, draft.at)
    kit = kit_beside(call, documents)
    pieces = [
        _piece(draft, requirement, documents, kit.of(requirement.pk)) for requirement in draft.expected.requirements
    ]
    uploads = [piece for piece in pieces if piece.requirement.fulfilled_by == FulfilledBy.UPLOAD]
    asked = {piece.requirement.pk for piece in uploads}
    standing = [document for document in documents if document.removed_at is None]
    return Checklist(
        uploads=uploads,
        elsewhere=[piece for piece in pieces if piece.requirement.pk not in asked],
        unasked=[document for document in standing if document.requirement_id not in asked],
        waiting=len(blocking(draft.lacks(DOCUMENTS))),
        weight=sum(document.stored.size for document in standing),
    )


def document_row(member: Member, pk: int, at: datetime) -> Document | None:
    """One file of the dossier that stands, as its line shows it: three queries at most."""
    document = _shown(member.candidacy.dossier.documents.current()).filter(pk=pk).first()
    if document:
        mark_watched([document], at)
        kit_beside(member.candidacy.call, [document])
    return document


def _shown(documents: DocumentQuerySet) -> DocumentQuerySet:
    return documents.select_related("stored__scan", "requirement", "commitment")


def mark_watched(documents: Iterable[Document], at: datetime) -> None:
    """Note on each file whether its line asks by itself what is found of it: it just came, and something is unknown."""
    for document in documents:
        unknown = document.state == DocumentState.STORED or (document.stored.safety == "waiting" and antivirus.is_on())
        document.watched = unknown and at - document.uploaded_at < _WATCHED


def _piece(draft: Draft, requirement: Requirement, documents: list[Document], kit: list[KitFile]) -> Piece:
    code, mine = requirement.code, [document for document in documents if document.requirement_id == requirement.pk]
    promised = next((promise for promise in draft.content["promises"] if promise["requirement"] == code), None)
    return Piece(
        requirement,
        Level(draft.expected.levels[code]),
        draft.expected.conditions[code],
        draft.at,
        current=[document for document in mine if document.removed_at is None],
        former=[document for document in mine if document.removed_at is not None],
        reason=promised["reason"] if promised else "",
        promised_on=date.fromisoformat(promised["promised_on"]) if promised else None,
        kit=kit,
        lacks=next((item for item in draft.lacks(DOCUMENTS) if item.anchor == f"piece-{code}"), None),
        partners=len(draft.content["partners"]),
    )
