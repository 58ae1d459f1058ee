"""What the machine found in the files of a version, in the words of those who read it: they cannot replace it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from applications.enums import DocumentState
from applications.models import Document, SubmissionFile
from applications.models.findings import Found
from applications.models.screening import Awaited
from hubs_portal import inspection
from hubs_portal.refusals import Sentence

# By the codes of hubs_portal.inspection.
VERDICTS: dict[str, Sentence] = {
    "": "",
    "encrypted": _("un mot de passe le protège"),
    "damaged": _("il est abîmé et ne s’ouvre pas"),
    "no_page": _("il n’a aucune page"),
    "not_that_format": _("il n’est pas du format que son nom annonce"),
    "two_formats": _("il en cache un autre, d’un autre format"),
    "bomb": _("il est démesuré une fois ouvert"),
    "macros": _("il contient des macros"),
    "active": _("il contient un programme"),
    "picture_too_large": _("l’image a trop de points"),
    "blank": _("toutes ses pages sont blanches"),
    "dynamic_form": _("c’est un formulaire dynamique, que peu de logiciels affichent"),
    "fetches": _("il va chercher une partie de son contenu ailleurs"),
    "too_long": _("il est trop long à ouvrir"),
    "too_heavy": _("il demande trop de mémoire"),
}
REMARKS: dict[str, Sentence] = {
    "embedded": _("il contient d’autres fichiers, qui ne se lisent pas ici"),
    "blank_pages": _("certaines de ses pages sont blanches"),
    "external": _("il renvoie à d’autres classeurs : des valeurs peuvent manquer"),
}


def found_in(document: Document) -> Found:
    """What was found when the document was opened; a code nobody put in words is said as its sender reads it."""
    return _said(document.state, document.verdict, document.remarks)


def found_in_awaited(row: Awaited) -> Found | None:
    """The same for a file that came after the closing; nothing of one that came before such files were opened."""
    return _said(row.state, row.verdict, []) if row.state else None


def with_findings(files: QuerySet[SubmissionFile]) -> list[SubmissionFile]:
    """The frozen files, each with what was found in the document it was made from: one query for all of it."""
    made_of = Document.objects.filter(
        dossier__candidacy=OuterRef("submission__candidacy"), stored=OuterRef("stored")
    ).order_by("-pk")
    found: list[Any] = list(
        files.annotate(
            found_state=Subquery(made_of.values("state")[:1]),
            found_verdict=Subquery(made_of.values("verdict")[:1]),
            found_remarks=Subquery(made_of.values("remarks")[:1]),
        )
    )
    for file in found:
        if file.found_state:
            file.found = _said(file.found_state, file.found_verdict, file.found_remarks)
    return found


def _said(state: str, verdict: str, remarks: Sequence[str]) -> Found:
    return Found(
        DocumentState(state),
        VERDICTS.get(verdict) or inspection.SENTENCES.get(verdict, ""),
        [REMARKS.get(code) or inspection.REMARKS[code] for code in remarks],
    )
