"""What the office's pages cost: the same number of queries for one candidacy and for thirty, within the figures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Call
from hubs_portal.accounts.models import User
from tests.builders import (
    CLOSES,
    a_call,
    a_complete_dossier,
    a_manager,
    a_signalled,
    a_submission,
    an_officer,
    joined,
    many_ready,
)
from tests.builders.browsers import TimedClient

LATER = CLOSES + timedelta(hours=1)


@pytest.fixture
def call(db: None) -> Call:
    return a_call()


@pytest.fixture
def officer(call: Call) -> User:
    return an_officer(call)


def queries(client: TimedClient, address: str) -> int:
    client.get(address)  # what is written once, such as a line of reading, is written before
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return len(captured)


LISTS = {
    "applications_call_changelist": 15,
    "applications_candidacy_changelist": 15,
    "hubs_portal_letter_changelist": 15,
    "hubs_portal_job_changelist": 15,
    "index": 25,
}


def test_each_list_costs_the_same_for_one_row_and_for_thirty(client: TimedClient, call: Call, officer: User) -> None:
    client.force_login(officer)
    a_submission(joined(a_signalled(call)))
    for_one = {name: queries(client, reverse(f"admin:{name}")) for name in LISTS}
    for member in many_ready(call, 29):
        a_submission(joined(member), revision=1)

    for_thirty = {name: queries(client, reverse(f"admin:{name}")) for name in LISTS}

    assert for_thirty == for_one
    assert {name: cost for name, cost in for_thirty.items() if cost > LISTS[name]} == {}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_working_page_stays_within_its_figure(client: TimedClient, call: Call, officer: User, moment: str) -> None:
    client.force_login(officer)
    member = joined(a_signalled(call))
    for _ in range(2):
        a_submission(member)
        a_complete_dossier(member)
    client.at(LATER if moment == "after" else CLOSES - timedelta(hours=1))

    assert queries(client, reverse("admin:applications_candidacy_change", args=[member.candidacy_id])) <= 25


def test_the_page_of_a_call_costs_the_same_whatever_its_questions(client: TimedClient, call: Call) -> None:
    draft = a_call(published=False)
    manager = a_manager(draft)
    client.force_login(manager)
    address = reverse("admin:applications_call_change", args=[draft.pk])
    with_few = queries(client, address)
    for rank in range(20):
        draft.questions.create(section="missions", code=f"q{rank}", label_fr="?", mission=draft.missions.get())
        draft.requirements.create(code=f"r{rank}", label_fr="?", fulfilled_by="upload")

    with_many = queries(client, address)

    assert with_many == with_few <= 25


@pytest.mark.parametrize("calls", [1, 4])
def test_the_home_page_costs_the_same_for_one_call_and_for_four(client: TimedClient, call: Call, calls: int) -> None:
    officer = an_officer(call)
    for _ in range(calls - 1):
        other = a_call()
        other.team.create(user=officer, role="officer")
        a_signalled(other)
    client.force_login(officer)

    assert queries(client, reverse("admin:index")) <= 20
