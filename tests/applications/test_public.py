"""What anyone may read: the calls, the check of a receipt, and the pages the law asks for."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.actions.extension import propose_extension, sign_extension
from applications.enums import LegalForm, Level
from applications.identifiers import new_number
from applications.models import Call, Submission
from applications.selectors import closing_times
from applications.selectors.public import asked_of
from applications.selectors.verification import spell
from hubs_portal.settings.environment import ROOT
from tests.builders import (
    CLOSES,
    NOW,
    OPENS,
    TimedClient,
    a_call,
    a_manager,
    a_pdf,
    a_signalled,
    a_submission,
    the_territories,
)

PAGES = [
    "/",
    "/appels/appel-d-essai/",
    "/appels/appel-d-essai/?forme=association",
    "/verifier/",
    "/accessibilite/",
    "/donnees-personnelles/",
    "/mentions-legales/",
    "/credits/",
    "/plan-du-site/",
]
CALL = "/appels/appel-d-essai/"
SIGNAL = 'href="/appels/appel-d-essai/signaler/"'


def _read(client: TimedClient, address: str) -> str:
    """The page as somebody reads it: tags gone, white space of any kind made one space."""
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def _queries(client: TimedClient, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# ---------------------------------------------------------------- every public page


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_has_one_title_few_queries_and_little_weight(client: TimedClient, address: str) -> None:
    a_call()

    page = client.get(address)

    assert (page.status_code, page.text.count("<h1")) == (200, 1)
    assert _queries(client, address) <= 15
    assert len(gzip.compress(page.content)) < 15_000


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_is_only_read(client: TimedClient, address: str) -> None:
    a_call()

    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", [page for page in PAGES if "appels" not in page])
def test_the_site_stands_before_any_call_is_published(client: TimedClient, address: str) -> None:
    a_call(published=False)

    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_is_shown_to_an_english_reader(client: TimedClient, address: str) -> None:
    a_call()

    page = client.get(address, headers={"accept-language": "en"})

    assert '<html lang="en">' in page.text


def test_every_page_leads_to_the_accessibility_statement_and_says_its_state(client: TimedClient) -> None:
    assert "Accessibilité : non conforme" in _read(client, "/")
    assert "aucun audit de conformité n’a encore été réalisé" in _read(client, "/accessibilite/")


def test_the_credits_name_everything_taken_from_npm(client: TimedClient) -> None:
    package = json.loads((ROOT / "package.json").read_text())

    said = _read(client, "/credits/")

    assert [name for name in package["dependencies"] if name not in said] == []


# ---------------------------------------------------------------- the calls


def test_the_home_page_sorts_calls_by_what_one_may_do_with_them(client: TimedClient) -> None:
    a_call(title_fr="Appel ouvert")
    a_call(title_fr="Appel à venir", opens_at=NOW + timedelta(days=1), closes_at=CLOSES + timedelta(days=30))
    a_call(title_fr="Appel passé", opens_at=OPENS - timedelta(days=90), closes_at=NOW - timedelta(days=1))
    a_call(title_fr="Appel en préparation", published=False)

    said = _read(client, "/")

    order = ["Appel ouvert", "Appels annoncés", "Appel à venir", "Appels clos, en cours d’examen", "Appel passé"]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert "Appel en préparation" not in said


def test_the_home_page_costs_the_same_for_one_call_and_for_thirty(client: TimedClient) -> None:
    a_call(with_kit=False)
    alone = _queries(client, "/")
    for _n in range(29):
        a_call(with_kit=False)

    assert (_queries(client, "/"), Call.objects.count()) == (alone, 30)


def test_a_call_in_preparation_does_not_exist(client: TimedClient) -> None:
    a_call(published=False)

    assert client.get(CALL).status_code == 404


def test_the_deadline_is_said_with_its_hour_its_zone_and_the_hours_overseas(client: TimedClient) -> None:
    a_call()

    said = _read(client, CALL)

    assert "Clôture : vendredi 30 novembre 2018 à 17 h 00 (heure de Paris)" in said
    assert "Guadeloupe vendredi 30 novembre 2018 à 12 h 00" in said
    assert "La Réunion vendredi 30 novembre 2018 à 20 h 00" in said
    assert "Nouvelle-Calédonie samedi 1er décembre 2018 à 3 h 00" in said


def test_overseas_hours_come_from_the_territories_and_those_the_call_takes(db: None) -> None:
    the_territories()
    call = a_call(collectivities_accepted=False)

    assert [(local.places, local.zone) for local in closing_times.overseas(call)] == [
        ("Guadeloupe", "America/Guadeloupe"),
        ("La Réunion", "Indian/Reunion"),
    ]


@pytest.mark.parametrize(
    ("instant", "links", "words"),
    [
        (OPENS - timedelta(microseconds=1), 0, "L’appel ouvre le jeudi 13 septembre 2018 à 0 h 00 (heure de Paris)"),
        (OPENS, 2, "Il reste"),
        (CLOSES - timedelta(microseconds=1), 2, "Il reste"),
        (CLOSES, 0, "L’appel est clos depuis le vendredi 30 novembre 2018 à 17 h 00 (heure de Paris)"),
    ],
)  # fmt: skip
def test_one_may_signal_oneself_from_the_opening_to_the_closing(
    client: TimedClient, instant: datetime, links: int, words: str
) -> None:
    a_call()
    client.at(instant)

    assert client.get(CALL).text.count(SIGNAL) == links
    assert words in _read(client, CALL)


@pytest.mark.parametrize(
    ("instant", "order"),
    [
        (OPENS - timedelta(days=1), ["Aujourd’hui", "Ouverture", "Clôture", "Résultats prévus"]),
        (NOW, ["Ouverture", "Aujourd’hui", "Clôture", "Résultats prévus"]),
        (CLOSES + timedelta(days=1), ["Ouverture", "Clôture", "Aujourd’hui", "Résultats prévus"]),
        (CLOSES + timedelta(days=90), ["Ouverture", "Clôture", "Résultats prévus", "Aujourd’hui"]),
    ],
)
def test_today_stands_at_its_place_on_the_line_of_dates(
    client: TimedClient, instant: datetime, order: list[str]
) -> None:
    a_call()
    client.at(instant)

    line = client.get(CALL).text.partition('<ol class="dates">')[2].partition("</ol>")[0]

    assert re.findall(r"Aujourd’hui|Ouverture|Clôture|Résultats prévus", line) == order


def test_what_is_asked_depends_on_the_legal_form(db: None) -> None:
    call = a_call()

    assert [(item.requirement.code, item.level) for item in asked_of(call, LegalForm.ASSOCIATION)] == [
        ("budget", Level.BLOCKING),
        ("mandate", Level.BLOCKING),
        ("letters", Level.BLOCKING),
        ("accounts", Level.MAY_FOLLOW),
        ("statutes", Level.OBTAINABLE),
        ("chart", Level.IF_APPLICABLE),
        ("sworn", Level.BLOCKING),
    ]
    assert asked_of(call, LegalForm.FOUNDATION) == []


def test_a_document_not_yet_required_on_the_closing_day_is_not_asked(db: None) -> None:
    call = a_call()
    call.requirements.filter(code="statutes").update(valid_from=date(2018, 12, 1))
    call.requirements.filter(code="chart").update(valid_from=date(2018, 11, 30))

    codes = [item.requirement.code for item in asked_of(call, LegalForm.ASSOCIATION)]

    assert ("statutes" in codes, "chart" in codes) == (False, True)


def test_the_documents_are_shown_with_their_degree_once_a_form_is_chosen(client: TimedClient) -> None:
    a_call()

    before, after = _read(client, CALL), _read(client, f"{CALL}?forme=association")

    assert "Pièces demandées" not in before
    assert "Comptes approuvés du dernier exercice Parce qu’elle est demandée." in after
    assert after.count("Indispensable au dépôt") == 4
    assert "aucune pièce" in _read(client, f"{CALL}?forme=foundation")


def test_a_legal_form_that_does_not_exist_is_ignored(client: TimedClient) -> None:
    a_call()

    assert "Pièces demandées" not in _read(client, f"{CALL}?forme=<script>")


def test_the_money_is_said_in_figures(client: TimedClient) -> None:
    a_call()

    said = _read(client, CALL)

    assert (
        "pour 12 lauréats environ 5 000 000 € au plus par projet, à titre indicatif 500 000 €"
        " au plus des dépenses, à titre indicatif 80 % financés 18 mois"
    ) in said


def test_the_grid_is_public_with_its_weights(client: TimedClient) -> None:
    a_call()

    assert "Critère territory 40 Critère network 35 Critère economy 25 Total 100" in _read(client, CALL)


def test_an_extension_is_published_with_its_reason_once_signed_by_another(client: TimedClient) -> None:
    call = a_call()
    author, other = a_manager(call), a_manager(call)
    proposed = propose_extension(
        call, new_closes_at=CLOSES + timedelta(days=3), reason="Panne constatée.", by=author, at=NOW
    )
    assert "Panne constatée." not in _read(client, CALL)

    sign_extension(proposed, by=other, at=NOW)

    assert "Elle est fixée au lundi 3 décembre 2018 à 17 h 00 (heure de Paris). Motif : Panne constatée." in _read(
        client, CALL
    )


def test_the_kit_is_named_to_all_and_given_only_by_a_call_that_gives_it(client: TimedClient) -> None:
    call = a_call()
    file = call.kit.get()
    address = f"{CALL}kit/{file.pk}/"

    assert "Règlement de l’appel" in _read(client, CALL)
    assert (client.get(address).status_code, address in client.get(CALL).text) == (404, False)

    Call.objects.update(kit_is_public=True)

    served = client.get(address)
    assert b"".join(served.streaming_content) == a_pdf("Règlement de l’appel")
    assert (served["Content-Disposition"].split(";")[0], address in client.get(CALL).text) == ("attachment", True)
    assert client.get(f"/appels/un-autre/kit/{file.pk}/").status_code == 404


def test_the_kit_of_a_call_in_preparation_is_not_given(client: TimedClient) -> None:
    call = a_call(published=False, kit_is_public=True)

    assert client.get(f"{CALL}kit/{call.kit.get().pk}/").status_code == 404


# ---------------------------------------------------------------- the check of a receipt


@pytest.fixture
def submission(client: TimedClient) -> Submission:
    signalled = a_signalled(a_call(), name="Structure secrète")
    return a_submission(signalled, arrived_at=datetime(2018, 11, 30, 15, 42, 7, 250_000, tzinfo=UTC))


def test_a_receipt_is_confirmed_in_one_sentence(client: TimedClient, submission: Submission) -> None:
    number = submission.receipt.number

    said = _read(client, f"/verifier/?numero={number}")

    assert (
        f"L’accusé de réception n° {number} a été délivré par ce portail : il atteste que la version 1 du dossier de la"
        f" candidature n° {submission.candidacy.number} est arrivée le 30 novembre 2018 à 16 h 42 min 07 s"
        " (heure de Paris), soit 2018-11-30 15:42:07 UTC, et sa signature est authentique."
    ) in said


def test_the_check_names_no_structure_no_person_and_no_file(client: TimedClient, submission: Submission) -> None:
    digest = submission.files.all()[0].stored.digest

    said = _read(client, f"/verifier/?numero={submission.receipt.number}&empreinte={digest}")

    secrets = ["Structure secrète", submission.says["organisation"]["siret"], submission.signatory, submission.account]
    secrets += [file.name for file in submission.files.all()]
    assert [secret for secret in secrets if secret in said] == []


def test_a_number_is_understood_however_it_is_typed(submission: Submission) -> None:
    number = submission.receipt.number
    bare = number.replace("-", "")

    typed = [number.lower(), bare, f" {bare[:2]} {bare[2:6]} {bare[6:]} ", number.replace("-", "‑")]
    typed += [f"AR{bare[2:].replace('0', 'O').replace('1', 'l')}"]

    assert {spell(text) for text in typed} == {number}


@pytest.mark.parametrize(
    ("fingerprint_of", "words"),
    [
        (lambda s: s.digest, "L’empreinte fournie est celle du contenu du dossier ainsi reçu."),
        (lambda s: " ".join(s.digest.upper()), "L’empreinte fournie est celle du contenu du dossier ainsi reçu."),
        (lambda s: s.files.all()[1].stored.digest, "L’empreinte fournie est celle d’un des fichiers ainsi reçus"),
        (lambda s: "0" * 64, "L’empreinte fournie ne figure pas parmi celles de cet accusé de réception"),
        (lambda s: s.digest[:-1], "et vous en avez tapé 63."),
    ],
)
def test_a_fingerprint_is_compared_with_those_of_the_receipt(
    client: TimedClient, submission: Submission, fingerprint_of: Callable[[Submission], str], words: str
) -> None:
    typed = fingerprint_of(submission)

    assert words in _read(client, f"/verifier/?numero={submission.receipt.number}&empreinte={typed}")


def test_a_number_nobody_was_given_is_said_so(client: TimedClient, submission: Submission) -> None:
    unknown = new_number("AR")

    assert f"Ce portail n’a délivré aucun accusé de réception n° {unknown}." in _read(
        client, f"/verifier/?numero={unknown}"
    )


def test_a_candidacy_s_number_is_told_from_a_receipt_s(client: TimedClient, submission: Submission) -> None:
    said = _read(client, f"/verifier/?numero={submission.candidacy.number}")

    assert "a la forme d’un numéro de candidature" in said


@pytest.mark.parametrize("typed", ["AR-7K3Q", "<script>alert(1)</script>", "é" * 400, "AR-0000-000", "-"])
def test_a_number_badly_copied_is_told_from_an_unknown_one(client: TimedClient, typed: str) -> None:
    page = client.get("/verifier/", {"numero": typed})

    assert "n’est pas un numéro d’accusé de réception" in unescape(page.text)
    assert "<script>alert" not in page.text


def test_a_receipt_signed_with_another_key_is_not_vouched_for(
    client: TimedClient, submission: Submission, settings: LazySettings, tmp_path: Path
) -> None:
    settings.RECEIPT_KEY_FILE = tmp_path / "another.pem"

    said = _read(client, f"/verifier/?numero={submission.receipt.number}")

    assert "ne peut pas être tenu pour authentique" in said
    assert "est arrivée le" not in said


def test_a_known_number_and_an_unknown_one_cost_the_same(client: TimedClient, submission: Submission) -> None:
    known, unknown = f"/verifier/?numero={submission.receipt.number}", "/verifier/?numero=AR-0000-0000"

    assert _queries(client, known) == _queries(client, unknown) == 3


def test_the_public_key_is_the_one_that_signs(client: TimedClient, submission: Submission) -> None:
    served = client.get("/verifier/cle-publique.pem")
    key = load_pem_public_key(served.content)

    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.b64decode(submission.receipt.signature), submission.receipt.manifest.encode())
