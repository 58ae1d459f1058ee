"""Files read in place: by an officer beside the checklist, by a juror on a phone, and when something is wrong."""

import re

import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect

from tests.journeys.conftest import Newcomer
from tests.journeys.visitor import Visitor, see

pytestmark = pytest.mark.journey
_DRAWN = ".reader__page[data-drawn]"


def _desk(officer: Visitor) -> Page:
    ((pk,),) = officer.portal.rows(
        f"SELECT id FROM applications_candidacy WHERE number = '{_number(officer)}'"  # noqa: S608 - ours
    )
    return officer.go(f"/admin/applications/candidacy/{pk}/change/")


def _number(visitor: Visitor) -> str:
    return visitor.portal.person("reading juror")["number"]


def _file(page: Page, name: str) -> Locator:
    return page.locator("a[data-read]", has_text=name).last


def _ink(page: Page) -> float:
    """Which part of the first page drawn is dark."""
    share: float = page.locator(f"{_DRAWN} canvas").first.evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let dark = 0;
          for (let at = 0; at < data.length; at += 4) if (data[at] < 128) dark += 1;
          return dark / (data.length / 4);
        }"""
    )
    return share


def test_an_officer_reads_a_file_beside_the_checklist_and_loses_nothing_typed_there(newcomer: Newcomer) -> None:
    officer = newcomer().signed_in_as("reading officer")
    page = _desk(officer)
    see(page, "Illisible : un mot de passe le protège")
    assert "build/pdf." not in str(officer.diary.views), "the library comes when a file is opened, not before"
    page.evaluate("window.typed = 'À vérifier avec la collègue'")
    officer.look("les pièces, avant d’en ouvrir une")

    page.set_viewport_size({"width": 1280, "height": 900})
    _file(page, "Rapport long.pdf").click()

    expect(page.locator(_DRAWN).first).to_be_visible()
    expect(page.locator("#reader-name")).to_be_focused()
    expect(page.locator("[data-reader-total]")).to_have_text("sur 30")
    expect(page.locator(".textLayer").first).to_contain_text("Rapport d'activite")
    words = page.locator(".textLayer span", has_text="Rapport").first
    words.dblclick()
    assert page.evaluate("getSelection().toString().trim()") != ""
    officer.look("une pièce ouverte à côté des contrôles")

    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("[data-reader-pages]").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-reader]")).to_have_count(0)
    assert page.evaluate("window.typed") == "À vérifier avec la collègue", "the page is the one it was"
    expect(_file(page, "Rapport long.pdf")).to_be_focused()


def test_pages_are_turned_and_enlarged_with_the_keyboard_and_let_go_when_far(newcomer: Newcomer) -> None:
    page = _desk(newcomer().signed_in_as("reading officer"))
    _file(page, "Rapport long.pdf").click()
    expect(page.locator(_DRAWN).first).to_be_visible()
    field, pages = page.locator("[data-reader-page]"), page.locator("[data-reader-pages]")
    pages.focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowRight")
    expect(field).to_have_value("3")
    field.fill("27")
    page.keyboard.press("Enter")
    expect(page.locator("[data-page='27'][data-drawn]")).to_be_visible()
    expect(page.locator("[data-reader-status]")).to_have_text("Page 27 sur 30")
    page.get_by_role("button", name="Agrandir").click()
    expect(field).to_have_value("27")
    pages.focus()
    page.keyboard.press("Home")
    expect(field).to_have_value("1")
    expect(page.locator("[data-page='27'][data-drawn]")).to_have_count(0)
    assert page.locator(_DRAWN).count() <= 4, "what is far is let go"


def test_each_kind_of_file_is_drawn_or_said_not_to_be(newcomer: Newcomer) -> None:
    juror = newcomer().signed_in_as("reading juror")
    page = juror.go(f"/jury/dossiers/{_number(juror)}/")
    for name in ("Statuts faxés.pdf", "Statuts numérisés.pdf", "Photo du lieu.pdf", "Sans police.pdf"):
        page.set_viewport_size({"width": 1280, "height": 900})
        _file(page, name).click()
        expect(page.locator("#reader-name")).to_have_text(name)
        expect(page.locator(_DRAWN).first).to_be_visible()
        assert 0.001 < _ink(page) < 0.5, name
        if name.startswith("Sans"):
            expect(page.locator(".textLayer")).to_contain_text("日本語の文書")
        page.go_back()

    for name, said in (
        ("Fermé à clé.pdf", "Un mot de passe protège ce fichier"),
        ("Abîmé.pdf", "Ce fichier ne s’affiche pas"),
        ("Budget.docx", "Ce fichier se lit dans un logiciel de bureautique"),
    ):
        page.set_viewport_size({"width": 1280, "height": 900})
        _file(page, name).click()
        see(page, said)
        juror.look(name)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_role("link", name="Revenir au dossier").click()
        expect(page.locator("[data-reader]")).to_have_count(0)

    _file(page, "Carte.png").click()
    picture = page.locator(".reader__picture")
    expect(picture).to_be_visible()
    before = picture.evaluate("element => element.clientWidth")
    page.get_by_role("button", name="Agrandir").click()
    assert picture.evaluate("element => element.clientWidth") > before


def test_a_juror_on_a_phone_reads_the_first_page_of_a_heavy_file_for_little(newcomer: Newcomer) -> None:
    juror = newcomer(has_touch=True, is_mobile=True, device_scale_factor=2).signed_in_as("reading juror")
    page = juror.go(f"/jury/dossiers/{_number(juror)}/")
    page.set_viewport_size({"width": 390, "height": 844})
    received: list[int] = []

    def weigh(answer: Response) -> None:
        if "afficher" in answer.url:
            received.append(int(answer.headers.get("content-length", "0")))

    page.on("response", weigh)

    _file(page, "Très gros rapport.pdf").click()

    page.wait_for_url(re.compile("/lire/$"))
    expect(page.locator("[data-page='1'][data-drawn]")).to_be_visible()
    assert sum(received) < 2_000_000, f"{sum(received)} bytes of 25 MB before the first page"
    canvas = page.locator("[data-page='1'] canvas")
    assert canvas.evaluate("element => element.width * element.height") <= 16_000_000
    juror.look("un gros rapport sur un téléphone")
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.querySelector(\"[data-page='40']\").scrollIntoView()")
    expect(page.locator("[data-page='40'][data-drawn]")).to_be_visible()
    expect(page.locator("[data-reader-page]")).to_have_value("40")
    assert page.locator(_DRAWN).count() <= 5
    page.get_by_role("link", name="Revenir au dossier").click()
    page.wait_for_url(re.compile("/jury/dossiers/[^/]+/#pieces$"))


def test_a_line_that_drops_is_waited_for_and_a_right_that_goes_is_said(newcomer: Newcomer) -> None:
    juror = newcomer().signed_in_as("reading juror")
    page = juror.go(f"/jury/dossiers/{_number(juror)}/")
    page.set_viewport_size({"width": 1280, "height": 900})

    def cut(route: Route) -> None:
        route.abort()

    _file(page, "Très gros rapport.pdf").click()
    expect(page.locator("[data-page='1'][data-drawn]")).to_be_visible()
    page.route("**/*afficher*", cut)
    with juror.expecting("ERR_FAILED"):
        page.locator("[data-reader-page]").fill("50")
        page.keyboard.press("Enter")
        see(page, "La connexion est perdue.")
        juror.look("la connexion est perdue")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.unroute("**/*afficher*", cut)
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator("[data-page='50'][data-drawn]")).to_be_visible(timeout=30_000)
    expect(page.locator(".reader__word--now")).to_have_count(0)

    juror.context.clear_cookies()
    page.locator("[data-reader-page]").fill("20")
    page.keyboard.press("Enter")
    see(page, "Ce fichier ne vous est plus ouvert.")


def test_without_scripts_a_file_is_taken_from_its_page(newcomer: Newcomer) -> None:
    juror = newcomer(java_script_enabled=False).signed_in_as("reading juror")
    page = juror.go(f"/jury/dossiers/{_number(juror)}/")

    _file(page, "Rapport long.pdf").click()

    see(page, "téléchargez le fichier pour le lire")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Télécharger").first.click()
    assert taken.value.suggested_filename == "Rapport long.pdf"


def test_a_candidate_opens_what_the_jury_will_see(newcomer: Newcomer) -> None:
    candidate = newcomer().signed_in_as("read")
    page = candidate.go(f"/dossiers/{_number(candidate)}/depots/1/")

    page.get_by_role("link", name="Rapport long.pdf", exact=True).click()

    see(page, "Ce que le jury verra")
    expect(page.locator(_DRAWN).first).to_be_visible()
    candidate.look("ce que le jury verra")
