"""The company directory: absent by default, two seconds at most, and only empty fields are filled in."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.urls import reverse

from applications.models import Candidacy, Organisation
from hubs_portal.directory import HttpDirectory
from tests.applications.test_signalling import form_of
from tests.builders import TimedClient, a_call, a_signalled, a_siret, a_user

pytestmark = pytest.mark.django_db
SIRET = a_siret(7)
ANSWER = {
    "results": [
        {
            "name": "  FÉDÉRATION\ndes médiathèques ",
            "category": "9220",
            "seat": {"address": "3 place de l’Exemple", "postcode": "63000", "city": "Clermont-Ferrand"},
            "rna": "W632000001",
        }
    ]
}
FIELDS = {
    "name": "results.0.name",
    "legal_category": "results.0.category",
    "rna": "results.0.rna",
    "address": "results.0.seat.address",
    "postcode": "results.0.seat.postcode",
    "city": "results.0.seat.city",
}
Answering = Callable[[BaseHTTPRequestHandler], None]


def says(content: bytes, status: int = 200) -> Answering:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


def trickles(request: BaseHTTPRequestHandler) -> None:
    """A byte every tenth of a second: no single read is ever late."""
    request.send_response(200)
    request.end_headers()
    for _n in range(100):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.1)


@contextmanager
def a_server(answer: Answering) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A real server on this machine; gives its address and what it was asked, with which authorization."""
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization", "")))
            with suppress(OSError):  # nobody waits any more
                answer(self)

        def log_message(self, *_args: Any) -> None:
            """In silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/siret/{{siret}}", asked
    finally:
        server.shutdown()
        server.server_close()


def an_installation(settings: Any, url: str) -> None:
    settings.COMPANY_DIRECTORY = {"class": "hubs_portal.directory.HttpDirectory", "url": url, "fields": FIELDS}


# ---------------------------------------------------------------- the adapter


def test_it_asks_one_address_and_reads_the_answer_where_it_is_told() -> None:
    with a_server(says(json.dumps(ANSWER).encode())) as (url, asked):
        found = HttpDirectory(url, token="secret", fields=FIELDS).ask(SIRET)

    assert asked == [(f"/siret/{SIRET}", "Bearer secret")]
    assert found == {
        "name": "FÉDÉRATION des médiathèques",
        "legal_category": "9220",
        "rna": "W632000001",
        "address": "3 place de l’Exemple",
        "postcode": "63000",
        "city": "Clermont-Ferrand",
    }


@pytest.mark.parametrize(
    "answer",
    [
        says(b"", 500),
        says(b"{}", 404),
        says(b'{"name": "x"}', 302),
        says(b"pas du JSON"),
        says(b"\xff\xfe"),
        says(b"[" * 60_000),
        says(b'{"name": "' + b"a" * 70_000 + b'"}'),
        says(b'{"name": {"x": 1}, "city": true}'),
    ],
)
def test_a_wrong_answer_is_no_answer(answer: Answering) -> None:
    with a_server(answer) as (url, _asked):
        assert HttpDirectory(url).ask(SIRET) == {}


def test_an_absent_server_is_silence() -> None:
    assert HttpDirectory("http://127.0.0.1:9/{siret}").ask(SIRET) == {}


def test_a_server_that_never_ends_holds_nobody_longer_than_two_seconds_then_rests() -> None:
    with a_server(trickles) as (url, asked):
        adapter = HttpDirectory(url)
        started = time.monotonic()
        first = adapter.ask(SIRET)
        waited = time.monotonic() - started
        again = adapter.ask(SIRET)
        at_once = time.monotonic() - started - waited

    assert (first, again, len(asked)) == ({}, {}, 1)
    assert waited < 3
    assert at_once < 1


# ---------------------------------------------------------------- signalling


def test_without_a_directory_nothing_is_offered_and_nothing_is_asked(client: TimedClient) -> None:
    call = a_call()
    address = reverse("signal", args=[call.slug])
    said = form_of(client, call)

    shown = client.get(address)
    posted = client.post(address, {**said, "lookup": "1"})

    assert 'name="lookup"' not in shown.text
    assert (posted.status_code, Candidacy.objects.count()) == (302, 1)  # the button does not exist: a plain signalling


def test_at_signalling_it_fills_in_what_is_empty_and_signals_nothing(client: TimedClient, settings: Any) -> None:
    call = a_call()
    address = reverse("signal", args=[call.slug])
    with a_server(says(json.dumps(ANSWER).encode())) as (url, _asked):
        an_installation(settings, url)
        said = form_of(client, call) | {"lookup": "1", "name": "", "legal_form": "", "rna": "W9R1000123"}

        answer = client.post(address, said)

    page = answer.text.replace("\u00a0", " ")
    assert (answer.status_code, Candidacy.objects.count()) == (200, 0)
    assert 'value="FÉDÉRATION des médiathèques"' in page
    assert '<option value="association" selected>' in page
    assert 'value="W9R1000123"' in page
    assert "W632000001" not in page
    assert 'value="Camille Martin"' in page
    assert 'value="01" id="territory-01" checked' in page
    assert "Complété d’après l’annuaire, à relire : Nom de la structure, Forme juridique." in page
    del said["lookup"]
    assert client.post(address, said | {"name": "X", "legal_form": "association"}).status_code == 302


@pytest.mark.parametrize(
    ("siret", "said"),
    [("1", "Un numéro SIRET a 14 chiffres"), (SIRET, "L’annuaire n’a rien donné pour ce numéro")],
)
def test_a_wrong_number_or_a_directory_that_is_down_blocks_nobody(
    client: TimedClient, settings: Any, siret: str, said: str
) -> None:
    call = a_call()
    an_installation(settings, "http://127.0.0.1:9/{siret}")
    form = form_of(client, call)

    answer = client.post(reverse("signal", args=[call.slug]), {**form, "siret": siret, "name": "", "lookup": "1"})
    then = client.post(reverse("signal", args=[call.slug]), form)

    assert (answer.status_code, then.status_code) == (200, 302)
    assert said in answer.text.replace("\u00a0", " ")


# ---------------------------------------------------------------- the section


def test_in_the_section_it_fills_in_what_is_empty_and_saves_nothing(client: TimedClient, settings: Any) -> None:
    member = a_signalled(a_call(), user=a_user(), siret=SIRET, name="Nom d’usage", rna="")
    assert member.user
    client.force_login(member.user)
    address = reverse("section", args=[member.candidacy.number, "organisation"])
    typed = {
        "seen": "0",
        "name": "Nom d’usage",
        "legal_form": "association",
        "siret": SIRET,
        "city": "Riom",
        "lookup": "1",
    }
    with a_server(says(json.dumps(ANSWER).encode())) as (url, _asked):
        an_installation(settings, url)

        plain = client.post(address, typed)
        by_script = client.post(address, typed, headers={"HX-Request": "true"})

    for answer in (plain, by_script):
        assert answer.status_code == 200
        assert 'value="3 place de l’Exemple"' in answer.text
        assert 'value="63000"' in answer.text
        assert 'value="Riom"' in answer.text
        assert 'value="Nom d’usage"' in answer.text
        assert 'data-for="id_address" value="3 place de l’Exemple"' in answer.text
        assert 'data-for="id_city"' not in answer.text
    kept = Organisation.objects.get()
    assert (kept.address, kept.city, member.candidacy.dossier.revision) == ("", "", 0)


def test_who_only_reads_is_offered_nothing(client: TimedClient, settings: Any) -> None:
    an_installation(settings, "http://127.0.0.1:9/{siret}")
    member = a_signalled(a_call(), user=a_user())
    assert member.user
    client.force_login(member.user)
    address = reverse("section", args=[member.candidacy.number, "organisation"])

    offered = client.get(address).text
    client.at(member.candidacy.call.closes_at)

    assert 'name="lookup"' in offered
    assert 'name="lookup"' not in client.get(address).text
