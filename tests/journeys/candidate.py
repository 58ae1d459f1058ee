"""What a candidate does on each page, as their hands would."""

from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.builders import a_siret
from tests.journeys.visitor import Visitor

PROSE = (
    "Nous réunissons depuis trois ans les médiathèques, les centres sociaux et les maisons de services au public.\n\n"
    "Le hub leur donne une équipe commune : recensement, formation, recherche de financements. "
    "Chaque territoire garde sa gouvernance ; une convention fixe qui décide et qui rend compte."
)
SECTIONS = ("organisation", "project", "territories", "missions", "consortium", "budget", "calendar", "statement")
PARTNERS = (
    {"name": "Conseil départemental de l’Ain", "family": "public", "siret": a_siret(8001), "role": "Pilotage."},
    {"name": "Société coopérative Numérique", "family": "private", "siret": a_siret(8002), "role": "Formation."},
    {"name": "Fédération des centres sociaux", "family": "associative", "siret": "", "role": "Réseau des aidants."},
)
EXPENSES = (
    {"category": "staff", "label": "Coordination, 2 postes", "amount": "312 500,50"},
    {"category": "travel", "label": "Déplacements", "amount": "37 499,50"},
)
RESOURCES = (
    {"kind": "requested", "funder": "", "amount": "250 000"},
    {"kind": "european", "funder": "FEDER", "amount": "100.000,00 €"},
)
MILESTONES = ({"label": "Recrutement", "due_on": "1/3/2019", "result": "Trois personnes."},)
INDICATORS = ({"label": "Aidants formés", "baseline": "0", "target": "200", "method": "Émargement"},)


def signal(visitor: Visitor, email: str, *, siret: str, name: str, territories: tuple[str, ...] = ()) -> str:
    """Fill in the form of signalling that is on the screen and send it; returns the number received."""
    page = visitor.page
    page.get_by_label("Numéro SIRET de la structure").fill(siret)
    page.get_by_label("Nom de la structure").fill(name)
    page.get_by_label("Forme juridique").select_option("association")
    page.get_by_label("Numéro RNA, pour une association").fill("W751234567")
    page.get_by_label("Prénom et nom").fill("Camille Essai")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Téléphone", exact=False).first.fill("01 99 00 20 18")
    for code in territories:
        box = page.locator(f"#territory-{code}")
        unfold(page, f"#territory-{code}")
        box.check()
    page.get_by_role("button", name="Signaler ma candidature").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre candidature est signalée")
    return page.locator(".panel__reference strong").inner_text()


def unfold(page: Page, selector: str) -> None:
    """Open the folded lists that hide something, from the outside in."""
    around = page.locator(selector).locator("xpath=ancestor::details[not(@open)]/summary")
    for _ in range(around.count()):
        around.first.click()


def write_section(page: Page, section: str) -> None:
    """Answer everything the section on the screen asks."""
    {"organisation": _organisation, "territories": _territories, "statement": _statement}.get(section, _tables)(page)
    answer_all(page)


def answer_all(page: Page) -> None:
    """A few lines in each text that is still empty."""
    for box in page.locator("form[data-autosave] textarea:visible").all():
        if not box.input_value():
            box.fill(PROSE)
    for box in page.locator("form[data-autosave] > .mb-3 > input[type=text]:visible").all():
        if not box.input_value() and not (box.get_attribute("id") or "").startswith(
            ("id_registry", "id_website", "id_iban")
        ):
            box.fill("Un hub pour deux départements")


def _organisation(page: Page) -> None:
    said = {
        "address": "3, place de l’Exemple",
        "postcode": "01000",
        "city": "Bourg-en-Bresse",
        "phone": "01 99 00 20 18",
        "website": "www.exemple.fr",
        "representative_name": "Alix Représentant",
        "representative_title": "présidente",
        "representative_email": "presidence@exemple.invalid",
    }
    for name, text in said.items():
        page.locator(f"#id_{name}").fill(text)


def _territories(page: Page) -> None:
    for code in ("01", "03"):
        unfold(page, f"#id_territories_{code}")
        page.locator(f"#id_territories_{code}").check()
    expect(page.locator("#territoire-01")).to_be_visible()
    expect(page.locator("#territoire-03")).to_be_visible()


def _tables(page: Page) -> None:
    rows = {
        "partners": PARTNERS, "expenses": EXPENSES, "resources": RESOURCES,
        "milestones": MILESTONES, "indicators": INDICATORS,
    }  # fmt: skip
    for prefix, lines in rows.items():
        if page.locator(f"[data-formset={prefix}]").count():
            for n, line in enumerate(lines):
                _row(page, prefix, n, line)


def _row(page: Page, prefix: str, n: int, line: Mapping[str, str]) -> None:
    table = page.locator(f"[data-formset={prefix}]")
    if not table.locator(f"[name={prefix}-{n}-label], [name={prefix}-{n}-name]").count():
        table.locator("[data-formset-add]").click()
    for name, text in line.items():
        field = table.locator(f"[name={prefix}-{n}-{name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)


def _statement(page: Page) -> None:
    page.locator("#id_signatory_name").fill("Alix Représentant")
    page.locator("#id_signatory_title").fill("présidente")
    for name in ("states_accuracy", "states_obligations", "publication_consent"):
        page.locator(f"#id_{name}").check()


def save_and_continue(page: Page) -> None:
    """Press the button; the page that follows is another one."""
    before = page.url
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_url(lambda url: url != before)


def join_file(page: Page, code: str, file: Path) -> None:
    """Choose the file in its row and send it; its name is then in the row."""
    row = page.locator(f"#piece-{code}")
    chooser = row.locator("input[type=file]")
    if not chooser.is_visible():
        row.locator("details:has(input[type=file]) > summary").first.click()
    chooser.set_input_files(file)
    row.locator("form:has(input[type=file]) button").click()
    expect(row.locator(".files .file > p a").last).to_be_visible()
    expect(row).to_contain_text(file.name, timeout=40_000)


def sign_in(page: Page, email: str, password: str) -> None:
    """Fill in the page of connection."""
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(password)
    page.locator("main form button[type=submit]").click()
