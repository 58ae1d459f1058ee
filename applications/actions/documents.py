"""Join a file to a dossier, and take it out; what is found when it is opened is written by jobs (`verdicts`)."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import File
from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from applications.actions.drafting import refuse_unless_live, saving
from applications.actions.steps import record
from applications.enums import FulfilledBy
from applications.identifiers import read_kit_stamp
from applications.models import Document, Dossier, Member, Requirement
from applications.models.dossier import DocumentQuerySet
from hubs_portal import inspection, keywords, scanning
from hubs_portal.files import StoredFile, safe_name, store
from hubs_portal.jobs import queue
from hubs_portal.refusals import Refusal

MEGABYTE = 1024 * 1024


def refuse_unfit(requirement: Requirement, name: str, size: int, max_file_mb: int) -> None:
    """Raise when a file of this name and size cannot be what is asked: its sentence says what to do."""
    extension = PurePath(name).suffix.lower().lstrip(".")
    if requirement.accepted and extension not in requirement.accepted:
        raise Refusal(
            _("Le format « .%(given)s » n’est pas accepté pour cette pièce. Formats acceptés : %(accepted)s.")
            % {"given": extension or "?", "accepted": ", ".join(requirement.accepted)},
            code="wrong_format",
        )
    if size > max_file_mb * MEGABYTE:
        raise Refusal(
            _(
                "Ce fichier pèse %(size)s Mo : la limite est de %(limit)s Mo. Exportez-le en PDF « taille réduite »,"
                " ou partagez-le en plusieurs fichiers."
            )
            % {"size": number_format(size / MEGABYTE, 1), "limit": max_file_mb},
            code="too_large",
        )


def received(
    requirement: Requirement,
    file: File[bytes],
    *,
    name: str,
    declared_digest: str = "",
    declared_size: int | None = None,
) -> StoredFile:
    """The file kept, once it is what is asked and what was sent; raises `Refusal` with what to do about it."""
    refuse_unfit(requirement, name, file.size, requirement.call.max_file_mb)
    if file.size and (sentence := inspection.contradiction(file, name)):
        raise Refusal(sentence, code="wrong_content")
    return store(file, declared_digest=declared_digest, declared_size=declared_size)


def refuse_unexpected(member: Member, requirement: Requirement, *, name: str, size: int, at: datetime) -> None:
    """Raise what may be said of a file before it is read: too late, not what is asked, too large."""
    refuse_unless_live(member.candidacy, at)
    if requirement.fulfilled_by != FulfilledBy.UPLOAD:
        raise Refusal(_("Cette pièce n’est pas à joindre : une rubrique du dossier la fournit."), code="not_a_file")
    refuse_unfit(requirement, name, size, requirement.call.max_file_mb)
    _refuse_overweight(member.candidacy.dossier, requirement, size)


def add_document(
    member: Member,
    requirement: Requirement,
    file: File[bytes],
    *,
    name: str,
    at: datetime,
    declared_digest: str = "",
    declared_size: int | None = None,
) -> Document:
    """Keep the file, check it against what the browser sent, and make it the current one for the requirement.

    The former file of a requirement that takes only one is put aside, never deleted. Raises `Refusal` with what to do
    when the file is of the wrong kind, empty, too large or cut; the former one then stays current.
    """
    refuse_unexpected(member, requirement, name=name, size=file.size, at=at)
    stored = received(requirement, file, name=name, declared_digest=declared_digest, declared_size=declared_size)
    return join_document(member, requirement, stored, name=name, model=kit_stamp(file, name), at=at)


def kit_stamp(file: File[bytes], name: str) -> tuple[str, str]:
    """The model of the kit this file was made from, and its version."""
    return read_kit_stamp(keywords.of_office_file(file, name))


def join_document(
    member: Member, requirement: Requirement, stored: StoredFile, *, name: str, model: tuple[str, str], at: datetime
) -> Document:
    """Make a file that is kept the current one for the requirement; looks again at rights, hour and weight."""
    with saving(member, "documents", at=at) as dossier:
        _refuse_overweight(dossier, requirement, stored.size)
        if not requirement.several:
            _put_aside(dossier.documents.current().filter(requirement=requirement), at)
        document = Document.objects.create(
            dossier=dossier,
            requirement=requirement,
            stored=stored,
            name=safe_name(name),
            uploaded_at=at,
            uploaded_by=member.name,
            model_code=model[0],
            model_version=model[1],
        )
        dossier.follow_ups.filter(requirement=requirement).delete()
        record(
            "add_document", dossier.candidacy, by=member.actor, at=at, requirement=requirement.code, **_said(document)
        )
        queue.ask("inspect_document", str(document.pk))
        scanning.ask(stored)
    return document


def remove_document(member: Member, document: Document, *, at: datetime) -> None:
    """Take a file out of the draft; it stays in the versions already submitted."""
    with saving(member, "documents", at=at) as dossier:
        _put_aside(dossier.documents.current().filter(pk=document.pk), at)
        record(
            "remove_document",
            dossier.candidacy,
            by=member.actor,
            at=at,
            requirement=document.requirement.code,
            **_said(document),
        )


def _said(document: Document) -> dict[str, Any]:
    return {"name": document.name, "size": document.stored.size, "sha256": document.stored.digest}


def _put_aside(documents: DocumentQuerySet, at: datetime) -> None:
    documents.update(removed_at=at)


def _refuse_overweight(dossier: Dossier, requirement: Requirement, size: int) -> None:
    """Raise when the dossier would grow too heavy; what the file would replace no longer counts."""
    others = dossier.documents.current()
    if not requirement.several:
        others = others.exclude(requirement=requirement)
    weight, limit = others.aggregate(total=Sum("stored__size"))["total"] or 0, requirement.call.max_dossier_mb
    if weight + size > limit * MEGABYTE:
        raise Refusal(
            _("Avec ce fichier, le dossier dépasserait %(limit)s Mo. Réduisez ou retirez un autre fichier.")
            % {"limit": limit},
            code="dossier_too_large",
        )
