"""A structure goes from the home page to its receipt, on the real call, at the last minute."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.builders import a_siret
from tests.journeys import candidate
from tests.journeys.conftest import Newcomer
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor, see

pytestmark = pytest.mark.journey

_EMAIL = "camille@association.invalid"
_NEARLY = datetime(2018, 11, 30, 15, 58, 20, tzinfo=UTC)  # 16:58:20 in Paris
# The sections that look otherwise when nothing is in them yet.
_EMPTY_TOO = ("organisation", "territories", "consortium", "budget")
_LAST_MINUTE = datetime(2018, 11, 30, 15, 59, 5, tzinfo=UTC)


def test_a_structure_signals_itself_fills_in_its_dossier_and_submits_it_at_the_last_minute(
    newcomer: Newcomer, embedded: Portal, documents: dict[str, list[Path]]
) -> None:
    visitor = newcomer()
    number = _arrives_and_signals(visitor)
    _writes_every_section(visitor)
    _joins_every_document(visitor, documents)

    embedded.set_clock(_NEARLY)
    _reads_again(visitor, number)
    embedded.set_clock(_LAST_MINUTE)
    visitor.page.get_by_role("button", name="Déposer le dossier (version 1)").click()

    names = [file.name for files in documents.values() for file in files]
    _is_confirmed(visitor, number, names)
    _finds_the_receipt(visitor, number, names)


def _arrives_and_signals(visitor: Visitor) -> str:
    page = visitor.go("/")
    visitor.look("accueil")
    page.get_by_role("link", name="Voir l’appel Hubs France Connectée").click()
    visitor.look("appel")
    page.get_by_role("link", name="Signaler ma candidature").first.click()
    visitor.look("signaler")
    number = candidate.signal(
        visitor, _EMAIL, siret=a_siret(7001), name="Association du Pont", territories=("01", "03")
    )
    assert re.fullmatch(r"HFC-\w{4}-\w{4}", number)
    visitor.look("signalée")
    page.get_by_role("link", name="Ouvrir le dossier").click()
    see(page, "BROUILLON – NON DÉPOSÉ")
    visitor.look("dossier vide")
    return number


def _writes_every_section(visitor: Visitor) -> None:
    page = visitor.page
    page.locator(".task-list a").first.click()
    for section in candidate.SECTIONS:
        page.wait_for_url(f"**/rubrique/{section}/")
        if section in _EMPTY_TOO:
            visitor.look(f"{section} à remplir")
        candidate.write_section(page, section)
        expect(page.locator("[data-autosave-status]")).to_have_text(re.compile(r"^\s*Enregistré à \d+\sh\s\d\d\s*$"))
        expect(page.locator("#section-lacks")).to_contain_text("Rubrique complète")
        see(page, "BROUILLON – NON DÉPOSÉ")
        visitor.look(f"{section} remplie")
        candidate.save_and_continue(page)
    page.wait_for_url("**/pieces/")


def _joins_every_document(visitor: Visitor, documents: dict[str, list[Path]]) -> None:
    page = visitor.page
    visitor.look("pièces à joindre")
    for code, files in documents.items():
        for file in files:
            candidate.join_file(page, code, file)
    expect(page.locator(".file .state--done")).to_have_count(10, timeout=60_000)
    expect(page.locator(".file .state--done").first).to_have_text("Lisible")
    page.reload()
    see(page, "Aucune pièce ne manque.")
    visitor.look("pièces lisibles")


def _reads_again(visitor: Visitor, number: str) -> None:
    page = visitor.go(f"/dossiers/{number}/")
    see(page, "Rien ne manque pour déposer")
    visitor.look("la dernière heure")
    page.get_by_role("link", name="Le dossier complet").click()
    see(page, "9 parties complètes sur 9.")
    visitor.look("dossier complet")
    visitor.go("/espace/")
    visitor.look("espace")
    page.get_by_role("link", name="Vérifier et déposer").first.click()
    see(page, "Rien ne manque pour déposer")
    see(page, "BROUILLON – NON DÉPOSÉ")
    visitor.look("vérifier et déposer")


def _is_confirmed(visitor: Visitor, number: str, names: list[str]) -> None:
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre dossier est déposé")
    panel = page.locator(".panel--filed")
    expect(panel).to_contain_text(number)
    expect(panel).to_contain_text(re.compile(r"16\sh\s59\smin\s\d\d"))
    expect(panel.locator("div", has_text=re.compile(r"^Version")).locator("dd")).to_have_text("1")
    assert all(page.get_by_role("link", name=name, exact=True).count() == 1 for name in names)
    see(page, "DÉPOSÉ le")
    visitor.look("déposé")


def _finds_the_receipt(visitor: Visitor, number: str, names: list[str]) -> None:
    page = visitor.page
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger l’accusé de réception").click()
    said = _text(download.value.path().read_bytes())
    assert [name for name in [number, *names] if _flat(name) not in said] == []

    _open_mailbox(page)
    letter = page.get_by_role("row").filter(has_text="submission_receipt").get_by_role("link")
    letter.first.click()
    with page.expect_download() as enclosed:
        page.get_by_role("link", name=re.compile(r"\.pdf$")).first.click()
    assert _flat(number) in _text(enclosed.value.path().read_bytes())
    visitor.go(f"/dossiers/{number}/messages/")
    visitor.look("messages reçus")
    page.locator("main .task-list a").first.click()
    visitor.look("message")


def _open_mailbox(page: Page) -> None:
    page.get_by_role("link", name="Boîte aux lettres").click()
    page.get_by_label("Chercher une adresse").fill(_EMAIL)
    page.get_by_role("button", name="Chercher").click()


def _text(pdf: bytes) -> str:
    return _flat("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def _flat(text: str) -> str:
    """Without spaces, hyphens and apostrophes' kinds: a long name may be broken over two lines."""
    return re.sub(r"[\s\u00ad\u200b-]+", "", text).replace("'", "’")
