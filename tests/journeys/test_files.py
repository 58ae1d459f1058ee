"""Large files over bad lines: cut, paused, left half-way, spoiled, too late; what is said saved is, to the byte."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from hubs_portal.uploads.models import PART
from tests.builders import CLOSES, NOW, a_pdf, odd_pdfs
from tests.journeys.conftest import ARGUMENTS, Newcomer
from tests.journeys.portal import Portal
from tests.journeys.visitor import Diary, Visitor, see, sent_under

pytestmark = pytest.mark.journey

_CUT = "Connexion coupée\u00a0: l’envoi reprendra tout seul."


@pytest.fixture
def papers(tmp_path: Path) -> Iterator[list[Path]]:
    """Three scans nobody could compress: 20, 12 and 8 MB."""
    files = [tmp_path / name for name in ("Rapport d’activité 2017.pdf", "Statuts signés.pdf", "Lettre.pdf")]
    for seed, (file, size) in enumerate(zip(files, (20, 12, 8), strict=True)):
        file.write_bytes(b"%PDF-1.7\n" + random.Random(seed).randbytes(size * 1024 * 1024))
    yield files
    for file in files:
        file.unlink()


def test_twenty_megabytes_over_a_line_cut_twice_arrive_to_the_byte_and_no_part_twice(
    newcomer: Newcomer, embedded: Portal, papers: list[Path]
) -> None:
    visitor = newcomer().signed_in_as("cut off")
    page = _documents(visitor, "cut off")
    before = _arriving(embedded)
    sent = sent_under(page, "/envois/")
    row = _send(page, "mandate", papers[0])
    with visitor.expecting("net::ERR_"):
        for share in (30, 60):
            _reaches(row, share)
            visitor.context.set_offline(True)
            expect(row.locator(".sending__words")).to_have_text(_CUT)
            visitor.look(f"coupé à {share} %")
            visitor.context.set_offline(False)
            _slow(page)
            expect(row.locator(".sending__words")).to_have_text("Envoi en cours…")

        expect(row.locator(".files .file")).to_have_count(1, timeout=30_000)
    see(page, f"« {papers[0].name} » est enregistré.")
    expect(row.locator(".sending")).to_have_count(0)
    assert _kept(embedded, "cut off") == [papers[0].read_bytes()]
    # A part that had arrived before a cut is not sent again.
    assert len(sent) <= _parts_of(papers[0])
    assert _arriving(embedded) == before


def test_a_browser_closed_in_the_middle_goes_on_when_it_is_opened_again(
    embedded: Portal, browser: Browser, diary: Diary, papers: list[Path], tmp_path: Path
) -> None:
    embedded.set_clock(NOW)
    with _persistent(browser, embedded, diary, tmp_path / "profile") as visitor:
        page = _documents(visitor.signed_in_as("called away"), "called away")
        _reaches(_send(page, "mandate", papers[0]), 40)

    with _persistent(browser, embedded, diary, tmp_path / "profile") as visitor:
        page = _documents(visitor.signed_in_as("called away"), "called away")
        row = page.locator("#piece-mandate")
        expect(row.locator(".sending__words")).to_contain_text(
            re.compile(rf"L’envoi de {papers[0].name} s’est arrêté à (2|3|4|5)\d\s%")
        )
        visitor.look("arrêté en chemin")
        sent = sent_under(page, "/envois/")
        row.get_by_role("button", name="Reprendre").click()
        expect(row.locator(".files .file")).to_have_count(1, timeout=30_000)
        assert len(sent) < _parts_of(papers[0])
        page.reload()
        expect(row.locator(".files .file")).to_have_count(1)
        expect(row.locator(".sending")).to_have_count(0)
    assert _kept(embedded, "called away") == [papers[0].read_bytes()]


@pytest.mark.long
def test_a_browser_that_keeps_no_copy_asks_for_the_file_and_goes_on_from_what_arrived(
    newcomer: Newcomer, embedded: Portal, papers: list[Path]
) -> None:
    visitor = newcomer().signed_in_as("short of room")
    visitor.context.add_init_script(
        "const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (record) {"
        " if (record.file) throw new DOMException('full', 'QuotaExceededError'); return put.call(this, record); };"
    )
    page = _documents(visitor, "short of room")
    _reaches(_send(page, "mandate", papers[0]), 40)
    page.close()

    page = _documents(visitor, "short of room", visitor.new_page())
    row = page.locator("#piece-mandate")
    expect(row.locator(".sending__words")).to_contain_text("Choisissez de nouveau ce fichier")
    visitor.look("à choisir de nouveau", page)
    sent = sent_under(page, "/envois/")
    with page.expect_file_chooser() as chooser:
        row.get_by_role("button", name="Choisir le fichier").first.click()
    chooser.value.set_files(papers[0])
    row.locator("form:has(input[type=file]) button").click()

    expect(row.locator(".files .file")).to_have_count(1, timeout=30_000)
    assert len(sent) < _parts_of(papers[0])
    assert _kept(embedded, "short of room") == [papers[0].read_bytes()]


def test_several_files_leave_at_once_and_one_of_them_waits_on_the_way(
    newcomer: Newcomer, embedded: Portal, papers: list[Path]
) -> None:
    visitor = newcomer().signed_in_as("juggling")
    page = _documents(visitor, "juggling")
    letters, statutes = _send(page, "letters", papers[0], papers[2]), _send(page, "statutes", papers[1])
    first = letters.locator(".sending").filter(has_text=papers[0].name)
    expect(page.locator(".sending")).to_have_count(3)
    _reaches(letters, 1)

    pause = first.get_by_role("button", name="Mettre en pause")
    pause.focus()
    page.keyboard.press("Enter")
    expect(first.locator(".sending__words")).to_have_text("Envoi en pause.")
    expect(first.get_by_role("button", name="Reprendre")).to_be_focused()
    visitor.look("plusieurs, dont un en pause")
    expect(statutes.locator(".files .file")).to_have_count(1, timeout=30_000)
    expect(letters.locator(".files .file")).to_have_count(1, timeout=30_000)
    expect(first.locator(".sending__words")).to_have_text("Envoi en pause.")
    first.get_by_role("button", name="Reprendre").click()

    expect(letters.locator(".files .file")).to_have_count(2, timeout=30_000)
    expect(page.locator(".sending")).to_have_count(0)
    kept = sorted(_kept(embedded, "juggling"))
    assert kept == sorted(paper.read_bytes() for paper in papers)


@pytest.mark.long
def test_a_file_given_up_leaves_nothing(newcomer: Newcomer, embedded: Portal, papers: list[Path]) -> None:
    visitor = newcomer().signed_in_as("wavering sender")
    page = _documents(visitor, "wavering sender")
    before = _arriving(embedded)
    row = _send(page, "mandate", papers[1])
    _reaches(row, 45)
    assert _arriving(embedded) != before

    with page.expect_response("**/abandonner/"):
        row.get_by_role("button", name="Annuler").click()

    expect(row.locator(".sending")).to_have_count(0)
    assert _arriving(embedded) == before
    page.reload()
    expect(row.locator(".sending")).to_have_count(0)
    assert _kept(embedded, "wavering sender") == []


def test_a_file_altered_on_its_way_is_said_not_saved_and_the_former_one_stays(
    newcomer: Newcomer, embedded: Portal, documents: dict[str, list[Path]], papers: list[Path]
) -> None:
    visitor = newcomer().signed_in_as("unlucky")
    page = _documents(visitor, "unlucky")
    former = documents["bank_details"][0]
    row = _send(page, "mandate", former)
    expect(row.locator(".files .file")).to_have_count(1)
    spoiled: list[str] = []

    def spoil(route: Route) -> None:
        if route.request.method == "PUT" and not spoiled:
            spoiled.append(route.request.url)
            route.continue_(post_data=bytes(PART))
        else:
            route.continue_()

    page.route("**/envois/*", spoil)
    with visitor.expecting("422"):
        _send(page, "mandate", papers[1])
        expect(row.locator(".sending__words")).to_contain_text("il n’est pas enregistré", timeout=30_000)
    visitor.look("abîmé en chemin")
    expect(row.locator(".files").first).to_contain_text(former.name)
    assert _kept(embedded, "unlucky") == [former.read_bytes()]

    row.get_by_role("button", name="Recommencer").click()
    expect(row.locator(".files .file").first).to_contain_text(papers[1].name, timeout=30_000)
    assert _kept(embedded, "unlucky") == [papers[1].read_bytes()]


def test_the_closing_hour_met_on_the_way_is_told_and_nothing_is_saved(
    newcomer: Newcomer, embedded: Portal, papers: list[Path]
) -> None:
    visitor = newcomer().signed_in_as("last second")
    page = _documents(visitor, "last second")
    row = _send(page, "mandate", papers[0])
    _reaches(row, 30)
    before = embedded.candidacy_rows()
    with visitor.expecting("409"):
        embedded.set_clock(CLOSES)
        expect(row.locator(".sending__words")).to_contain_text("L’appel est clos", timeout=30_000)
    visitor.look("trop tard")

    assert embedded.candidacy_rows() == before
    assert _kept(embedded, "last second") == []


def test_what_is_asked_for_after_the_closing_is_sent_in_the_same_way(
    newcomer: Newcomer, embedded: Portal, tmp_path: Path
) -> None:
    report, letter = tmp_path / "rapport.pdf", tmp_path / "pouvoir.pdf"
    report.write_bytes(odd_pdfs.a_heavy_report(30))
    letter.write_bytes(a_pdf("Pouvoir"))
    visitor = newcomer().signed_in_as("completing")
    page = visitor.go(f"/dossiers/{embedded.person('completing')['number']}/complement/")
    _slow(page)
    first, last = page.locator("section.piece").all()
    _reaches(_put_in(first, report), 40)
    first.get_by_role("button", name="Mettre en pause").click()
    expect(first.locator(".sending__words")).to_have_text("Envoi en pause.")
    visitor.look("complément en pause")

    page.reload()
    expect(first.locator(".sending__words")).to_contain_text("s’est arrêté à")
    with visitor.expecting("503"):
        failing = {"status": 503, "json": {"code": "storage_failed", "sentence": "Réessayez."}}
        page.route("**/terminer/", lambda route: route.fulfill(**failing))
        first.get_by_role("button", name="Reprendre").click()
        expect(first.locator(".sending__words")).to_contain_text("nous réessayons tout seuls")
        visitor.look("complément que le portail n’a pas gardé")
        page.unroute("**/terminer/")
        expect(first.locator(".files .file")).to_have_count(1, timeout=30_000)
    see(page, "Il manque 1 pièce sur 2.")
    visitor.look("complément reçu")

    _put_in(last, letter)
    see(page, "Vos compléments sont arrivés le")
    visitor.look("compléments tous arrivés")


def test_what_cannot_be_taken_is_said_before_it_is_sent(newcomer: Newcomer, papers: list[Path], tmp_path: Path) -> None:
    visitor = newcomer().signed_in_as("hasty")
    page = _documents(visitor, "hasty")
    sent = sent_under(page, "/envois/")
    huge, program = tmp_path / "énorme.pdf", tmp_path / "programme.exe"
    huge.write_bytes(bytes(26 * 1024 * 1024))
    program.write_bytes(bytes(6 * 1024 * 1024))
    with visitor.expecting("415"):
        row = _send(page, "letters", huge, program)
        see(page, "Ce fichier pèse 26 Mo : la limite est de 25 Mo.")
        see(page, "Le format « .exe » n’est pas accepté pour cette pièce.")
    visitor.look("refusés d’avance")
    for _ in range(2):
        row.get_by_role("button", name="Retirer de la liste").first.click()

    expect(row.locator(".sending")).to_have_count(0)
    assert sent == []


def _documents(visitor: Visitor, name: str, page: Page | None = None) -> Page:
    """The page of somebody's documents, on a line of 6 MB/s upwards: slow enough to be met on the way."""
    page = visitor.go(f"/dossiers/{visitor.portal.person(name)['number']}/pieces/", page)
    _slow(page)
    return page


def _slow(page: Page) -> None:
    line = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 6_000_000}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", line)


def _send(page: Page, code: str, *files: Path) -> Locator:
    return _put_in(page.locator(f"#piece-{code}"), *files)


def _put_in(row: Locator, *files: Path) -> Locator:
    if not row.locator("input[type=file]").is_visible():
        row.locator("details:has(input[type=file]) > summary").click()
    row.locator("input[type=file]").set_input_files(files)
    row.locator("form:has(input[type=file]) button").click()
    return row


def _reaches(row: Locator, share: int) -> None:
    """Wait until that much of the first file of the row is sent."""
    bar = row.locator(".sending progress").first
    expect(row.locator(".sending__words").first).to_have_text("Envoi en cours…", timeout=30_000)
    for _ in range(600):
        if bar.evaluate("bar => bar.value") >= share:
            return
        row.page.wait_for_timeout(25)
    raise AssertionError(f"{share} % is never reached")


def _parts_of(paper: Path) -> int:
    return len(range(0, paper.stat().st_size, PART))


def _arriving(portal: Portal) -> set[str]:
    """What uploads have left on the disk."""
    place = portal.folder / "uploads"
    return {path.name for path in place.iterdir()} if place.exists() else set()


def _kept(portal: Portal, name: str) -> list[bytes]:
    """The bytes of the documents that stand in somebody's dossier, where they are kept."""
    number = portal.person(name)["number"]
    digests = portal.rows(
        "SELECT f.digest FROM applications_document d JOIN hubs_portal_storedfile f ON f.id = d.stored_id"  # noqa: S608 - ours
        " JOIN applications_dossier o ON o.id = d.dossier_id JOIN applications_candidacy c ON c.id = o.candidacy_id"
        f" WHERE c.number = '{number}' AND d.removed_at IS NULL"
    )
    return [(portal.folder / "files" / "objects" / d[:2] / d[2:4] / d).read_bytes() for (d,) in digests]


@contextmanager
def _persistent(browser: Browser, portal: Portal, diary: Diary, profile: Path) -> Iterator[Visitor]:
    """A browser that keeps its memory in a folder, and is really closed at the end."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path="/usr/bin/chromium",
        args=ARGUMENTS,
        locale="fr-FR",
        viewport={"width": 1280, "height": 900},
    )
    try:
        yield Visitor(context, portal, diary)
    finally:
        context.close()
