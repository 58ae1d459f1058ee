"""« Prendre le suivant », the filters of the list and the morning's page: what waits, and for whom."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.actions import assessment, screening
from applications.actions.reading import record_reading, record_replacement_reading
from applications.enums import ExclusionStage, Role
from applications.models import Call, Candidacy, CompletionItem, Submission
from applications.selectors import morning
from applications.selectors.screening_queue import Wait, waiting
from hubs_portal.accounts.models import User
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.examined import AFTER, a_frozen_call, an_eligible, team_of
from tests.builders.replaced import a_replacement, a_wanted

LATER = AFTER + timedelta(days=3)
NEXT = reverse("admin:applications_candidacy_next")


@pytest.fixture
def call(db: None) -> Call:
    return builders.a_call()


@pytest.fixture
def officer(call: Call) -> User:
    return team_of(call, Role.OFFICER)[0]


@pytest.fixture
def manager(call: Call) -> User:
    return team_of(call, Role.MANAGER)[0]


@pytest.fixture
def office(client: TimedClient, officer: User) -> TimedClient:
    client.force_login(officer)
    return client.at(LATER)


def ask(candidacy: Candidacy, by: User, *, days: int) -> None:
    accounts = candidacy.call.requirements.get(code="accounts")
    due_at = AFTER + timedelta(days=days)
    screening.request_completion(candidacy, {accounts: "2017"}, due_at=due_at, by=by, at=AFTER)


def answer(candidacy: Candidacy) -> None:
    item = CompletionItem.objects.get(request__candidacy=candidacy)
    file = builders.a_file(builders.a_pdf("Comptes"))
    screening.complete(candidacy.members.get(), item, file, name="comptes.pdf", at=AFTER + timedelta(hours=1))


def propose(candidacy: Candidacy, by: User) -> None:
    stage = ExclusionStage.ADMISSIBILITY
    screening.propose_exclusion(candidacy, stage=stage, rule="Article 3", reason="Hors champ.", by=by, at=AFTER)


def one_of_each(call: Call, officer: User, manager: User) -> dict[str, Candidacy]:
    """A candidacy in every way of waiting, and some that wait for nobody, or for somebody else."""
    names = ["examine", "answered", "overdue", "confirm", "decide", "assess", "replaced", "mine", "running", "assessed"]
    found = dict(zip(names, a_frozen_call(call, len(names)), strict=True))
    for name, days in (("answered", 2), ("overdue", 2), ("running", 9)):
        ask(found[name], officer, days=days)
    answer(found["answered"])
    propose(found["confirm"], manager)
    propose(found["mine"], officer)
    screening.admit(found["decide"], by=officer, at=AFTER)
    an_eligible(found["assess"])
    marks = {criterion: criterion.weight * 0 + 4 for criterion in call.criteria.all()}
    for name in ("assessed", "replaced"):
        an_eligible(found[name])
        assessment.assess(found[name], marks, by=officer, at=AFTER)  # type: ignore[arg-type]
    a_replacement(found["replaced"])
    return found


def test_each_way_of_waiting_finds_its_own(office: TimedClient, call: Call, officer: User, manager: User) -> None:
    found = one_of_each(call, officer, manager)

    listed = {wait.value: list(waiting(Candidacy.objects.all(), wait, user=officer, at=LATER)) for wait in Wait}

    assert listed == {wait.value: [found[wait.value]] for wait in Wait}


def test_the_list_is_filtered_by_what_waits(office: TimedClient, call: Call, officer: User, manager: User) -> None:
    found = one_of_each(call, officer, manager)
    address = reverse("admin:applications_candidacy_changelist")

    shown = {wait: office.get(f"{address}?call={call.pk}&waits={wait}").context["cl"].queryset for wait in Wait.values}

    assert {wait: list(rows) for wait, rows in shown.items()} == {wait: [found[wait]] for wait in Wait.values}
    assert office.get(f"{address}?waits=anything").context["cl"].queryset.count() == len(found)


def test_the_morning_s_page_counts_what_waits_and_leads_there(
    office: TimedClient, call: Call, officer: User, manager: User
) -> None:
    one_of_each(call, officer, manager)
    other = builders.a_call()
    a_frozen_call(other)
    other.team.create(user=officer, role=Role.OFFICER)

    html = office.get(reverse("admin:index")).content.decode()

    boards = {board.call: board.to_do for board in morning.boards([call, other], LATER, officer)}
    assert boards == {call: [(wait, 1) for wait in Wait], other: [(Wait.EXAMINE, 1)]}
    for wait in Wait.values:
        assert f"?call={call.pk}&amp;waits={wait}" in html
    assert reverse("admin:applications_call_shortlist", args=[call.pk]) in html
    assert f"{NEXT}?call={call.pk}" in html


def test_a_file_sent_in_the_place_of_another_waits_until_somebody_of_the_team_opens_it(
    call: Call, officer: User
) -> None:
    (candidacy,) = a_frozen_call(call)
    sent = a_replacement(candidacy)

    def waits() -> bool:
        return waiting(Candidacy.objects.all(), Wait.REPLACED, user=officer, at=LATER).exists()

    record_replacement_reading(sent, by=builders.a_user(), at=LATER)  # a juror, say
    assert waits()
    record_replacement_reading(sent, by=officer, at=LATER)
    assert not waits()

    other = a_replacement(candidacy, rank=1, name="autre.pdf")
    assert waits()  # who opened one has not opened the other
    record_replacement_reading(other, by=officer, at=LATER)
    assert not waits()


def test_a_file_nobody_can_read_is_counted_until_a_readable_one_has_come(call: Call, officer: User) -> None:
    first, second = a_frozen_call(call, 2)
    a_wanted(first)
    a_replacement(second)

    (board,) = morning.boards([call], LATER, officer)

    assert board.unreadable == 1


def test_next_leads_round_the_oldest_that_wait_and_skips_the_rest(
    office: TimedClient, call: Call, officer: User, manager: User
) -> None:
    found = one_of_each(call, officer, manager)
    # The builders submit all of them at one instant: the order is that of their signalling.
    expected = [found[wait] for wait in ("examine", "answered", "overdue", "confirm", "decide", "assess", "replaced")]
    visited, address = [], NEXT

    for _ in range(8):
        place = office.get(address).headers["Location"]
        visited.append(place)
        address = f"{NEXT}?after={place.split('/')[-3]}"

    desks = [reverse("admin:applications_candidacy_change", args=[c.pk]) for c in expected]
    assert visited == [*desks, desks[0]]


def test_two_colleagues_are_not_led_to_the_same_dossier(
    office: TimedClient, call: Call, officer: User, manager: User
) -> None:
    first, second = a_frozen_call(call, 2)
    record_reading(Submission.objects.get(candidacy=first), by=manager, at=LATER - timedelta(minutes=5))

    now = office.get(NEXT).headers["Location"]
    record_reading(Submission.objects.get(candidacy=second), by=manager, at=LATER - timedelta(minutes=4))
    busy = office.get(NEXT).headers["Location"]

    desks = [reverse("admin:applications_candidacy_change", args=[c.pk]) for c in (first, second)]
    assert (now, busy) == (desks[1], desks[0])


def test_next_says_when_nothing_waits(office: TimedClient, call: Call) -> None:
    a_frozen_call(builders.a_call())  # another call's work is not mine

    response = office.get(NEXT, follow=True)

    assert response.redirect_chain[-1][0] == reverse("admin:applications_candidacy_changelist")
    assert "Plus rien n’attend" in response.content.decode()


def test_next_is_for_those_who_examine(client: TimedClient, call: Call) -> None:
    a_frozen_call(call)
    observer = builders.a_user(is_staff=True)
    call.team.create(user=observer, role=Role.OBSERVER)
    answers = []

    for user in (observer, builders.a_user(is_staff=True, is_superuser=True)):
        client.force_login(user)
        answers.append(client.at(LATER).get(NEXT).status_code)

    assert answers == [403, 403]


@pytest.mark.parametrize("key", ["9" * 30, "9" * 5000, "²"])
def test_a_key_no_call_can_have_is_no_key(office: TimedClient, call: Call, key: str) -> None:
    (candidacy,) = a_frozen_call(call)

    found = office.get(NEXT, {"call": key, "after": key})
    listed = office.get(reverse("admin:applications_candidacy_changelist"), {"call": key})

    assert found.url == reverse("admin:applications_candidacy_change", args=[candidacy.pk])
    assert listed.status_code == 200
