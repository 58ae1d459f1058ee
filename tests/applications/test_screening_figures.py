"""What the examination's pages cost: within the figures, and the same for one candidacy and for thirty."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import assessment, screening
from applications.actions.closing import close_call, settle_candidacies
from applications.enums import CandidacyState, CheckVerdict, Role
from applications.models import Call, Candidacy
from applications.rules.deadline import FREEZE_DELAY
from hubs_portal.accounts.models import User
from tests.builders import a_call, a_submission, many_ready
from tests.builders.browsers import TimedClient
from tests.builders.examined import AFTER, an_eligible, team_of


@pytest.fixture
def call(db: None) -> Call:
    return a_call()


@pytest.fixture
def manager(call: Call) -> User:
    return team_of(call, Role.MANAGER)[0]


def frozen(call: Call, n: int) -> list[Candidacy]:
    for member in many_ready(call, n):
        a_submission(member, revision=1)
    at = call.closes_at + FREEZE_DELAY
    close_call(call, at=at)
    settle_candidacies(call, at=at)
    return list(Candidacy.objects.filter(call=call, state=CandidacyState.FROZEN).order_by("pk"))


def queries(client: TimedClient, address: str) -> int:
    client.get(address)  # what is written once, such as a line of reading, is written before
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return len(captured)


def assess(candidacy: Candidacy) -> None:
    an_eligible(candidacy)
    marks = {criterion: Decimal(2) for criterion in candidacy.call.criteria.all()}
    assessment.assess(candidacy, marks, by=team_of(candidacy.call, Role.OFFICER)[0], at=AFTER)


def test_the_shortlist_costs_the_same_for_one_and_for_thirty(client: TimedClient, call: Call, manager: User) -> None:
    candidacies = frozen(call, 30)
    client.force_login(manager)
    client.at(AFTER)
    address = reverse("admin:applications_call_shortlist", args=[call.pk])
    assess(candidacies[0])
    for_one = queries(client, address)
    for candidacy in candidacies[1:]:
        assess(candidacy)

    for_thirty = queries(client, address)

    assert for_thirty == for_one <= 15


def test_working_pages_and_lists_stay_within_their_figures(client: TimedClient, call: Call, manager: User) -> None:
    asked, ticked, assessed, waiting = frozen(call, 4)
    (officer, *_others) = team_of(call, Role.OFFICER)
    pieces = dict.fromkeys(call.requirements.filter(fulfilled_by="upload"), "Illisible.")
    screening.request_completion(asked, pieces, due_at=AFTER + timedelta(days=8), by=officer, at=AFTER)
    for code in ("piece:mandate", "piece:letters", "budget", "families"):
        screening.tick(ticked, code, CheckVerdict.NO, comment="À revoir.", by=officer, at=AFTER)
    assess(assessed)
    client.force_login(manager)
    client.at(AFTER)
    desks = [reverse("admin:applications_candidacy_change", args=[c.pk]) for c in (asked, ticked, assessed, waiting)]

    costs = [queries(client, address) for address in desks]
    listed = queries(client, reverse("admin:applications_candidacy_changelist") + "?waits=examine")

    assert max(costs) <= 21  # of 25: the jury phase adds its panels to the page
    assert listed <= 15
