"""The desk as a team lives it: three people and a conflict, an hour overseas, a paper to follow, second thoughts."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.builders import a_siret
from tests.journeys import candidate
from tests.journeys.conftest import Newcomer
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor, see, tab_to

pytestmark = pytest.mark.journey

_THREE_MINUTES_LEFT = datetime(2018, 11, 30, 15, 57, tzinfo=UTC)  # 16:57 in Paris


def test_three_people_write_at_once_and_keep_every_word(newcomer: Newcomer) -> None:
    first, second, reader = (newcomer().signed_in_as(name) for name in ("ally 1", "ally 2", "ally 3"))
    project = f"/dossiers/{first.portal.person('ally 1')['number']}/rubrique/project/"
    for visitor in (first, second):
        visitor.go(project)
    _writes(first, "#id_summary", "Ce que la première écrit.")
    with second.expecting("409"):
        second.page.locator("#id_summary").fill("Ce que la deuxième écrit au même endroit.")
        expect(_line(second.page)).to_contain_text("rien ne sera perdu")
        second.page.get_by_role("button", name="Enregistrer", exact=True).click()
        see(second.page, "Version enregistrée")
    see(second.page, "Ce que la première écrit.")
    both = "Ce que la première écrit. Ce que la deuxième écrit au même endroit."
    second.page.locator("#id_summary").fill(both)
    second.page.get_by_role("button", name="Enregistrer", exact=True).click()
    see(second.page, "est enregistrée.")

    reader.go(project)
    see(reader.page, both)
    expect(reader.page.get_by_role("button", name="Enregistrer", exact=True)).to_have_count(0)
    reader.look("lu par la troisième")
    first.go(project)
    expect(first.page.locator("#id_summary")).to_have_value(both)

    first.go(project.replace("rubrique/project/", "equipe/"))
    colleague = first.page.locator("details:has(button:has-text('Retirer'))").first
    colleague.locator("summary").click()
    colleague.get_by_role("button", name=re.compile("^Retirer")).click()
    see(first.page, "n’a plus accès au dossier.")
    with second.expecting("404"):
        second.page.locator("#id_summary").fill("Ce qui ne s’écrit plus.")
        expect(_line(second.page)).not_to_contain_text("Enregistré à", timeout=15_000)
        second.go(project)
        see(second.page, "n’existe pas")


@pytest.mark.long
def test_from_overseas_the_closing_is_told_at_the_local_hour(newcomer: Newcomer) -> None:
    visitor = newcomer(timezone_id="Indian/Reunion")
    visitor.go("/appels/hubs-france-connectee/signaler/")
    number = candidate.signal(
        visitor, "outremer@essai.invalid", siret=a_siret(7010), name="Hub de La Réunion", territories=("974", "976")
    )
    page = visitor.go(f"/dossiers/{number}/")
    see(page, "20 h 00")
    see(page, "La Réunion")
    see(page, "19 h 00")
    visitor.look("à La Réunion et à Mayotte")

    letter = visitor.go("/repetition/boite/?q=outremer%40essai.invalid")
    letter.locator("table a").first.click()
    see(letter, "La Réunion")


def test_what_a_colleague_types_during_the_submission_waits_for_the_next_version(newcomer: Newcomer) -> None:
    submitter, colleague = newcomer().signed_in_as("paired"), newcomer().signed_in_as("pair")
    number = submitter.portal.person("paired")["number"]
    page = submitter.go(f"/dossiers/{number}/verifier/")
    colleague.go(f"/dossiers/{number}/rubrique/project/")
    _writes(colleague, "#id_title", "Un titre arrivé entre-temps")

    page.get_by_role("button", name="Déposer le dossier").click()

    see(page, "Votre dossier est déposé")
    see(page, "Le dossier a été modifié depuis cette version")
    submitter.look("déposé, et modifié par une collègue")
    page.get_by_role("link", name="Relire la version suivante").click()
    see(page, "Un titre arrivé entre-temps")
    page.get_by_role("button", name="Déposer le dossier (version 2)").click()
    see(page, "Votre dossier est déposé")
    assert submitter.portal.rows_of(number, "applications_submission", "version") == [1, 2]


def test_a_paper_that_is_not_there_at_three_minutes_to_five_follows(newcomer: Newcomer, embedded: Portal) -> None:
    visitor = newcomer().signed_in_as("minute")
    number = embedded.person("minute")["number"]
    embedded.set_clock(_THREE_MINUTES_LEFT)
    page = visitor.go(f"/dossiers/{number}/pieces/")
    page.set_viewport_size({"width": 390, "height": 844})
    row = page.locator("#piece-accounts")
    row.locator("summary", has_text="Elle n’est pas prête").click()
    row.get_by_label("Pourquoi").fill("Les comptes sont votés le 12 décembre.")
    row.get_by_label("Vous l’enverrez").fill("13/12/2018")
    row.get_by_role("button", name="Promettre la pièce").click()
    see(page, "Votre promesse")

    visitor.go(f"/dossiers/{number}/verifier/")
    visitor.look("vérifier à 16 h 57")
    page.get_by_role("button", name="Déposer le dossier").click()

    see(page, "Votre dossier est déposé")
    receipt = page.request.get(f"{visitor.portal.url}/dossiers/{number}/depots/1/accuse.pdf")
    assert (receipt.status, receipt.body()[:5]) == (200, b"%PDF-")
    ((promised,),) = embedded.rows(
        "SELECT content FROM applications_submission WHERE candidacy_id ="  # noqa: S608 - ours
        f" (SELECT id FROM applications_candidacy WHERE number = '{number}')"
    )
    assert "Les comptes sont votés le 12 décembre." in str(promised)


@pytest.mark.long
def test_a_candidacy_withdrawn_then_resumed_is_submitted_again(newcomer: Newcomer) -> None:
    visitor = newcomer().signed_in_as("wavering")
    number = visitor.portal.person("wavering")["number"]
    page = visitor.go(f"/dossiers/{number}/verifier/")
    page.get_by_role("button", name="Déposer le dossier").click()
    see(page, "Votre dossier est déposé")

    visitor.go(f"/dossiers/{number}/retirer/")
    page.get_by_label("Motif").fill("Un partenaire hésite.")
    visitor.look("retirer")
    page.get_by_role("button", name="Retirer la candidature").click()
    expect(page.locator("main")).to_contain_text(re.compile("retirée", re.IGNORECASE))
    visitor.look("retirée")
    visitor.go(f"/dossiers/{number}/reprendre/")
    page.get_by_role("button", name="Reprendre la candidature").click()
    visitor.look("reprise")
    visitor.go(f"/dossiers/{number}/verifier/")
    page.get_by_role("button", name="Déposer le dossier (version 2)").click()

    see(page, "Votre dossier est déposé")
    assert visitor.portal.rows_of(number, "applications_submission", "version") == [1, 2]
    said = {kind for (kind,) in visitor.portal.rows(_letters_to(visitor.portal.person("wavering")["email"]))}
    assert {"withdrawal_receipt", "resumption_receipt", "new_version_receipt"} <= said


@pytest.mark.long
def test_a_dossier_is_read_over_and_submitted_with_the_keyboard_alone(newcomer: Newcomer) -> None:
    visitor = newcomer().signed_in_as("typist")
    page = visitor.go(f"/dossiers/{visitor.portal.person('typist')['number']}/rubrique/statement/")
    tab_to(page, "#id_public_summary")
    page.keyboard.type("Écrit sans souris.")
    expect(_line(page)).to_contain_text("Enregistré à", timeout=15_000)
    tab_to(page, "button:has-text('Enregistrer et continuer')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pieces/")
    tab_to(page, "main a[href$='/verifier/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verifier/")
    tab_to(page, "button:has-text('Déposer le dossier')")
    page.keyboard.press("Enter")

    see(page, "Votre dossier est déposé")
    visitor.look("déposé au clavier")


def _letters_to(email: str) -> str:
    return f"SELECT kind FROM hubs_portal_letter WHERE address = '{email}'"  # noqa: S608 - ours


def _line(page: Page) -> Locator:
    return page.locator("[data-autosave-status]")


def _writes(visitor: Visitor, field: str, words: str) -> None:
    """Type, and wait until it is saved."""
    visitor.page.locator(field).fill(words)
    expect(_line(visitor.page)).to_contain_text("Enregistré à", timeout=15_000)
