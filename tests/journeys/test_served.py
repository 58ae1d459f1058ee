"""The same procedure on the parts that serve it: nginx, gunicorn, workers, PostgreSQL, Redis, a bucket."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from hubs_portal.uploads.models import PART
from tests.builders import CLOSES, a_siret, odd_pdfs
from tests.journeys import candidate
from tests.journeys.conftest import Newcomer
from tests.journeys.portal import Portal
from tests.journeys.procedure import Procedure
from tests.journeys.visitor import Visitor, see, sent_under

pytestmark = [pytest.mark.journey, pytest.mark.served]

_EMAIL = "camille@servie.invalid"
_LAST_MINUTE = datetime(2018, 11, 30, 15, 59, 30, tzinfo=UTC)
_DRAWN = ".reader__page[data-drawn]"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report of 12 MB: three parts."""
    file = tmp_path / "Rapport annuel.pdf"
    file.write_bytes(odd_pdfs.a_heavy_report(30))
    return file


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


def test_the_served_portal_takes_a_candidacy_from_its_signalling_to_those_who_read_it(
    served_newcomer: Newcomer, served: Portal, documents: dict[str, list[Path]], report: Path
) -> None:
    visitor = served_newcomer()
    page = visitor.go(f"/appels/{served.prepared['small']}/signaler/")
    number = candidate.signal(visitor, _EMAIL, siret=a_siret(7004), name="Association servie", territories=("01", "03"))
    visitor.go(f"/dossiers/{number}/rubrique/organisation/")
    for section in candidate.SECTIONS:
        page.wait_for_url(f"**/rubrique/{section}/")
        candidate.write_section(page, section)
        candidate.save_and_continue(page)
    sent = sent_under(page, "/portal/incoming/")
    papers = {"mandate": documents["bank_details"][-1], "letters": documents["accounts_3y"][-1], "accounts": report}
    for code, paper in papers.items():
        candidate.join_file(page, code, paper)
    expect(page.locator(".file .state--done")).to_have_count(3, timeout=30_000)
    assert len(sent) == sum(-(-paper.stat().st_size // PART) for paper in papers.values())

    served.set_clock(_LAST_MINUTE)
    visitor.go(f"/dossiers/{number}/verifier/")
    page.get_by_role("button", name="Déposer le dossier (version 1)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre dossier est déposé")
    expect(page.locator(".panel--filed")).to_contain_text(re.compile(r"16\sh\s59\smin\s3\d"))
    assert report.read_bytes() in _in_the_archive(page)

    _the_receipt_leaves(visitor, number)
    served.set_clock(CLOSES + timedelta(seconds=5))
    _an_officer_reads(served_newcomer().signed_in_as("examiner"), number, report)
    _a_juror_reads(served_newcomer().signed_in_as("reading juror"))


def _in_the_archive(page: Page) -> list[bytes]:
    """What the candidate takes away of the version just submitted."""
    with page.expect_download() as download:
        page.locator("a[href$='/dossier.zip']").first.click()
    with ZipFile(download.value.path()) as archive:
        return [archive.read(name) for name in archive.namelist()]


def _the_receipt_leaves(visitor: Visitor, number: str) -> None:
    page = visitor.go(f"/dossiers/{number}/messages/")
    letter = page.get_by_role("listitem").filter(has_text="accusé de réception")
    for _ in range(40):  # the worker lays the receipt out, then sends it
        if letter.get_by_text("Envoyé", exact=True).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    letter.get_by_role("link").first.click()
    see(page, "1 pièce jointe")


def _an_officer_reads(officer: Visitor, number: str, report: Path) -> None:
    """In place, then as a file: nginx gives the bytes, once the portal has said that they may."""
    ((pk,),) = officer.portal.rows(f"SELECT id FROM applications_candidacy WHERE number = '{number}'")  # noqa: S608
    page = officer.go(f"/admin/applications/candidacy/{pk}/change/")
    page.locator("a[data-read]", has_text=report.name).first.click()
    expect(page.locator(_DRAWN).first).to_be_visible()
    expect(page.locator(".textLayer").first).to_contain_text("Page 1 du rapport")
    with page.expect_download() as download:
        page.locator("[data-reader]").get_by_role("link", name="Télécharger").first.click()
    assert (download.value.suggested_filename, download.value.path().read_bytes()) == (report.name, report.read_bytes())


def _a_juror_reads(juror: Visitor) -> None:
    page = juror.go(f"/jury/dossiers/{juror.portal.person('reading juror')['number']}/")
    page.locator("a[data-read]", has_text="Rapport long.pdf").last.click()
    expect(page.locator(_DRAWN).first).to_be_visible()
    expect(page.locator("[data-reader-total]")).to_have_text("sur 30")


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
