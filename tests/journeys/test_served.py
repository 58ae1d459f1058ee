"""The same procedure on the parts that serve it: PostgreSQL, Redis, gunicorn, workers of their own."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders import a_siret
from tests.journeys import candidate
from tests.journeys.conftest import Newcomer
from tests.journeys.portal import Portal
from tests.journeys.procedure import Procedure
from tests.journeys.visitor import see

pytestmark = [pytest.mark.journey, pytest.mark.served]

_EMAIL = "camille@servie.invalid"
_LAST_MINUTE = datetime(2018, 11, 30, 15, 59, 30, tzinfo=UTC)


def test_the_served_portal_takes_a_candidacy_from_its_signalling_to_its_receipt(
    served_newcomer: Newcomer, served: Portal, documents: dict[str, list[Path]]
) -> None:
    visitor = served_newcomer()
    page = visitor.go(f"/appels/{served.prepared['small']}/signaler/")
    number = candidate.signal(visitor, _EMAIL, siret=a_siret(7004), name="Association servie", territories=("01", "03"))
    visitor.go(f"/dossiers/{number}/rubrique/organisation/")
    for section in candidate.SECTIONS:
        page.wait_for_url(f"**/rubrique/{section}/")
        candidate.write_section(page, section)
        candidate.save_and_continue(page)
    for code, paper in (("mandate", "bank_details"), ("letters", "accounts_3y"), ("accounts", "state_aid_declaration")):
        candidate.join_file(page, code, documents[paper][-1])
    expect(page.locator(".file .state--done")).to_have_count(3, timeout=30_000)

    served.set_clock(_LAST_MINUTE)
    visitor.go(f"/dossiers/{number}/verifier/")
    page.get_by_role("button", name="Déposer le dossier (version 1)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre dossier est déposé")
    expect(page.locator(".panel--filed")).to_contain_text(re.compile(r"16\sh\s59\smin\s3\d"))

    visitor.go(f"/dossiers/{number}/messages/")
    letter = page.get_by_role("listitem").filter(has_text="accusé de réception")
    for _ in range(40):  # the worker lays the receipt out, then sends it
        if letter.get_by_text("Envoyé", exact=True).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    letter.get_by_role("link").first.click()
    see(page, "1 pièce jointe")


def test_the_served_portal_refuses_what_arrives_at_seventeen_hours(served_newcomer: Newcomer, served: Portal) -> None:
    number = served.person("late")["number"]
    visitor = served_newcomer().signed_in_as("late")
    page = visitor.go(f"/dossiers/{number}/verifier/")
    before = served.candidacy_rows()

    served.set_clock(datetime(2018, 11, 30, 16, 0, 0, 1000, tzinfo=UTC))
    with visitor.expecting("409"):
        page.get_by_role("button", name="Déposer le dossier").click()
        see(page, "Ce dépôt est arrivé après la clôture")

    assert served.candidacy_rows() == before


@pytest.mark.long
def test_the_served_portal_takes_a_dossier_from_its_screening_to_the_published_results(
    served_newcomer: Newcomer, served: Portal
) -> None:
    procedure = Procedure(served, served_newcomer, lambda _visitor, _step: None)

    procedure.play()

    assert served.rows_of(procedure.number, "applications_award", "outcome") == ["awarded"]
    for _ in range(60):  # the worker sends what the release wrote
        waiting = served.rows("SELECT count(*) FROM hubs_portal_letter WHERE kind = 'result' AND state <> 'sent'")
        if waiting == [(0,)]:
            break
        procedure.as_("candidate").page.wait_for_timeout(500)
    assert waiting == [(0,)]
