"""The published results: at the call's address, from what was frozen, complete, and nothing before."""

import csv
import gzip
import hashlib
import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import conclusion
from applications.actions.closing import close_call, settle_candidacies
from applications.enums import Outcome, Role
from applications.models import Award, Call, Candidacy, Organisation, Publication
from applications.rules.deadline import FREEZE_DELAY
from applications.selectors.results import as_csv, results_of
from hubs_portal.actors import Actor
from tests.builders import TimedClient, a_call, a_complete_dossier, a_signalled, a_submission
from tests.builders.examined import AFTER, a_heard, team_of

RELEASE = datetime(2019, 1, 31, 9, tzinfo=UTC)
JURY = Actor.machine("jury")
# Name, territories, outcome, amount.
_CANDIDACIES = (
    ("Zone d’appui", ("01", "03"), Outcome.AWARDED, Decimal(450000)),
    ("Écoles du numérique", ("03", "2A"), Outcome.AWARDED, Decimal("372500.50")),
    ("=Formule & Cie", ("971", "974"), Outcome.AWARDED, Decimal(100000)),
    ("Réserve du Rhin", ("67", "01"), Outcome.RESERVE, None),
    ("Association écartée", ("67", "07"), Outcome.NOT_SELECTED, None),
)
pytestmark = pytest.mark.django_db


def common_ground() -> Call:
    """A call whose candidacies were heard and whose outcomes are recorded, under embargo."""
    call = a_call()
    for name, territories, _outcome, _amount in _CANDIDACIES:
        member = a_signalled(call, name=name)
        a_complete_dossier(member, territories=territories)
        a_submission(member)
    at = call.closes_at + FREEZE_DELAY
    close_call(call, at=at)
    settle_candidacies(call, at=at)
    for name, _territories, outcome, amount in _CANDIDACIES:
        heard = a_heard(Candidacy.objects.get(organisation__name=name))
        conclusion.conclude(heard, outcome=outcome, amount=amount, reasons="Secret.", by=JURY, at=AFTER)
    return Call.objects.get(pk=call.pk)


@pytest.fixture
def call(ground: Call) -> Call:
    return ground


def released(call: Call) -> Publication:
    managers = team_of(call, Role.MANAGER)
    publication = conclusion.request_release(call, by=managers[0], at=RELEASE)
    return conclusion.release_results(publication, by=managers[1], at=RELEASE)


def read(client: TimedClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def test_before_the_release_the_page_says_where_and_when_and_nothing_is_downloaded(
    client: TimedClient, call: Call
) -> None:
    client.at(datetime(2019, 1, 30, 9, tzinfo=UTC))

    said = read(client, reverse("call", args=[call.slug]))

    assert "Les résultats seront publiés ici. Ils sont prévus le 31 janvier 2019." in said
    for name, *_rest in _CANDIDACIES:
        assert name not in said
    downloads = [client.get(reverse(name, args=[call.slug])).status_code for name in ("results_csv", "results_json")]
    assert downloads == [404, 404]


def test_a_release_only_asked_for_changes_no_byte_of_the_public_pages(client: TimedClient, call: Call) -> None:
    client.at(RELEASE)
    addresses = [reverse("call", args=[call.slug]), reverse("home"), reverse("site_map")]

    def bytes_now() -> list[str]:
        pages = [client.get(address).text for address in addresses]
        return [re.sub(r'(csrfmiddlewaretoken" value|csrf-token" content)="\w+"', "", page) for page in pages]

    before = bytes_now()
    conclusion.request_release(call, by=team_of(call, Role.MANAGER)[0], at=RELEASE)

    assert bytes_now() == before


def test_after_the_release_the_same_address_shows_everything_that_was_published(
    client: TimedClient, call: Call
) -> None:
    publication = released(call)
    client.at(RELEASE)

    said = read(client, reverse("call", args=[call.slug]))

    expected = [
        "Publiés le jeudi 31 janvier 2019 à 10 h 00 (heure de Paris).",
        "lauréats 3",
        "de subventions attribuées 922 500,50 €",
        "départements et collectivités couverts 5",
        "Allier (03), Corse-du-Sud (2A)",
        "372 500,50 €",
        "Un hub d’essai.",
        "Société d’essai",
        "Réserve du Rhin",
        " ".join(publication.digest[n : n + 8] for n in range(0, 64, 8)),
    ]
    assert [text for text in expected if text not in said] == []
    assert ["Association écartée" in said, "Secret." in said, "seront publiés ici" in said] == [False, False, False]


def test_laureates_are_in_alphabetical_order_accents_aside(client: TimedClient, call: Call) -> None:
    released(call)

    shown = results_of(call)

    assert shown
    assert [line.structure for line in shown.awarded] == ["=Formule & Cie", "Écoles du numérique", "Zone d’appui"]
    assert (shown.total, shown.covered) == (Decimal("922500.50"), 5)


def test_the_page_shows_what_was_frozen_whatever_happens_to_the_rows(client: TimedClient, call: Call) -> None:
    released(call)
    client.at(RELEASE)
    before = read(client, reverse("call", args=[call.slug]))

    Organisation.objects.filter(name="Zone d’appui").update(name="Autre nom")
    Award.objects.filter(amount=Decimal(450000)).update(amount=Decimal(1))

    assert read(client, reverse("call", args=[call.slug])) == before
    Award.objects.filter(amount=Decimal(1)).update(amount=Decimal(450000))


def test_the_content_downloaded_has_the_fingerprint_shown(client: TimedClient, call: Call) -> None:
    publication = released(call)

    response = client.get(reverse("results_json", args=[call.slug]))

    assert hashlib.sha256(response.content).hexdigest() == publication.digest
    assert sorted(json.loads(response.content)) == ["awarded", "reserve"]


def test_the_table_downloaded_opens_in_a_french_spreadsheet_and_runs_nothing(client: TimedClient, call: Call) -> None:
    released(call)

    response = client.get(reverse("results_csv", args=[call.slug]))

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert [row[:4] + row[5:6] for row in rows] == [
        ["liste", "structure", "codes", "territoires", "subvention (€)"],
        ["lauréat", "'=Formule & Cie", "971, 974", "Guadeloupe, La Réunion", "100000,00"],
        ["lauréat", "Écoles du numérique", "03, 2A", "Allier, Corse-du-Sud", "372500,50"],
        ["lauréat", "Zone d’appui", "01, 03", "Ain, Allier", "450000,00"],
        ["liste complémentaire", "Réserve du Rhin", "01, 67", "Ain, Bas-Rhin", ""],
    ]


def test_nobody_awarded_is_said_plainly(client: TimedClient, call: Call) -> None:
    for award in Award.objects.filter(outcome=Outcome.AWARDED):
        conclusion.conclude(
            award.candidacy, outcome=Outcome.NOT_SELECTED, amount=None, reasons="Non.", by=JURY, at=AFTER
        )
    released(call)
    client.at(RELEASE)

    assert "Aucune candidature n’est lauréate." in read(client, reverse("call", args=[call.slug]))


def test_the_home_page_goes_from_open_to_examined_to_released(client: TimedClient, call: Call) -> None:
    released(call)
    a_call(title_fr="Appel examiné", closes_at=RELEASE.replace(day=20))
    a_call(title_fr="Appel ouvert", closes_at=RELEASE.replace(month=3))
    client.at(RELEASE)

    said = read(client, reverse("home"))

    order = ["Appel ouvert", "Appels clos, en cours d’examen", "Appel examiné", "Résultats publiés", "Hubs d’essai"]
    places = [said.index(words) for words in order]
    assert places == sorted(places)


def test_the_results_cost_few_queries_and_little_weight(
    client: TimedClient, call: Call, django_assert_max_num_queries: Any
) -> None:
    released(call)
    client.at(RELEASE)
    address = reverse("call", args=[call.slug])
    client.get(address)

    with django_assert_max_num_queries(15):
        page = client.get(address)
    assert len(gzip.compress(page.content)) < 15_000


def test_a_call_in_preparation_has_no_results_to_download(client: TimedClient, ground: Call) -> None:
    prepared = a_call(published=False)

    assert client.get(reverse("results_csv", args=[prepared.slug])).status_code == 404


def test_the_table_is_written_from_the_published_text_alone(
    client: TimedClient, call: Call, django_assert_num_queries: Any
) -> None:
    released(call)

    with django_assert_num_queries(1):
        shown = results_of(call)
        assert shown
        as_csv(shown)
