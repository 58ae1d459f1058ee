"""The PDF of a receipt is sealed over its whole file: checked by us, by anybody, and by nobody when altered."""

import random
import runpy
import shutil
from collections.abc import Callable
from hashlib import sha256
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from applications.models import Submission
from applications.receipts import receipt_pdf
from hubs_portal import sealing
from hubs_portal.settings.environment import ROOT
from tests.builders import TimedClient, a_call, a_signalled, a_submission

pytestmark = pytest.mark.django_db
_SCRIPT = ROOT / "static" / "verification" / "verifier_accuse.py"


def common_ground() -> tuple[Submission, bytes]:
    """A submission, and the PDF of its receipt."""
    submission = a_submission(a_signalled(a_call()))
    with receipt_pdf(submission.receipt).open() as stored:
        return submission, stored.read()


@pytest.fixture
def is_intact(tmp_path: Path) -> Callable[[bytes], bool]:
    """The program anybody downloads, with our certificate and nothing else."""
    shutil.copy(_SCRIPT, tmp_path / "program.py")
    (tmp_path / "certificate.pem").write_bytes(sealing.certificate_pem())
    check = runpy.run_path(str(tmp_path / "program.py"))["is_intact"]

    def ask(content: bytes) -> bool:
        (tmp_path / "receipt.pdf").write_bytes(content)
        return bool(check(tmp_path / "receipt.pdf", tmp_path / "certificate.pem"))

    return ask


def _said_of(client: TimedClient, content: bytes) -> str:
    page = client.get("/verifier/", {"empreinte": sha256(content).hexdigest()})
    return unescape(str(page.text)).replace("\u00a0", " ")


def test_the_receipt_as_issued_is_known_by_its_file_alone(
    client: TimedClient, ground: tuple[Submission, bytes]
) -> None:
    submission, pdf = ground

    said = _said_of(client, pdf)

    assert f"L’accusé de réception n° {submission.receipt.number} a été délivré par ce portail" in said
    assert "Le fichier est cet accusé de réception, tel que nous l’avons délivré, octet pour octet." in said


def test_the_receipt_as_issued_is_intact_to_whoever_holds_the_certificate(
    ground: tuple[Submission, bytes], is_intact: Callable[[bytes], bool]
) -> None:
    assert is_intact(ground[1])


def test_a_certificate_of_somebody_else_vouches_for_nothing(
    ground: tuple[Submission, bytes],
    is_intact: Callable[[bytes], bool],
    tmp_path: Path,
    settings: object,
) -> None:
    settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE = tmp_path / "k.pem", tmp_path / "c.pem"  # type: ignore[attr-defined]
    (tmp_path / "certificate.pem").write_bytes(sealing.certificate_pem())

    assert not is_intact(ground[1])


def test_no_altered_receipt_is_ours_and_none_is_intact_but_for_how_the_seal_is_spelled(
    client: TimedClient, ground: tuple[Submission, bytes], is_intact: Callable[[bytes], bool]
) -> None:
    """A bit in a thousand places, and bytes appended; a seal is hexadecimal, which has two spellings."""
    pdf = ground[1]
    chance = random.Random(20181130)
    altered = {
        place: _with_another_bit(pdf, place, chance.randrange(8)) for place in chance.sample(range(len(pdf)), 1_000)
    }
    first, last = _container(pdf)

    accepted = [place for place, content in altered.items() if is_intact(content)]

    assert [place for place in accepted if not first <= place < last] == []
    assert not any("tel que nous l’avons délivré" in _said_of(client, content) for content in altered.values())
    for longer in (pdf + b" ", pdf + b"\n%%EOF\n", pdf + pdf):
        assert not is_intact(longer)
        assert "n’est pas un accusé de réception que nous avons délivré" in _said_of(client, longer)


def _with_another_bit(pdf: bytes, place: int, bit: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1 << bit]) + pdf[place + 1 :]


def _container(pdf: bytes) -> tuple[int, int]:
    """Where the seal itself is, the only bytes it does not cover."""
    (seal,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    start, length, resume, _rest = seal.byte_range
    assert start == 0
    return int(length), int(resume)


def test_without_a_number_no_file_of_a_dossier_can_be_looked_for(
    client: TimedClient, ground: tuple[Submission, bytes]
) -> None:
    submission, _pdf = ground
    for digest in (submission.digest, submission.files.all()[0].stored.digest):
        page = unescape(client.get("/verifier/", {"empreinte": digest}).text)
        assert "n’est pas un accusé de réception que nous avons délivré" in page
        assert submission.receipt.number not in page


def test_anybody_may_have_the_certificate(client: TimedClient, ground: object) -> None:
    served = client.get("/verifier/certificat.pem")

    assert served.content == sealing.certificate_pem()
    assert served.content.startswith(b"-----BEGIN CERTIFICATE-----")
