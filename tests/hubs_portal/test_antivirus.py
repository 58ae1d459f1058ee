"""A real clamd, found out about by our own client: what it finds is found, what it does not say is never « clean »."""

import io
import time
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest
from docx import Document as Docx
from pytest_django import Settings

from hubs_portal import antivirus
from hubs_portal.antivirus import Address, Answer, Verdict, Why
from hubs_portal.settings import environment
from tests.builders import a_pdf
from tests.servers import Clamd, eicar, free_port
from tests.servers import antivirus as a_daemon

pytestmark = pytest.mark.served
MEGABYTE = 2**20


def zipped(name: str = "eicar.com") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, eicar())
    return made.getvalue()


def in_a_docx() -> bytes:
    """A text one can read, in which somebody put it as a picture."""
    made = io.BytesIO()
    text = Docx()
    text.add_paragraph("Statuts")
    text.save(made)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.png", eicar())
    return made.getvalue()


def asked(content: bytes) -> Answer:
    return antivirus.scan(io.BytesIO(content))


def summed(answer: Answer) -> tuple[Verdict, str, Why | None]:
    return answer.verdict, answer.signature, answer.why


@pytest.mark.parametrize("make", [eicar, zipped, in_a_docx], ids=["raw", "zipped", "docx"])
@pytest.mark.parametrize("way", ["address", "tcp_address"])
def test_eicar_is_found_raw_zipped_and_inside_a_text(clamd: Clamd, settings: Settings, make, way: str) -> None:  # type: ignore[no-untyped-def] # a function without arguments
    settings.CLAMD_ADDRESS = getattr(clamd, way)

    found = asked(make())

    assert summed(found) == (Verdict.INFECTED, "Eicar-Test.UNOFFICIAL", None)
    assert found.engine.startswith("ClamAV ")


def test_an_honest_file_is_clean_whatever_its_size(clamd: Clamd) -> None:
    small, large = asked(a_pdf()), asked(bytes(30 * MEGABYTE))

    assert (summed(small), summed(large)) == ((Verdict.CLEAN, "", None), (Verdict.CLEAN, "", None))


@pytest.mark.parametrize("way", ["address", "tcp_address"])
def test_a_file_larger_than_it_takes_is_not_clean(settings: Settings, way: str) -> None:
    with a_daemon(largest="1M") as strict:
        settings.CLAMD_ADDRESS = getattr(strict, way)

        assert [summed(asked(bytes(size))) for size in (3 * MEGABYTE, 30 * MEGABYTE)] == [
            (Verdict.NOT_SCANNED, "", Why.TOO_LARGE)
        ] * 2


def test_a_daemon_that_died_scans_nothing_and_scans_again_once_it_is_back(clamd: Clamd) -> None:
    clamd.stop()
    away = asked(eicar())
    clamd.start()
    back = asked(eicar())

    assert (summed(away), back.verdict) == ((Verdict.NOT_SCANNED, "", Why.DOWN), Verdict.INFECTED)


def test_a_daemon_that_hangs_costs_two_seconds(clamd: Clamd) -> None:
    clamd.hang()
    started = time.monotonic()
    found = asked(eicar())
    took = time.monotonic() - started
    clamd.resume()

    assert summed(found) == (Verdict.NOT_SCANNED, "", Why.SLOW)
    assert took < 4


class _ThatStops(io.BytesIO):
    """A file whose reading makes something happen to the daemon, half way."""

    def __init__(self, content: bytes, happens: object) -> None:
        super().__init__(content)
        self._happens = happens

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        if self.tell() > 2 * MEGABYTE:
            self._happens()  # type: ignore[operator] # whatever the test gives
        return block


def test_a_daemon_killed_in_the_middle_of_a_file_scans_nothing(clamd: Clamd) -> None:
    found = antivirus.scan(_ThatStops(bytes(4 * MEGABYTE) + eicar(), clamd.stop))

    assert summed(found) == (Verdict.NOT_SCANNED, "", Why.DOWN)


def test_a_daemon_that_hangs_in_the_middle_of_a_file_is_given_up(clamd: Clamd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(antivirus, "_IN_ALL", 1.0)

    found = antivirus.scan(_ThatStops(bytes(9 * MEGABYTE), clamd.hang))

    clamd.resume()
    assert summed(found) == (Verdict.NOT_SCANNED, "", Why.SLOW)


def test_a_file_that_cannot_be_read_is_no_answer_of_the_daemon(clamd: Clamd) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the storage is down")

    broken: BinaryIO = Broken()
    with pytest.raises(OSError, match="storage"):
        antivirus.scan(broken)


def test_nobody_listening_is_said_at_once(settings: Settings) -> None:
    settings.CLAMD_ADDRESS = f"tcp:127.0.0.1:{free_port()}"

    assert summed(asked(eicar())) == (Verdict.NOT_SCANNED, "", Why.DOWN)


def test_an_address_is_a_socket_or_a_port_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Address.read("") is None
    assert Address.read("unix:/run/clamav/clamd.ctl") == Address(path="/run/clamav/clamd.ctl")
    assert Address.read("tcp:clamav:3310") == Address(host="clamav", port=3310)
    assert Address.read("tcp:[::1]:3310") == Address(host="::1", port=3310)
    monkeypatch.setenv("CLAMD_ADDRESS", "clamav:3310")
    with pytest.raises(ValueError, match="CLAMD_ADDRESS"):
        environment.read_environment()


def test_a_scan_cut_short_by_a_limit_is_not_clean() -> None:
    said = "stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND"

    assert summed(antivirus._understood(said, "")) == (Verdict.NOT_SCANNED, "", Why.TOO_LARGE)
    assert summed(antivirus._understood("Can't write to temporary file. ERROR", "")) == (
        Verdict.NOT_SCANNED,
        "",
        Why.REFUSED,
    )


def test_eicar_stands_nowhere_in_the_repository() -> None:
    here = Path(__file__).resolve().parents[2]
    folders = ("tests", "hubs_portal", "applications", "juries", "deploy", "docs")
    files = [file for folder in folders for file in (here / folder).rglob("*.*") if file.is_file()]

    assert [file.name for file in files if eicar()[:40] in file.read_bytes()] == []
