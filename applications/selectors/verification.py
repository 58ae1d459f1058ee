"""Check a receipt for whoever holds its number: what was signed, and nothing about whom."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from applications.identifiers import compact, is_number
from applications.models import Receipt
from hubs_portal import signing

_PREFIX = "AR"
# The letters our numbers never use, and the figures they are taken for.
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Verification:
    """The answer to somebody who typed a number, a fingerprint, or both.

    `number` is what was typed, put into our spelling; `says` the manifest of the receipt, `None` when there is none;
    `matches` is « document » (the PDF of the receipt as it was issued), « content », « file », or empty when the
    fingerprint is not among those of the receipt.
    """

    number: str
    well_formed: bool
    of_a_receipt: bool
    says: dict[str, Any] | None
    authentic: bool
    fingerprint: str
    fingerprint_well_formed: bool
    matches: str


def verification(number: str, fingerprint: str = "") -> Verification:
    """Look a receipt up by its number, or by the fingerprint of its PDF: one query, whether or not it exists.

    Without a number only the receipt's own PDF is looked for: nobody may ask whether some file was submitted somewhere.
    """
    spelled, digest = spell(number), compact(fingerprint).lower()
    known = Q(number=spelled) if number else Q(document__stored__digest=digest)
    receipt = Receipt.objects.select_related("document__stored").filter(known).first()
    return Verification(
        number=receipt.number if receipt else spelled,
        well_formed=is_number(spelled),
        of_a_receipt=spelled.startswith(f"{_PREFIX}-"),
        says=receipt.says if receipt else None,
        authentic=bool(receipt and signing.verifies(receipt.manifest.encode(), receipt.signature)),
        fingerprint=digest,
        fingerprint_well_formed=bool(_FINGERPRINT.fullmatch(digest)),
        matches=_place_of(digest, receipt) if receipt else "",
    )


def spell(typed: str) -> str:
    """A number as we write it, from what was typed: spaces, case, missing dashes and misread letters forgiven."""
    bare = compact(typed).upper()[:40]
    prefix, body = bare[:-8], bare[-8:].translate(_MISREAD)
    return f"{prefix}-{body[:4]}-{body[4:]}" if prefix and len(body) == 8 else bare


def _place_of(digest: str, receipt: Receipt) -> str:
    document = getattr(receipt, "document", None)
    if document and digest == document.stored.digest:
        return "document"
    if digest == receipt.says["content_sha256"]:
        return "content"
    return "file" if digest in {file["sha256"] for file in receipt.says["files"]} else ""
