"""Two people press « Déposer » with a minute and a second between them; one presses twice; one goes back."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Newcomer
from tests.journeys.portal import Portal
from tests.journeys.visitor import see

pytestmark = pytest.mark.journey

_NEARLY = datetime(2018, 11, 30, 15, 59, 10, tzinfo=UTC)  # 16:59:10 in Paris
_TOO_LATE = datetime(2018, 11, 30, 16, 0, 0, 1000, tzinfo=UTC)


def test_whoever_presses_at_seventeen_hours_is_refused_and_nothing_moves(newcomer: Newcomer, embedded: Portal) -> None:
    number = embedded.person("late")["number"]
    visitor = newcomer().signed_in_as("late")
    embedded.set_clock(_NEARLY)
    page = visitor.go(f"/dossiers/{number}/verifier/")
    visitor.look("la dernière minute")
    before = embedded.candidacy_rows()

    embedded.set_clock(_TOO_LATE)
    with visitor.expecting("409"):
        page.get_by_role("button", name="Déposer le dossier").click()
        see(page, "Ce dépôt est arrivé après la clôture")
    see(page, "17 h 00 min 0")
    see(page, "Aucune version n’a été déposée avant la clôture.")
    see(page, "01 99 00 20 18")

    assert embedded.candidacy_rows() == before
    (author,) = embedded.rows_of(number, "applications_lateattempt", "author")
    assert embedded.person("late")["email"] in author
    visitor.look("trop tard")
    visitor.go(f"/dossiers/{number}/verifier/")
    expect(page.get_by_role("button", name="Déposer")).to_have_count(0)
    see(page, "Ce dossier ne peut plus être déposé.")
    visitor.look("vérifier, clos")


def test_a_double_click_submits_once_and_the_back_button_does_not_submit_again(
    newcomer: Newcomer, embedded: Portal
) -> None:
    number = embedded.person("hurried")["number"]
    visitor = newcomer().signed_in_as("hurried")
    page = visitor.go(f"/dossiers/{number}/verifier/")

    page.get_by_role("button", name="Déposer le dossier").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre dossier est déposé")
    page.go_back()
    again = page.get_by_role("button", name="Déposer le dossier")
    if again.count():  # the browser may show the page as it was: pressing leads to the same receipt
        expect(again).to_be_enabled()
        again.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Votre dossier est déposé")
    else:
        see(page, "Ce dossier est déposé, tel quel : c’est la version 1.")
    visitor.look("après le retour")

    assert embedded.rows_of(number, "applications_submission", "version") == [1]
