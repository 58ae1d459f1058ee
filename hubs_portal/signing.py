"""Ed25519 signatures on receipts: anyone holding the public key can check one, without asking us."""

import base64
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings


def _make(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    place.touch(mode=0o600, exist_ok=False)
    place.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@lru_cache(maxsize=2)
def _key(place: Path) -> Ed25519PrivateKey:
    if not place.exists():
        _make(place)
    key = load_pem_private_key(place.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{place} does not hold an Ed25519 key")
    return key


def sign(message: bytes) -> str:
    """The signature of `message`, in base64; the key is made at the first start of an embedded portal."""
    return base64.b64encode(_key(settings.RECEIPT_KEY_FILE).sign(message)).decode()


def verifies(message: bytes, signature: str) -> bool:
    """Whether `signature` is ours, over exactly this `message`."""
    try:
        _key(settings.RECEIPT_KEY_FILE).public_key().verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_pem() -> str:
    """The public key, for whoever wants to check a receipt by themselves."""
    public = _key(settings.RECEIPT_KEY_FILE).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
