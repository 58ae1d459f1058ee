"""What the office's pages about juries cost: the same for one row and for thirty, within the figures."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from applications.models import Publication
from hubs_portal import scanning
from juries.actions import hearings
from juries.actions.deliberation import open_deliberation
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import AT, Office, page, sentences

pytestmark = pytest.mark.django_db
# Lists and tables; working pages and the morning's page.
LISTS = {"changelist": 15, "journal": 15, "panels": 15, "interests": 15, "hearings": 15, "scores": 15}
WORKING = {"change": 25, "panel": 25, "plan": 25, "convene_all": 25, "slot": 25, "place": 25, "hearing": 25}


def queries(client: TimedClient, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return len(captured)


def addresses(office: Office) -> dict[str, str]:
    with_argument = {
        "panel": office.panel.pk,
        "slot": office.jury.slots.latest("starts_at").pk,
        "place": office.candidacies[-1].pk,
        "hearing": office.first.hearings.get().pk,
        "sheets": office.first.pk,
    }
    found = {name: office.url(name, with_argument[name]) for name in with_argument}
    found |= {name: office.url(name) for name in LISTS | WORKING if name not in with_argument and name != "changelist"}
    return found | {
        "changelist": page("changelist"),
        "index": reverse("admin:index"),
        "candidacy": reverse("admin:applications_candidacy_change", args=[office.first.pk]),
    }


def a_busy_office(candidacies: int, juries: int) -> Office:
    """All but the last candidacy are placed, one slot is free, one sheet is locked."""
    office = Office(candidacies)
    builders.without_ties(office.chair, *office.seats)
    for candidacy in office.candidacies[:-1] or office.candidacies:
        hearings.book_hearing(builders.a_slot(office.panel), candidacy, by=office.manager, at=AT)
    builders.a_slot(office.panel)
    builders.a_locked_sheet(office.chair, office.first, "4 3.5 2")
    for _ in range(juries - 1):
        builders.a_jury(office.call)
    return office


def test_pages_cost_the_same_for_few_and_for_many(client: TimedClient) -> None:
    costs = []
    for office in (a_busy_office(2, juries=1), a_busy_office(31, juries=30)):
        client.at(AT).force_login(office.officer)
        costs.append({name: queries(client, address) for name, address in addresses(office).items()})

    few, many = costs
    allowed = {**LISTS, **WORKING, "sheets": 25, "index": 25, "candidacy": 25}
    assert many == few
    assert {name: n for name, n in many.items() if n > allowed[name]} == {}


@pytest.mark.parametrize("who", ["officer", "manager"])
def test_the_morning_stays_within_its_figure_when_all_waits_and_the_antivirus_is_late(
    client: TimedClient, settings: Settings, who: str
) -> None:
    """A jury that deliberates, a hearing held, a release to sign, and files no antivirus answers about."""
    settings.CLAMD_ADDRESS = "tcp:127.0.0.1:1"
    office = a_busy_office(3, juries=2)
    held = builders.a_held(office.panel, office.candidacies[-1], office.seats)
    open_deliberation(office.jury, by=office.manager, at=held.slot.ends_at)
    Publication.objects.create(call=office.call, requested_by=office.colleague, requested_at=AT)
    scanning.Scan.objects.update(asked_at=datetime.now(UTC) - timedelta(hours=1))
    client.at(held.slot.ends_at).force_login(getattr(office, who))

    said = sentences(client.get(reverse("admin:index")))

    waits = ("pas encore analysés, le plus ancien", "feuilles d’après l’audition à signer")
    assert [words for words in waits if words not in said] == []
    assert ("délibération ouverte" in said, "publication des résultats" in said) == (who == "manager",) * 2
    assert queries(client, reverse("admin:index")) <= 25
