"""Debian's clamd, which knows two harmless files whatever holds them: EICAR, and the program of its own test files."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests import servers

# SHA-256 and size of clam.exe, in the form of ClamAV's signatures.
_CLAM_EXE = "71e7b604d18aefd839e51a39c88df8383bb4c071dc31f87f00a2b5df580d4495:544:ClamAV-Test-File\n"


@contextmanager
def listening() -> Iterator[None]:
    """While one listens, started here; `finds` asks it as the portal does."""
    with tempfile.TemporaryDirectory(prefix="hp-") as folder:
        signatures = Path(folder) / "signatures"
        signatures.mkdir()
        (signatures / "corpus.hsb").write_text(_CLAM_EXE)
        server = servers.Clamd(Path(folder))
        server.start()
        settings.CLAMD_ADDRESS = server.address
        try:
            yield
        finally:
            server.stop()


def finds(file: Path) -> bool:
    """Whether it finds something, as the portal asks."""
    from hubs_portal.antivirus import Verdict, scan  # noqa: PLC0415 - once Django is set up

    with file.open("rb") as content:
        return scan(content).verdict is Verdict.INFECTED
