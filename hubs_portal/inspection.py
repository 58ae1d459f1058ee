"""What a file really is, and whether somebody can open it. Findings are codes; `SENTENCES` says them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, cast

import magic
import pikepdf
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from PIL import Image

from hubs_portal.files import StoredFile
from hubs_portal.refusals import Sentence

_ZIP = {"application/zip", "application/octet-stream"}
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
# A part each office format must hold, which also tells one from another.
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml", "ods": "content.xml"}
_LARGEST_UNPACKED = 500 * 1024 * 1024
_LARGEST_RATIO = 200
_LARGEST_PICTURE = 100_000_000  # pixels

SENTENCES: dict[str, Sentence] = {
    "": "",
    "encrypted": _("Ce PDF est protégé par un mot de passe. Exportez-le en PDF sans mot de passe, puis remplacez-le."),
    "damaged": _("Ce fichier est abîmé : il ne s’ouvre pas. Exportez-le de nouveau depuis votre logiciel."),
    "no_page": _("Ce PDF n’a aucune page. Exportez-le de nouveau depuis votre logiciel."),
    "not_that_format": _("Ce fichier n’est pas du format que son nom annonce. Exportez-le de nouveau."),
    "bomb": _("Ce fichier est démesuré une fois ouvert. Exportez-le de nouveau, en PDF de préférence."),
    "macros": _("Ce fichier contient des macros, refusées par sécurité. Enregistrez-le sans macros ou en PDF."),
    "active": _("Ce PDF contient un programme, refusé par sécurité. Imprimez-le en PDF, puis remplacez-le."),
    "picture_too_large": _("Cette image a trop de points. Réduisez-la ou exportez-la en PDF."),
}


@dataclass(frozen=True)
class Finding:
    """The result of an opening: `code` is empty when all is well."""

    code: str = ""
    pages: int | None = None

    @property
    def readable(self) -> bool:
        """Whether a reader can open the file."""
        return not self.code


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
    return _(
        "Ce fichier s’appelle « .%(extension)s » mais il contient autre chose (%(found)s). Exportez-le de nouveau."
    ) % {
        "extension": extension(name),
        "found": found,
    }


def inspect(stored: StoredFile, name: str) -> Finding:
    """Open the file as a reader would. Never raises for what a file holds."""
    with stored.open() as file:
        return inspect_open(file, name)


def inspect_open(file: File[bytes], name: str) -> Finding:
    """The same for a file nobody has stored yet; what comes next reads it from where it likes."""
    kind = extension(name)
    file.seek(0)
    if kind == "pdf":
        return _pdf(file)
    if kind in _PARTS:
        return _office(file, kind)
    if kind in {"png", "jpg", "jpeg"}:
        return _picture(file)
    return Finding()


def _pdf(file: File[bytes]) -> Finding:
    try:
        with pikepdf.open(cast("BinaryIO", file)) as pdf:
            pages = len(pdf.pages)
            if _runs_something(pdf):
                return Finding("active", pages)
            return Finding("" if pages else "no_page", pages)
    except pikepdf.PasswordError:
        return Finding("encrypted")
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return Finding("damaged")


def _runs_something(pdf: pikepdf.Pdf) -> bool:
    root = pdf.Root
    action = root.get("/OpenAction")
    launches = isinstance(action, pikepdf.Dictionary) and action.get("/S") in ("/JavaScript", "/Launch")
    names = root.get("/Names")
    scripted = isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names
    return launches or scripted


def _office(file: File[bytes], kind: str) -> Finding:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            packed = sum(entry.compress_size for entry in entries) or 1
            if unpacked > _LARGEST_UNPACKED or (unpacked / packed > _LARGEST_RATIO and unpacked > 50_000_000):
                return Finding("bomb")
            names = {entry.filename for entry in entries}
            if _PARTS[kind] not in names:
                return Finding("not_that_format")
            if any(name.endswith("vbaProject.bin") for name in names):
                return Finding("macros")
            return Finding("damaged" if archive.testzip() else "")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return Finding("damaged")


def _picture(file: File[bytes]) -> Finding:
    try:
        with Image.open(file) as picture:
            if picture.width * picture.height > _LARGEST_PICTURE:
                return Finding("picture_too_large")
            picture.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Finding("damaged")
    return Finding(pages=1)
