"""Who enters which page of a jury in the office: the team of its call as each act allows, nobody else."""

import pytest

from juries.actions.interests import declare_interest
from juries.enums import Verdict
from juries.models import Hearing, InterestDeclaration, JuryLine
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import AT, Office, page

pytestmark = pytest.mark.django_db
ROLES = ("manager", "officer", "observer", "other", "superuser")
EVERYBODY = (200, 200, 200, 404, 404)
WORKING = (200, 200, 403, 404, 404)
MANAGING = (200, 403, 403, 404, 404)
# Acts are tried with an empty form: « badly filled in », « refused » or done, for whoever may act.
MAY_ACT, MAY_LEAD = (True, True, False, False, False), (True, False, False, False, False)


def common_ground() -> Office:
    """A hearing is convened, and a slot is free after it."""
    made = Office(1)
    builders.without_ties(*made.seats)
    hearing = builders.a_convened(made.panel, made.first)
    builders.a_slot(made.panel, hearing.slot.ends_at)
    return made


@pytest.fixture
def office(ground: Office) -> Office:
    return ground


def addresses(office: Office) -> dict[str, tuple[str, tuple[int, ...]]]:
    declare_interest(office.chair, office.first, verdict=Verdict.TO_EXAMINE, reason="Voisins.", at=AT)
    tie, hearing = InterestDeclaration.objects.get(verdict=Verdict.TO_EXAMINE), Hearing.objects.get()
    free = office.jury.slots.latest("starts_at")
    rows = {
        "change": ((), EVERYBODY),
        "amend": ((), MANAGING),
        "invite": ((), MANAGING),
        "remove": ((office.chair.pk,), MANAGING),
        "journal": ((), WORKING),
        "panels": ((), EVERYBODY),
        "panel": ((office.panel.pk,), EVERYBODY),
        "interests": ((), WORKING),
        "tie": ((tie.pk,), WORKING),
        "recuse": ((), MANAGING),
        "hearings": ((), EVERYBODY),
        "slots": ((), WORKING),
        "slot": ((free.pk,), WORKING),
        "place": ((office.first.pk,), WORKING),
        "plan": ((), WORKING),
        "convene_all": ((), WORKING),
        "hearing": ((hearing.pk,), EVERYBODY),
        "scores": ((), EVERYBODY),
        "sheets": ((office.first.pk,), WORKING),
    }
    return {name: (office.url(name, *args), statuses) for name, (args, statuses) in rows.items()}


def test_pages_open_to_the_team_of_the_call_and_to_nobody_else(client: TimedClient, office: Office) -> None:
    people = office.everybody()
    rows = addresses(office)
    seen = {}
    for role in ROLES:
        client.at(AT).force_login(people[role])
        for name, (address, _expected) in rows.items():
            seen[name, role] = client.get(address).status_code

    expected = {(name, role): row[1][rank] for name, row in rows.items() for rank, role in enumerate(ROLES)}
    assert seen == expected


def test_the_list_holds_the_juries_of_ones_own_calls(client: TimedClient, office: Office) -> None:
    people = office.everybody()
    found = {}
    for role in ROLES:
        client.at(AT).force_login(people[role])
        answer = client.get(page("changelist"))
        found[role] = len(answer.context["cl"].result_list) if answer.status_code == 200 else answer.status_code

    assert found == {"manager": 1, "officer": 1, "observer": 1, "other": 0, "superuser": 403}


def test_acts_are_refused_to_whoever_may_not_and_move_nothing(client: TimedClient, office: Office) -> None:
    people = office.everybody()
    hearing = Hearing.objects.get()
    free = office.jury.slots.latest("starts_at")
    rows = addresses(office)
    tie = InterestDeclaration.objects.get(verdict="to_examine")
    acts: dict[str, tuple[tuple[object, ...], tuple[bool, ...]]] = {
        "amend": ((), MAY_LEAD),
        "invite": ((), MAY_LEAD),
        "invite_again": ((office.chair.pk,), MAY_LEAD),
        "remove": ((office.chair.pk,), MAY_LEAD),
        "tie_clear": ((tie.pk,), MAY_LEAD),
        "tie_recuse": ((tie.pk,), MAY_LEAD),
        "recuse": ((), MAY_LEAD),
        "panels": ((), MAY_ACT),
        "panel_member": ((office.panel.pk,), MAY_ACT),
        "panel_give": ((office.panel.pk,), MAY_ACT),
        "slots": ((), MAY_ACT),
        "slot_withdraw": ((free.pk,), MAY_ACT),
        "place": ((office.first.pk,), MAY_ACT),
        "plan": ((), MAY_ACT),
        "convene_all": ((), MAY_ACT),
        "hearing_convene": ((hearing.pk,), MAY_ACT),
        "hearing_confirm": ((hearing.pk,), MAY_ACT),
        "hearing_move": ((hearing.pk,), MAY_ACT),
        "hearing_cancel": ((hearing.pk,), MAY_ACT),
        "hearing_hold": ((hearing.pk,), MAY_ACT),
        "hearing_reopen": ((hearing.pk,), MAY_ACT),
        "hearing_correct": ((hearing.pk,), MAY_LEAD),
    }
    assert rows
    before = JuryLine.objects.count()
    seen = {}
    for rank, role in enumerate(ROLES):
        client.at(AT).force_login(people[role])
        for name, (args, may) in acts.items():
            if not may[rank]:
                seen[name, role] = client.post(office.url(name, *args)).status_code

    assert set(seen.values()) == {403, 404}
    assert {status for (_name, role), status in seen.items() if role in {"other", "superuser"}} == {404}
    assert JuryLine.objects.count() == before


@pytest.mark.parametrize("name", ["panel", "tie", "slot", "place", "hearing", "sheets", "remove"])
def test_what_belongs_to_another_jury_is_absent_under_this_one(client: TimedClient, office: Office, name: str) -> None:
    rows = addresses(office)
    sister = builders.a_jury(office.call)
    client.at(AT).force_login(office.manager)
    mine, _statuses = rows[name]
    theirs = mine.replace(f"/jury/{office.jury.pk}/", f"/jury/{sister.pk}/")

    there, absent = client.get(theirs), client.get(mine.replace(f"/jury/{office.jury.pk}/", "/jury/99999/"))

    assert client.get(mine).status_code == 200
    assert (there.status_code, absent.status_code) == (404, 404)


def test_keys_no_row_can_have_are_no_keys(client: TimedClient, office: Office) -> None:
    client.at(AT).force_login(office.manager)
    for key in ("9" * 30, "9" * 5000, "²", "-1"):
        posted = [
            client.post(office.url("panel_give", office.panel.pk), {"candidacy": key}),
            client.post(office.url("convene_all"), {"hearing": key}),
            client.post(office.url("plan"), {"placement": f"{key}:{key}"}),
        ]
        read = client.get(office.url("invite"), {"mandat": key})

        assert [answer.status_code for answer in (*posted, read)] == [409, 409, 409, 200]
    assert client.get(office.url("sheets", 9**30)).status_code == 404
