"""What a file really is, and whether somebody can open it. Findings are codes; `SENTENCES` says them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path, PurePath

import magic
from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from hubs_portal.files import StoredFile
from hubs_portal.inspection.bounded import Finding, find, trusting
from hubs_portal.refusals import Sentence

__all__ = ["REMARKS", "SENTENCES", "Finding", "contradiction", "extension", "inspect", "inspect_open", "trusting"]

_ZIP = {"application/zip", "application/octet-stream"}
# What holds an office file of before 2007, or one that a password locks.
_OLD_OFFICE = {"application/CDFV2", "application/x-ole-storage", "application/encrypted", "application/msword"}
# What libmagic may say of the first bytes of each format we accept.
_EXPECTED: dict[str, set[str]] = {
    "pdf": {"application/pdf"},
    "png": {"image/png"},
    "jpg": {"image/jpeg"},
    "jpeg": {"image/jpeg"},
    "docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", *_ZIP},
    "xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", *_ZIP},
    "odt": {"application/vnd.oasis.opendocument.text", *_ZIP},
    "ods": {"application/vnd.oasis.opendocument.spreadsheet", *_ZIP},
}
SENTENCES: dict[str, Sentence] = {
    "": "",
    "encrypted": _(
        "Ce fichier est protégé par un mot de passe. Exportez-le en PDF sans mot de passe, puis remplacez-le."
    ),
    "damaged": _("Ce fichier est abîmé : il ne s’ouvre pas. Exportez-le de nouveau depuis votre logiciel."),
    "no_page": _("Ce PDF n’a aucune page. Exportez-le de nouveau depuis votre logiciel."),
    "not_that_format": _("Ce fichier n’est pas du format que son nom annonce. Exportez-le de nouveau."),
    "bomb": _("Ce fichier est démesuré une fois ouvert. Exportez-le de nouveau, en PDF de préférence."),
    "macros": _("Ce fichier contient des macros, refusées par sécurité. Enregistrez-le sans macros ou en PDF."),
    "active": _("Ce PDF contient un programme, refusé par sécurité. Imprimez-le en PDF, puis remplacez-le."),
    "picture_too_large": _("Cette image a trop de points. Réduisez-la ou exportez-la en PDF."),
    "blank": _("Toutes les pages sont blanches. Numérisez le document de nouveau, face imprimée contre la vitre."),
    "two_formats": _("Ce fichier en cache un autre, écrit à sa suite. Exportez-le de nouveau depuis votre logiciel."),
    "dynamic_form": _("Ce PDF est un formulaire dynamique que peu de lecteurs affichent. Imprimez-le en PDF."),
    "fetches": _("Ce fichier va chercher une partie de son contenu ailleurs. Exportez-le en PDF."),
    "too_long": _("Ce fichier est trop long à ouvrir pour être lu par le jury. Exportez-le en PDF plus simple."),
    "too_heavy": _("Ce fichier demande trop de mémoire pour être lu par le jury. Exportez-le en PDF plus simple."),
}

# What one reads all the same, and had better know.
REMARKS: dict[str, Sentence] = {
    "embedded": _("Il contient d’autres fichiers, que le jury n’ouvrira pas : joignez-les à part."),
    "blank_pages": _("Certaines de ses pages sont blanches : vérifiez que rien ne manque."),
    "external": _("Il renvoie à d’autres classeurs : leurs valeurs peuvent manquer au jury."),
}


def extension(name: str) -> str:
    """The extension of a name, lower case, without its dot."""
    return PurePath(name).suffix.lower().lstrip(".")


def contradiction(file: File[bytes], name: str) -> Sentence | None:
    """Why the first bytes of `file` cannot be of the format that its name announces; `None` when they can."""
    expected = _EXPECTED.get(extension(name))
    file.seek(0)
    found = magic.from_buffer(file.read(8192), mime=True)
    file.seek(0)
    if expected is None or found in expected:
        return None
    if extension(name) not in {"pdf", "png", "jpg", "jpeg"} and found in _OLD_OFFICE:
        return _(
            "Ce fichier est protégé par un mot de passe, ou d’un ancien format que son nom cache."
            " Enregistrez-le sans mot de passe, ou en PDF."
        )
    return _(
        "Ce fichier s’appelle « .%(extension)s » mais il contient autre chose (%(found)s). Exportez-le de nouveau."
    ) % {
        "extension": extension(name),
        "found": found,
    }


def inspect(stored: StoredFile, name: str) -> Finding:
    """Open the file as a reader would, in a process of its own. Never raises for what a file holds."""
    with stored.open() as file:
        return inspect_open(file, name)


def inspect_open(file: File[bytes], name: str) -> Finding:
    """The same for a file nobody has stored yet; what comes next reads it from where it likes."""
    kind = extension(name)
    if kind not in _EXPECTED:
        return Finding()
    with tempfile.NamedTemporaryFile(prefix="opened-", dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        return find(kind, Path(copy.name))
