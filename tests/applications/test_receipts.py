"""The receipt as a document: what it says, who can check it, and that there is only one."""

import base64
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.utils import translation
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from applications.actions import documents
from applications.models import Submission
from applications.receipts import receipt_pdf
from applications.rules.silence import implied_rejection_on
from hubs_portal import signing
from tests.builders import NOW, a_call, a_complete_dossier, a_file, a_pdf, a_signalled, a_submission

pytestmark = pytest.mark.django_db


def _pdf(submission: Submission) -> PdfReader:
    with receipt_pdf(submission.receipt).open() as stored:
        return PdfReader(io.BytesIO(stored.read()))


def _said(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_the_document_says_what_was_received_from_whom_and_when() -> None:
    submission = a_submission(a_signalled(a_call(), name="L’Atelier & Cie"), arrived_at=NOW + timedelta(seconds=7))

    said = _said(_pdf(submission))

    for words in [
        submission.receipt.number,
        submission.candidacy.number,
        "Reçu le 28 novembre 2018 à 9 h 00 min 07 s (heure de Paris)",
        "soit 2018-11-28 08:00:07 UTC",
        "VERSION 1",
        "L’Atelier & Cie",
        "Alix Représentant, présidence",
        submission.account,
        "Fichiers reçus : 2",
        "mandate.pdf",
        "Comptes approuvés du dernier exercice",
        "18 décembre 2018",
        "Équipe de l’appel d’essai",
        "01 99 00 20 18",
        "réputée rejetée le 28 janvier 2019",
        "Le silence gardé deux mois vaut rejet.",
        "Vous pouvez contester une décision dans les deux mois.",
        "http://testserver/verifier/",
        submission.receipt.signature,
    ]:
        assert words in said, words
    digests = [submission.digest, *(file.stored.digest for file in submission.files.all())]
    assert [digest for digest in digests if digest not in said.replace(" ", "")] == []


def test_the_document_is_tagged_and_says_its_language_and_title() -> None:
    submission = a_submission(a_signalled(a_call()))

    pdf = _pdf(submission)

    marks = pdf.root_object["/MarkInfo"].get_object()
    assert isinstance(marks, DictionaryObject)
    assert (str(marks["/Marked"]), str(pdf.root_object["/Lang"])) == ("True", "fr")
    assert pdf.metadata is not None
    assert pdf.metadata.title == (
        f"Accusé de réception {submission.receipt.number} – candidature {submission.candidacy.number}"
    )


def test_twelve_files_fit_on_two_pages() -> None:
    member = a_signalled(a_call())
    a_complete_dossier(member)
    requirement = member.candidacy.call.requirements.get(code="accounts")
    for n in range(10):
        name = f"comptes-annuels-certifies-exercice-{2008 + n}.pdf"
        documents.add_document(member, requirement, a_file(a_pdf(f"Exercice {n}")), name=name, at=NOW)

    submission = a_submission(member)

    assert (submission.files.count(), len(_pdf(submission).pages)) == (12, 2)


def test_whoever_holds_the_document_and_the_public_key_checks_it_without_us() -> None:
    submission = a_submission(a_signalled(a_call()))

    manifest = _pdf(submission).attachments["manifeste.json"][0]

    key = load_pem_public_key(signing.public_key_pem().encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.b64decode(submission.receipt.signature), manifest)
    assert manifest.decode() == submission.receipt.manifest


def test_there_is_one_document_whoever_asks_and_it_is_in_french() -> None:
    submission = a_submission(a_signalled(a_call(), language="en"))

    with translation.override("en"):
        first = receipt_pdf(submission.receipt)

    assert receipt_pdf(submission.receipt) == first
    assert "28 novembre 2018 à 9 h 00 min 00 s" in _said(_pdf(submission))


def test_names_typed_by_people_are_text() -> None:
    submission = a_submission(a_signalled(a_call(), name="<img src=x onerror=alert(1)> & fils"))

    assert "<img src=x onerror=alert(1)> & fils" in _said(_pdf(submission))


def test_promises_carry_the_name_of_the_document_in_the_signed_text() -> None:
    submission = a_submission(a_signalled(a_call()))

    assert submission.receipt.says["promises"] == [
        {
            "label": "Comptes approuvés du dernier exercice",
            "requirement": "accounts",
            "reason": "Assemblée en décembre.",
            "promised_on": "2018-12-18",
        }
    ]


@pytest.mark.parametrize(
    ("received", "day"),
    [
        (datetime(2018, 11, 30, 15, 59, 59, tzinfo=UTC), date(2019, 1, 30)),
        (datetime(2018, 11, 28, 23, 30, tzinfo=UTC), date(2019, 1, 29)),  # already the 29th in Paris
        (datetime(2018, 10, 5, 8, tzinfo=UTC), date(2018, 12, 5)),
        (datetime(2018, 12, 31, 12, tzinfo=UTC), date(2019, 2, 28)),
        (datetime(2019, 12, 30, 12, tzinfo=UTC), date(2020, 2, 29)),
    ],
)
def test_silence_means_rejection_two_months_later_from_date_to_date(received: datetime, day: date) -> None:
    assert implied_rejection_on(received) == day
