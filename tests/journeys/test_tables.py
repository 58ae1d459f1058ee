"""The two pages of a dossier one fills with more than words: territories on a map, money from a spreadsheet."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Newcomer
from tests.journeys.visitor import see

pytestmark = pytest.mark.journey

_SHEET = (
    "Budget du hub\t\t\n\nPoste de dépense\tIntitulé\tMontant TTC\n"
    "Personnel\tChef de projet\t45\u202f000,10 €\n"
    'RH\t"Formateurs\nitinérants"\t12\u00a0500,2\n'
    "Total\t\t57 500,30\n"
)
_PASTE = """([selector, text]) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const cell = document.querySelector(selector);
    cell.focus();
    cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def test_territories_are_found_pointed_at_and_described(newcomer: Newcomer) -> None:
    visitor = newcomer().signed_in_as("counting")
    page = visitor.go(f"/dossiers/{visitor.portal.person('counting')['number']}/rubrique/territories/")
    chosen = page.locator("[data-chosen-words]")

    page.locator("#places-search").fill("ardec")
    expect(page.locator("[data-places-found]")).to_have_text("1 territoire trouvé.")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(chosen).to_have_text(re.compile(r"^1 département, \d{3}\s\d{3} habitants$"))
    page.locator("#places-search").fill("")

    page.locator('[data-place="01"]').focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-place="74"]')).to_be_focused()
    expect(page.locator("[data-map-name]")).to_contain_text("Haute-Savoie (74)")
    page.keyboard.press("Space")
    expect(page.locator("#id_territories_74")).to_be_checked()
    page.locator('[data-place="974"]').click()
    expect(chosen).to_have_text("3 départements, 2,1 millions d’habitants")
    expect(page.locator("#territoire-974")).to_be_visible()

    needs = page.locator("#id_needs-74")
    needs.click()
    page.keyboard.type("Des besoins")
    page.evaluate("document.querySelector('#id_territories_01').click()")
    page.keyboard.type(" que rien n’efface")
    expect(page.locator("#territoire-01")).to_be_visible()
    expect(needs).to_have_value("Des besoins que rien n’efface")
    _saved(page)
    page.get_by_role("button", name="Retirer Ain").click()
    expect(page.locator("#id_territories_01")).not_to_be_checked()
    expect(page.locator("#territoire-01")).to_have_count(0)
    visitor.look("territoires")


def test_a_budget_is_pasted_adds_up_and_is_put_back(newcomer: Newcomer) -> None:
    visitor = newcomer().signed_in_as("counting")
    page = visitor.go(f"/dossiers/{visitor.portal.person('counting')['number']}/rubrique/budget/")
    cost, gap = page.locator('[data-sum="cost"]'), page.locator('[data-sum="gap"]')

    with visitor.expecting("422"):
        page.evaluate(_PASTE, ['[name="expenses-0-category"]', _SHEET])
        see(page, "2 lignes lues, pour 57 500,30 € en tout.")
        see(page, "Nature à choisir, le mot n’étant pas reconnu : ligne 2 (« RH »).")
        expect(cost).to_have_text("57\u00a0500,30\u00a0€")
        expect(gap).to_contain_text("il manque")
        expect(page.locator("[data-autosave-status]")).to_contain_text("Choisissez la nature de la dépense")
    visitor.look("collé")
    page.get_by_role("button", name="Annuler ce collage").click()
    expect(cost).to_have_text("0\u00a0€")
    expect(page.locator("#id_expenses-text")).to_have_value(re.compile("^Budget du hub"))

    page.locator("#id_expenses-text").fill(_SHEET.replace("RH", "Prestations"))
    page.get_by_role("button", name="Ajouter ces lignes").first.click()
    expect(page.locator('[name="expenses-1-label"]')).to_have_value("Formateurs itinérants")
    page.evaluate(_PASTE, ['[name="resources-0-kind"]', "Subvention demandée\t\t\t46 000,30\nFEDER\t\tacquis\t11 500"])
    expect(gap).to_have_text("écart\u00a0: 0\u00a0€")
    # Three times a tenth: a sum that floats get wrong.
    page.evaluate(_PASTE, ['[name="expenses-0-amount"]', "0,1\n0,2"])
    expect(cost).to_have_text("0,30\u00a0€")
    page.locator('[data-pasted="expenses"]').get_by_role("button", name="Annuler ce collage").click()
    expect(gap).to_have_text("écart\u00a0: 0\u00a0€")
    _saved(page)
    page.reload()
    expect(cost).to_have_text("57\u00a0500,30\u00a0€")
    expect(page.locator('[name="resources-1-funder"]')).to_have_value("FEDER")
    visitor.look("équilibré")


def _saved(page: Page) -> None:
    """The last change is saved."""
    page.evaluate("document.querySelector('form[data-autosave]').dispatchEvent(new Event('change', {bubbles: true}))")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Enregistré à")
    page.wait_for_load_state("networkidle")
