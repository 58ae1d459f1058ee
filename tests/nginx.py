"""nginx as it stands before the served portal: our own configuration, on free ports and in a folder of its own."""

import http.client
import json
import os
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.servers import free_port, running, wait_until

CONFIGURATION = (Path(__file__).parents[1] / "deploy" / "nginx.conf").read_text()


@dataclass
class Door:
    """nginx, listening at `port`."""

    port: int

    def connection(self) -> http.client.HTTPSConnection:
        trusting = ssl._create_unverified_context()  # noqa: S323 - a certificate made a second ago
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=trusting, timeout=20)

    def knock(self) -> None:
        """Raise while nobody listens."""
        socket.create_connection(("127.0.0.1", self.port)).close()

    def ask(self, path: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> Any:
        connection = self.connection()
        connection.request("POST" if body else "GET", path, body=body or None, headers=headers or {})
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        return json.loads(told) if answer.status == 200 else answer.status


def _configuration(
    folder: Path, *, plain: int, secure: int, portal: int, storage: int, files: Path, bucket: str
) -> str:
    """Our configuration with the ports and folders of a test; nothing else is changed."""
    own_folders = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("fastcgi", "uwsgi", "scgi"))
    replacements = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
        "server web:8000;": f"server 127.0.0.1:{portal};",
        "storage:8333": f"127.0.0.1:{storage}",
        "/portal/var/files/": f"{files}/",
        "location /portal/incoming/": f"location /{bucket}/incoming/",
        "/var/cache/nginx": f"{folder}/cache",
        "/etc/nginx/tls": str(folder),
        "/dev/stdout": f"{folder}/access",
        "/dev/stderr": f"{folder}/error",
        "\nhttp {": "\nhttp { " + own_folders,
    }
    configuration = CONFIGURATION
    for ours, theirs in replacements.items():
        assert ours in configuration
        configuration = configuration.replace(ours, theirs)
    return configuration


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    ).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "privkey.pem").write_bytes(plain)


@contextmanager
def before(
    portal: int,
    folder: Path,
    *,
    storage: int = 9,
    files: Path = Path("/nowhere"),
    bucket: str = "portal",
    port: int = 0,
) -> Iterator[Door]:
    """nginx running before a portal and an object store that listen at these ports, and before a folder of files.

    `bucket` is the name of the bucket that is sent to through it, and `port` where it is to listen.
    """
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed; make test installs it")
    _make_certificate(folder)
    found = Door(port or free_port())
    (folder / "cache").mkdir()
    ports = {"plain": free_port(), "secure": found.port, "portal": portal, "storage": storage}
    configuration = _configuration(folder, **ports, files=files, bucket=bucket)
    (folder / "nginx.conf").write_text(configuration)
    command = [nginx, "-p", str(folder), "-e", f"{folder}/error", "-c", f"{folder}/nginx.conf"]
    command += ["-g", f"daemon off; pid {folder}/pid; user {'root' if os.geteuid() == 0 else 'nobody'};"]
    with running(command, folder=folder) as process:
        wait_until(found.knock, "nginx", process)
        yield found
