"""Vérifier, sans réseau et sans nous, qu'un accusé de réception est tel que nous l'avons délivré.

    pip install pyhanko
    python verifier_accuse.py AR-7K3Q-9M2P.pdf certificat.pem

Le certificat se télécharge sur la page « Vérifier un récépissé » du portail. Le programme répond par une phrase ; il se
termine par 0 si le document est intact, par 1 sinon.

Check, offline and without us, that an acknowledgement of receipt is as we issued it: one sentence, status 0 or 1.
"""

import logging
import sys
from pathlib import Path

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def is_intact(document: Path, certificate: Path) -> bool:
    """Whether the document bears one seal, of this certificate, over all of its bytes."""
    content = certificate.read_bytes()
    trusted = x509.Certificate.load(pem.unarmor(content)[2] if pem.detect(content) else content)
    try:
        with document.open("rb") as file:
            (seal,) = PdfFileReader(file).embedded_signatures
            status = validate_pdf_signature(seal, ValidationContext(trust_roots=[trusted], allow_fetching=False))
            whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
            return bool(status.bottom_line and whole and seal.signer_cert.dump() == trusted.dump())
    except Exception:  # noqa: BLE001 - whatever a document does to the reader, it is not the one we issued
        return False


def main(arguments: list[str]) -> int:
    """Answer in one sentence."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    intact = is_intact(Path(arguments[0]), Path(arguments[1]))
    print(
        "Document intact, scellé par ce certificat." if intact else "Document altéré, ou scellé par quelqu'un d'autre."
    )
    return 0 if intact else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
