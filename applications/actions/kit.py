"""Put a file in the kit: its version is written inside, and the version it replaces is not forgotten."""

from datetime import datetime

from django.utils.text import slugify

from applications.identifiers import KIT_STAMP, kit_stamp
from applications.models import Call, FormerKitFile, KitFile
from applications.rules.amendment import is_locked
from applications.rules.kit import is_new_version, why_not_told
from hubs_portal import scanning
from hubs_portal.files import StoredFile, store_bytes
from hubs_portal.keywords import with_keyword
from hubs_portal.refusals import Refusal


def save_kit_file(row: KitFile, *, at: datetime) -> None:
    """Save the row in the caller's transaction, which holds the call.

    Raises `Refusal` when a file that candidates hold would change without another version, or without a word on what
    changes. In a call nobody has read yet, files are replaced without a trace.
    """
    before = KitFile.objects.select_related("call", "stored").filter(pk=row.pk).first() if row.pk else None
    if before and (wrong := why_not_told(before, row)):
        raise Refusal(next(iter(wrong.values())), code="kit_version")
    row.code = row.code or _free_code(row)
    if before and is_new_version(before, row):
        remember(before, at=at)
    if before is None or (before.stored_id, before.version, before.code) != (row.stored_id, row.version, row.code):
        row.stored = stamped(row)
    row.save()
    scanning.ask(row.stored)


def remember(row: KitFile, *, at: datetime) -> None:
    """Keep what candidates hold of a file that is about to be replaced, or taken out."""
    if row.code and is_locked(row.call):
        FormerKitFile.objects.create(
            call=row.call,
            code=row.code,
            version=row.version,
            changes_fr=row.changes_fr,
            changes_en=row.changes_en,
            name=row.name,
            stored=row.stored,
            replaced_at=at,
        )


def stamped(row: KitFile) -> StoredFile:
    """The file of the row, saying inside which one it is and of which version."""
    with row.stored.open() as file:
        content = file.read()
    said = with_keyword(content, row.name, kit_stamp(row.code, row.version), instead_of=KIT_STAMP)
    return row.stored if said == content else store_bytes(said)


def _free_code(row: KitFile) -> str:
    """A code nobody has in this call, former files included, made from what the file is called."""
    call: Call = row.call
    stem = row.name.rpartition(".")[0].removeprefix(f"{call.slug}-") or row.label_fr
    wanted = slugify(stem)[:40].strip("-_") or "fichier"
    taken = {*call.kit.values_list("code", flat=True), *call.former_kit.values_list("code", flat=True)}
    tries = (wanted, *(f"{wanted[:36]}-{n}" for n in range(2, 1000)))
    return next(code for code in tries if code not in taken)
