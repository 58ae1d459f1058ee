"""Files as proofs: hashed when received, kept by their fingerprint, read back before anyone says « enregistré »."""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO
from urllib.parse import quote

import magic
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hubs_portal import hands
from hubs_portal.protection import AppendOnly
from hubs_portal.refusals import Refusal

logger = logging.getLogger(__name__)

_BLOCK = 1024 * 1024
# What a browser shows without running anything; and what else we know by name. All the rest is bytes.
SHOWN = {"application/pdf", "image/png", "image/jpeg"}
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "ics": "text/calendar",
}
_ANYTHING = "application/octet-stream"
INFECTED = "infected"  # the state of a scan (hubs_portal.scanning), whose model is built on the one below
INFECTED_SENTENCE = _(
    "Notre antivirus a trouvé un virus dans ce fichier : personne ne peut plus l’ouvrir ici. Analysez votre ordinateur,"
    " puis envoyez un fichier sain, exporté de nouveau depuis votre logiciel."
)
_LONGEST_EXTENSION = 20  # what follows the last point of a longer one is words, and is cut with them


class StoredFile(AppendOnly):
    """Bytes the portal holds, named by what they are: never overwritten, never renamed, stored once."""

    digest = models.CharField(_("empreinte SHA-256"), max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("taille en octets"))
    media_type = models.CharField(_("type constaté"), max_length=100)
    stored_at = models.DateTimeField(_("enregistré le"), db_default=Now())

    class Meta:
        verbose_name = _("fichier conservé")
        verbose_name_plural = _("fichiers conservés")
        constraints = [
            models.CheckConstraint(condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="stored_file_digest"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_file_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} ({self.size})"

    @property
    def key(self) -> str:
        """Where the bytes are in the private storage."""
        return f"objects/{self.digest[:2]}/{self.digest[2:4]}/{self.digest}"

    @property
    def is_infected(self) -> bool:
        """Whether the antivirus found something in it, asked now: nobody is given such bytes any more. One query."""
        return StoredFile.objects.filter(pk=self.pk, scan__state=INFECTED).exists()

    @property
    def safety(self) -> str:
        """What the antivirus said of it (`ScanState`), empty when nobody asked; read it with `stored__scan`."""
        scan = getattr(self, "scan", None)
        return str(scan.state) if scan else ""

    def open(self) -> File[bytes]:
        """The bytes, as a file open for reading."""
        opened: File[bytes] = private_storage().open(self.key, "rb")
        return opened


class Received(File[bytes]):
    """Bytes that came by another way than a form, read and measured here, and how they get to where they are kept."""

    def __init__(self, file: IO[bytes], *, name: str, digest: str, size: int) -> None:
        super().__init__(file, name)
        self.name_on_disk = file.name
        self.measured = (digest, size)
        self.size = size

    def place(self, storage: Storage, key: str) -> bool:
        """Put them there; true when what is there then is the very file that was measured, which needs no reading."""
        self.seek(0)
        storage.save(key, self)
        return False


def private_storage() -> Storage:
    """The folder or bucket nobody reads but through the portal."""
    return storages["private"]


def fingerprint(file: IO[bytes] | File[bytes]) -> tuple[str, int]:
    """SHA-256 and length of what `file` holds, read from its beginning."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def store(file: File[bytes], *, declared_digest: str = "", declared_size: int | None = None) -> StoredFile:
    """Keep the bytes of `file`, and return their row once they were read back from the storage and compared.

    `declared_*` is what the sender says it sent. Raises `Refusal` when the file is empty, differs from what was
    declared (a cut or altered transfer: Django reports a truncated body as a shorter file), or reads back differently.
    """
    digest, size = file.measured if isinstance(file, Received) else fingerprint(file)
    if size == 0:
        raise it_is_empty()
    if (declared_digest and declared_digest.lower() != digest) or declared_size not in (None, size):
        raise Refusal(
            _("Le fichier a été coupé ou modifié pendant l’envoi : il n’est pas enregistré. Envoyez-le de nouveau."),
            code="altered_in_transit",
        )
    known = StoredFile.objects.select_related("scan").filter(digest=digest).first()
    # These very bytes were already found infected: they are refused at the door.
    if known and known.safety == INFECTED:
        raise Refusal(INFECTED_SENTENCE, code="infected")
    return _keep(file, known or StoredFile(digest=digest, size=size))


def it_is_empty() -> Refusal:
    """What is said of a file without a byte."""
    return Refusal(
        _("Ce fichier est vide. Ouvrez-le sur votre ordinateur pour le vérifier, puis envoyez-le de nouveau."),
        code="empty_file",
    )


def it_is_altered() -> Refusal:
    """What is said of bytes that are not those that were sent."""
    return Refusal(
        _("Le fichier a été coupé ou modifié pendant l’envoi : il n’est pas enregistré. Envoyez-le de nouveau."),
        code="altered_in_transit",
    )


def store_bytes(content: bytes) -> StoredFile:
    """Keep bytes the portal made itself."""
    return store(ContentFile(content))


def _keep(file: File[bytes], row: StoredFile) -> StoredFile:
    file.seek(0)
    row.media_type = row.media_type or magic.from_buffer(file.read(8192), mime=True)
    try:
        kept = hands.lend(lambda: _reads_back(row) or _write(file, row.key) or _reads_back(row))
    except (OSError, BotoCoreError, ClientError):
        logger.exception("%s could not be written", row.key)
        kept = False
    if not kept:
        raise Refusal(
            _("L’enregistrement a échoué de notre côté : le fichier n’est pas gardé. Réessayez dans un instant."),
            code="storage_failed",
        )
    if row.pk:
        return row
    return StoredFile.objects.get_or_create(
        digest=row.digest, defaults={"size": row.size, "media_type": row.media_type}
    )[0]


def _write(file: File[bytes], key: str) -> bool:
    """Put those bytes there, in the place of other bytes if need be: whoever sends the right ones mends the object.

    True when what is there is the very file that was measured; otherwise it is to be read again.
    """
    storage = private_storage()
    if storage.exists(key):
        logger.error("%s was altered or cut, and is written again", key)
        storage.delete(key)
    if isinstance(file, Received):
        return file.place(storage, key)
    file.seek(0)
    storage.save(key, file)
    return False


def _reads_back(row: StoredFile) -> bool:
    """Whether the storage holds those bytes; raises when it does not answer, which says nothing of them."""
    try:
        with row.open() as stored:
            return fingerprint(stored) == (row.digest, row.size)
    except FileNotFoundError:
        return False


def safe_name(name: str, limit: int = 120) -> str:
    """A file name any computer accepts: last part of the path, NFC, no control, direction or reserved characters."""
    name = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    name = re.sub(r'[<>:"/\\|?*]', "_", name).rstrip(" .-")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        stem, extension = name, ""
    stem = stem.strip(" .-") or "document"  # nothing but an extension is still told by it
    if re.fullmatch(r"(?i)con|prn|aux|nul|(com|lpt)[\d¹²³]", stem.partition(".")[0].rstrip()):
        stem = f"_{stem}"
    return f"{stem[: limit - len(extension) - 1]}.{extension}" if extension else stem[:limit].rstrip(" .")


def disposition(name: str, *, inline: bool = False) -> str:
    """A `Content-Disposition` for any name (RFC 6266): an ASCII form, and the true one in UTF-8."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "") or "document"
    return f"{'inline' if inline else 'attachment'}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def media_type(stored: StoredFile, name: str) -> str:
    """The type we vouch for: what the bytes showed, or an office format by its name; otherwise, plain bytes."""
    if stored.media_type in SHOWN:
        return stored.media_type
    return _OFFICE.get(safe_name(name).rpartition(".")[2].lower(), _ANYTHING)


def missing_or_altered() -> Iterator[StoredFile]:
    """Every row whose bytes are absent or differ from their fingerprint. Reads the whole storage."""
    for row in StoredFile.objects.order_by("id").iterator():
        try:
            intact = _reads_back(row)
        except OSError:  # a disk that cannot be read; a bucket that does not answer is no answer about its files
            intact = False
        if not intact:
            yield row
