"""What goes wrong at a candidate's desk: no script, two tabs, a session lost, a line cut, a file damaged."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.builders import a_siret
from tests.journeys import candidate
from tests.journeys.conftest import Newcomer
from tests.journeys.visitor import Visitor, see, tab_to

pytestmark = pytest.mark.journey

_MINE = "Ce que j’ai écrit moi-même, longuement, et que je ne veux pas perdre. " * 3
_THEIRS = "Ce qu’une collègue a écrit pendant ce temps."


def test_everything_works_without_scripts(newcomer: Newcomer, documents: dict[str, list[Path]]) -> None:
    visitor = newcomer(java_script_enabled=False)
    page = visitor.go("/appels/hubs-france-connectee/signaler/")
    number = candidate.signal(visitor, "sans-script@essai.invalid", siret=a_siret(7002), name="Sans Script")

    visitor.go(f"/dossiers/{number}/rubrique/project/")
    page.locator("#id_project_title").fill("Un hub sans script")
    page.locator("#id_project_summary").fill(_MINE)
    candidate.save_and_continue(page)
    visitor.go(f"/dossiers/{number}/rubrique/project/")
    expect(page.locator("#id_project_summary")).to_have_value(_MINE.strip())

    (statutes,) = documents["statutes"]
    visitor.go(f"/dossiers/{number}/pieces/")
    candidate.join_file(page, "statutes", statutes)
    see(page, f"« {statutes.name} » est enregistré.")


def test_a_file_posted_whole_and_spoiled_on_its_way_is_refused_and_stays_chosen_when_the_fault_is_ours(
    newcomer: Newcomer, documents: dict[str, list[Path]]
) -> None:
    visitor = newcomer().signed_in_as("torn")
    (paper,) = documents["statutes"]
    with visitor.expecting("422", "503", "net::ERR_"):
        # What sends in parts never loads: the form is posted whole, with its fingerprint.
        visitor.page.route("**/build/uploads.*", lambda route: route.abort())
        page = visitor.go(f"/dossiers/{visitor.portal.person('torn')['number']}/pieces/")
        row = page.locator("#piece-mandate")
        _spoil(page, "new File([file.slice(0, file.size - 4), 'abcd'], file.name)")
        _send(page, "mandate", paper)
        expect(row.locator(".notice--error")).to_contain_text("coupé ou modifié pendant l’envoi")
        expect(row.locator(".files")).to_have_count(0)
        visitor.look("fichier altéré")

        page.reload()
        page.route("**/joindre/", lambda route: route.fulfill(status=503), times=1)
        _send(page, "mandate", paper)
        expect(row.locator(".upload-line")).to_contain_text("n’a pas pu enregistrer ce fichier")
        visitor.look("fichier que le portail n’a pas gardé")
        page.route("**/joindre/", lambda route: route.abort(), times=1)
        _send(page, "mandate")
        expect(row.locator(".upload-line")).to_contain_text("L’envoi a été interrompu.")
        _send(page, "mandate")
        expect(row.locator(".files .file")).to_have_count(1)
    see(page, f"« {paper.name} » est enregistré.")


def test_a_section_saved_in_another_tab_is_shown_beside_what_is_typed_here(newcomer: Newcomer) -> None:
    visitor = newcomer().signed_in_as("torn")
    address = f"/dossiers/{visitor.portal.person('torn')['number']}/rubrique/project/"
    mine = visitor.go(address)
    other = visitor.go(address, visitor.new_page())
    other.locator("#id_summary").fill(_THEIRS)
    _saved(other)

    mine.bring_to_front()
    with visitor.expecting("409"):
        mine.locator("#id_summary").fill(_MINE)
        expect(_line(mine)).to_contain_text("rien ne sera perdu")
        mine.get_by_role("button", name="Enregistrer", exact=True).click()
        see(mine, "Version enregistrée")
    see(mine, _THEIRS)
    expect(mine.locator("#id_summary")).to_have_value(re.compile(_MINE.strip()))
    visitor.look("les deux textes", mine)
    mine.get_by_role("button", name="Enregistrer", exact=True).click()
    see(mine, "est enregistrée.")
    expect(mine.locator("#id_summary")).to_have_value(re.compile(_MINE.strip()))


def test_a_session_lost_while_typing_loses_no_text(newcomer: Newcomer) -> None:
    visitor = newcomer().signed_in_as("forgetful")
    person = visitor.portal.person("forgetful")
    page = visitor.go(f"/dossiers/{person['number']}/rubrique/project/")
    with visitor.expecting("401"):
        visitor.context.clear_cookies(name="sessionid")
        page.locator("#id_summary").fill(_MINE)
        expect(_line(page)).to_contain_text("Non enregistré")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        see(page, "Votre session a pris fin")
        expect(page.locator("textarea")).to_have_value(_MINE)
        visitor.look("session perdue")

    with visitor.context.expect_page() as opened:
        page.get_by_role("link", name="Se connecter (nouvel onglet)").click()
    visitor.look("se connecter", opened.value)
    candidate.sign_in(opened.value, person["email"], visitor.portal.prepared["password"])
    see(opened.value, "Mon espace")
    page.bring_to_front()
    page.get_by_role("button", name="Envoyer de nouveau").click()
    see(page, "est enregistrée.")
    expect(page.locator("#id_summary")).to_have_value(_MINE.strip())


def test_what_is_typed_while_the_line_is_cut_is_saved_when_it_comes_back(newcomer: Newcomer) -> None:
    visitor = newcomer().signed_in_as("travelling")
    page = visitor.go(f"/dossiers/{visitor.portal.person('travelling')['number']}/rubrique/project/")
    with visitor.expecting("net::ERR_", "htmx:"):
        visitor.context.set_offline(True)
        page.locator("#id_summary").fill(_MINE)
        expect(_line(page)).to_have_text("Non enregistré – nouvelle tentative…")
        visitor.look("hors ligne")
        visitor.context.set_offline(False)
        _saved(page)
    page.reload()
    expect(page.locator("#id_summary")).to_have_value(_MINE.strip())


def test_a_colleague_joins_by_the_link_of_a_letter_and_writes(newcomer: Newcomer) -> None:
    contact = newcomer().signed_in_as("sociable")
    number = contact.portal.person("sociable")["number"]
    page = contact.go(f"/dossiers/{number}/equipe/")
    contact.look("équipe")
    page.get_by_label("Nom").first.fill("Claude Collègue")
    page.get_by_label("Adresse électronique").fill("claude@essai.invalid")
    page.get_by_label(re.compile("modifier", re.IGNORECASE)).first.check()
    page.get_by_role("button", name="Envoyer l’invitation").click()
    see(page, "Un courriel part à claude@essai.invalid")

    colleague = newcomer()
    _opens_an_account(colleague, _link_received(colleague, "claude@essai.invalid"))
    see(colleague.page, f"Votre compte est rattaché au dossier {number}.")
    colleague.look("rattaché")
    colleague.go(f"/dossiers/{number}/rubrique/project/")
    colleague.page.locator("#id_title").fill("Le titre de Claude")
    _saved(colleague.page)

    contact.go(f"/dossiers/{number}/rubrique/project/")
    expect(page.locator("#id_title")).to_have_value("Le titre de Claude")
    see(page, "Claude Collègue")
    contact.look("écrit par une collègue")


def test_a_candidacy_is_signalled_with_the_keyboard_alone(newcomer: Newcomer) -> None:
    visitor = newcomer()
    page = visitor.go("/appels/hubs-france-connectee/signaler/")
    typed = {
        "#id_siret": a_siret(7003), "#id_name": "Au Clavier", "#id_legal_form": "Ass", "#id_rna": "W751234568",
        "#id_contact_name": "Dominique Clavier", "#id_contact_email": "clavier@essai.invalid",
        "#id_contact_phone": "0199002018",
    }  # fmt: skip
    for selector, text in typed.items():
        tab_to(page, selector)
        page.keyboard.type(text)
    expect(page.locator("#id_legal_form")).to_have_value("association")
    tab_to(page, "summary:has-text('Auvergne-Rhône-Alpes')")
    page.keyboard.press("Enter")
    tab_to(page, "#territory-01")
    page.keyboard.press("Space")
    visitor.look("au clavier")
    tab_to(page, "button:has-text('Signaler ma candidature')")
    page.keyboard.press("Enter")

    see(page, "Votre candidature est signalée")


def _line(page: Page) -> Locator:
    return page.locator("[data-autosave-status]")


def _saved(page: Page) -> None:
    expect(_line(page)).to_contain_text("Enregistré à", timeout=15_000)


def _send(page: Page, code: str, *files: Path) -> None:
    """What is chosen in its row, or was already."""
    row = page.locator(f"#piece-{code}")
    if files:
        row.locator("input[type=file]").set_input_files(files)
    row.locator("form:has(input[type=file]) button").click()


def _spoil(page: Page, javascript: str) -> None:
    """Alter what this page sends once its fingerprint was computed, as a bad line would."""
    page.evaluate(
        "() => { const send = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function (data) {"
        " if (data instanceof FormData && data.has('file')) { const file = data.get('file');"
        f" data.set('file', {javascript}); }} return send.call(this, data); }}; }}"
    )


def _link_received(visitor: Visitor, email: str) -> str:
    page = visitor.go(f"/repetition/boite/?q={quote(email)}")
    page.locator("table a").first.click()
    visitor.look("lettre d’invitation")
    return page.get_by_role("link", name="/rejoindre/").first.get_attribute("href") or ""


def _opens_an_account(visitor: Visitor, link: str) -> None:
    page = visitor.page
    page.goto(link)
    visitor.look("rejoindre")
    page.locator("#id_password").fill("une longue phrase de passe")
    page.get_by_role("button", name="Ouvrir mon compte").click()
