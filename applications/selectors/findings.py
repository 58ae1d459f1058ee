"""What the machine found in the files of a version, in the words of those who read it: they cannot replace it."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from applications.enums import DocumentState
from applications.models import Document, Submission, SubmissionFile
from applications.models.findings import Found
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
    return Found(
        DocumentState(document.state),
        VERDICTS.get(document.verdict) or inspection.SENTENCES.get(document.verdict, ""),
        [REMARKS.get(code) or inspection.REMARKS[code] for code in document.remarks],
    )


def mark_found(submission: Submission, files: Sequence[SubmissionFile]) -> None:
    """Write on each frozen file what was found in the document it was made from: one query."""
    kept = {file.stored_id for file in files}
    documents = Document.objects.filter(dossier__candidacy=submission.candidacy_id, stored__in=kept).order_by("pk")
    latest = {document.stored_id: document for document in documents}
    for file in files:
        if file.stored_id in latest:
            file.found = found_in(latest[file.stored_id])
