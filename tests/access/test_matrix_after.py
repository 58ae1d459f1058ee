"""After the closing: every address that screening, juries, deliberation and results brought, for every role."""

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.access.after import After, a_world_after
from tests.access.policy import Gets
from tests.access.policy_after import ADDRESSES, ROLES
from tests.access.test_matrix import body, content, obtained, rows

pytestmark = pytest.mark.django_db

# What reading writes down: who read which dossier, and when.
_JOURNAL = "applications.CandidacyLine"
READABLE = {name: address for name, address in ADDRESSES.items() if address.reads}
ACTED_ON = {name: address for name, address in ADDRESSES.items() if address.acts}


def common_ground() -> After:
    return a_world_after()


@pytest.fixture
def world(ground: After) -> After:
    return ground


def read(response: HttpResponseBase) -> Gets:
    """What reading obtained; a page that says what to do first shows nothing else."""
    return Gets.NOT_YET if response.status_code == 409 else obtained(response)


def written() -> dict[str, int]:
    """How many rows each table holds, but the journal of who read what."""
    return {label: count for label, count in rows().items() if label != _JOURNAL}


def addresses(world: After, *, absent: bool = False) -> dict[str, str]:
    """Every address; or, `absent`, those of things that do not exist."""
    found = {}
    for name, address in ADDRESSES.items():
        arguments: list[Any] = address.arguments(world)
        if absent:
            arguments = [0 if isinstance(given, int) else "HFC-0000-0000" for given in arguments]
        found[name] = reverse(name, args=arguments)
    return found


def test_reading_obtains_what_the_matrix_says(world: After) -> None:
    at = addresses(world)

    got = {role: {name: read(world.client(role).get(at[name])) for name in READABLE} for role in ROLES}

    assert got == {role: {name: (a.reads or {})[role] for name, a in READABLE.items()} for role in ROLES}


def test_an_act_refused_writes_nothing(world: After) -> None:
    before, at = rows(), addresses(world)
    for role in ROLES:
        client = world.client(role)
        rules = {name: (address.acts or {})[role] for name, address in ACTED_ON.items()}
        refused = {name: rule for name, rule in rules.items() if rule is not Gets.PAGE}

        got = {name: obtained(client.post(at[name], ADDRESSES[name].says)) for name in refused}

        assert (role, got) == (role, refused)
        assert (role, rows()) == (role, before)


def test_acts_answer_whom_the_matrix_names(world: After) -> None:
    at, got = addresses(world), {}
    for role in ROLES:
        client = world.client(role)
        for name in [name for name, address in ACTED_ON.items() if (address.acts or {})[role] is Gets.PAGE]:
            with transaction.atomic():
                got[role, name] = obtained(client.post(at[name], ADDRESSES[name].says))
                transaction.set_rollback(True)

    assert got == dict.fromkeys(got, Gets.PAGE)


def test_an_observer_acts_on_nothing(world: After) -> None:
    at, client, before = addresses(world), world.client("observer"), written()

    for name in ACTED_ON:
        content(client.post(at[name], ADDRESSES[name].says))

    assert written() == before


def test_forbidden_and_absent_are_the_same_bytes(world: After) -> None:
    at, nowhere, different = addresses(world), addresses(world, absent=True), []
    for role in ROLES:
        client = world.client(role)
        shut = [name for name, address in READABLE.items() if (address.reads or {})[role] is Gets.ABSENT]
        for name in shut:
            if at[name] != nowhere[name] and body(client.get(at[name])) != body(client.get(nowhere[name])):
                different.append((role, name))  # noqa: PERF401 - the two answers are long lines

    assert different == []


@pytest.mark.parametrize("role", ["owner", "officer", "manager", "reader", "chair"])
def test_reading_writes_nothing_but_who_read(world: After, role: str) -> None:
    at, client = addresses(world), world.client(role)
    before = written()

    for name, address in READABLE.items():
        if (address.reads or {})[role] is Gets.PAGE:
            content(client.get(at[name]))

    assert written() == before


def test_an_act_without_its_token_is_refused(world: After) -> None:
    at, before = addresses(world), rows()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["manager"])

    codes = {name: client.post(at[name]).status_code for name in ACTED_ON}

    assert codes == dict.fromkeys(ACTED_ON, 403)
    assert rows() == before


def test_no_address_answers_to_another_verb(world: After) -> None:
    at = addresses(world)
    clients = {role: world.client(role) for role in ("owner", "chair", "manager")}

    answered = {
        (role, method, name)
        for role, client in clients.items()
        for method in ("put", "patch", "delete")
        for name in ADDRESSES
        if not name.endswith("_changelist")  # Django's lists read whatever the verb
        and getattr(client, method)(at[name]).status_code not in {405, 404, 403, 302, 401}
    }

    assert answered == set()
