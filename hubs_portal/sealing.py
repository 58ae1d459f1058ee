"""Seal a PDF over its whole file (PAdES): any reader of PDF then says by itself whether a byte of it was altered."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings

_NAME = "Hubs France Connectée – accusés de réception"
_LASTS = timedelta(days=365 * 15)


def seal(pdf: bytes) -> bytes:
    """The same document, certified: no change is allowed after this one.

    The key and its certificate are those of the settings; an embedded portal makes them at its first start.
    """
    # Only whoever lays a receipt out needs it, and it takes half a second to load.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import fields, signers  # noqa: PLC0415

    description = signers.PdfSignatureMetadata(
        field_name="Sceau",
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    sealed = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), description, signer=_signer())
    content: bytes = sealed.getvalue()
    return content


def certificate_pem() -> bytes:
    """The certificate of the seal, for whoever wants to check a receipt by themselves."""
    return _files()[1].read_bytes()


def _files() -> tuple[Path, Path]:
    key, certificate = settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE
    if not key.exists() and not certificate.exists():
        _make(key, certificate)
    return key, certificate


def _signer() -> Any:
    return _load(*_files())


@lru_cache(maxsize=2)
def _load(key: Path, certificate: Path) -> Any:
    from pyhanko.sign import signers  # noqa: PLC0415 - see `seal`

    loaded = signers.SimpleSigner.load(str(key), str(certificate))  # type: ignore[no-untyped-call] # pyHanko's part
    if loaded is None:
        raise ValueError(f"{key} and {certificate} are not a private key and its certificate")
    return loaded


def _make(key_file: Path, certificate_file: Path) -> None:
    """A key, and a certificate that signs itself: as good as the hand that gives the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + _LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    for place in (key_file, certificate_file):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_file.touch(mode=0o600, exist_ok=False)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
