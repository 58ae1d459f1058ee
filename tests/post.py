"""A real mail server for the tests, in a process of its own, and what it was given (tests/mail_server.py)."""

import json
import smtplib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.mail_server import PASSWORD, USER
from tests.servers import free_port, running, wait_until

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class MailServer:
    """Where to send, how to be obeyed, and what was kept."""

    folder: Path
    features: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    _running: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """As SMTP_URL spells it."""
        scheme = "submission" if "tls" in self.features else "smtp"
        who = f"{USER}:{PASSWORD}@" if "auth" in self.features else ""
        return f"{scheme}://{who}localhost:{self.port}"

    @property
    def settings(self) -> dict[str, Any]:
        """As Django spells it."""
        known = "auth" in self.features
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "localhost",
            "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": USER if known else "",
            "EMAIL_HOST_PASSWORD": PASSWORD if known else "",
            "EMAIL_USE_TLS": "tls" in self.features,
        }

    @property
    def certificate(self) -> Path:
        """What a client must trust (SSL_CERT_FILE)."""
        return self.folder / "certificate.pem"

    def order(self, **orders: Any) -> None:
        """From now on, behave so; nothing: accept everything at once."""
        place = self.folder / "orders.json"
        written = place.with_suffix(".part")
        written.write_text(json.dumps(orders))
        written.replace(place)

    def kept(self) -> list[dict[str, Any]]:
        """The messages accepted so far, repetitions included."""
        place = self.folder / "kept.jsonl"
        return [json.loads(line) for line in place.read_text().splitlines()] if place.exists() else []

    def forget(self) -> None:
        """Empty the box and obey no order any more."""
        for name in ("kept.jsonl", "orders.json"):
            (self.folder / name).unlink(missing_ok=True)

    def start(self) -> None:
        """Listen, on the same port as before."""
        command = [sys.executable, "-m", "tests.mail_server", str(self.port), str(self.folder), *self.features]
        python = {"PYTHONPATH": str(ROOT)}
        process = self._running.enter_context(running(command, folder=self.folder, environment=python))
        wait_until(self._greets, "the mail server", process)

    def _greets(self) -> None:
        smtplib.SMTP("localhost", self.port, timeout=2).quit()

    def stop(self) -> None:
        """Killed: nothing listens any more, what was kept stays."""
        self._running.close()


@contextmanager
def mail_server(*features: str) -> Iterator[MailServer]:
    """A server that wants what `features` name: `tls`, `auth`."""
    with tempfile.TemporaryDirectory(prefix="hp-") as name:
        server = MailServer(Path(name), features)
        if "tls" in features:
            _certify(server.folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _certify(folder: Path) -> None:
    """A certificate for `localhost`, signed by itself, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
