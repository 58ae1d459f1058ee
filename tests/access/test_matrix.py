"""Every address, every role: what the matrix says, and nothing written by whoever may not."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.access.office import ACTS, DJANGO, OFFICE, STAFF
from tests.access.policy import ACCOUNTS, ACT, FORM, READ, ROLES, SIGNED, Gets, Rule
from tests.access.policy_after import ADDRESSES
from tests.access.world import World, a_world, arguments, names, office_arguments

# What may differ between two answers without telling anything: tokens, and the address one asked for.
_PASSING = re.compile(rb'name="csrf-?(?:middleware)?-?token"[^>]*|HFC-[0-9A-Z]{4}-[0-9A-Z]{4}')


def common_ground() -> World:
    return a_world()


@pytest.fixture
def world(ground: World) -> World:
    return ground


def obtained(response: HttpResponseBase) -> Gets:
    """What an answer is, in the words of the matrix; the file it may carry is read to its end."""
    content(response)
    if response.status_code == 404:
        return Gets.ABSENT
    if response.status_code == 403:
        return Gets.REFUSED
    location = response.headers.get("Location", "")
    if response.status_code == 401 or location.startswith((reverse("account_login"), reverse("admin:login"))):
        return Gets.SIGN_IN
    return Gets.PAGE


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def body(response: HttpResponseBase) -> bytes:
    return _PASSING.sub(b"", content(response))


def rows() -> dict[str, int]:
    """How many rows each table holds: sessions and the accounts library's own apart."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in {"applications", "juries", "hubs_portal"}
    }


def test_every_address_is_in_the_matrix_and_the_matrix_holds_no_other() -> None:
    found = names() - set(ADDRESSES)  # those are tried after the closing, in test_matrix_after.py
    office = {name.removeprefix("admin:") for name in found if name.startswith("admin:")}

    assert {name for name in found if not name.startswith("admin:")} == (
        set(READ) | set(FORM) | set(ACT) | ACCOUNTS | SIGNED
    )
    assert office - DJANGO == set(OFFICE) | set(ACTS)
    assert set(ADDRESSES) - names() == set()


def test_the_office_opens_to_each_as_the_matrix_says(world: World) -> None:
    got = {
        role: {name: obtained(client.get(_office(world, name))) for name in OFFICE}
        for role, client in ((role, world.client(role)) for role in STAFF)
    }

    assert got == {role: {name: row[rank] for name, row in OFFICE.items()} for rank, role in enumerate(STAFF)}


@pytest.mark.parametrize("role", ["anonymous", "session", "owner", "stranger"])
def test_the_office_asks_everybody_else_to_sign_in(world: World, role: str) -> None:
    client = world.client(role)
    before = rows()

    got = {name: obtained(client.get(_office(world, name))) for name in OFFICE}
    acted = {name: obtained(client.post(_office(world, name))) for name in [*OFFICE, *ACTS]}

    # Signed in as somebody else, the sign-in page would turn in circles: it refuses.
    at_the_door = Gets.REFUSED if role in world.users else Gets.SIGN_IN
    assert got == dict.fromkeys(OFFICE, Gets.SIGN_IN) | {"login": at_the_door}
    assert acted == dict.fromkeys([*OFFICE, *ACTS], Gets.SIGN_IN) | {"login": at_the_door}
    assert rows() == before


def test_acts_of_the_office_are_for_those_the_matrix_names(world: World) -> None:
    got = {
        role: {name: obtained(client.post(_office(world, name))) for name in ACTS}
        for role, client in ((role, world.client(role)) for role in STAFF)
    }

    assert got == {role: {name: row[rank] for name, row in ACTS.items()} for rank, role in enumerate(STAFF)}


def _office(world: World, name: str) -> str:
    return reverse(f"admin:{name}", args=office_arguments(world, name))


def test_reading_obtains_what_the_matrix_says(world: World) -> None:
    rules = READ | {name: get for name, (get, _post) in FORM.items()}

    got = by_role(world, rules, "get")

    assert got == {role: {name: rule[role] for name, rule in rules.items()} for role in ROLES}


def test_heads_obtain_what_reads_obtain(world: World) -> None:
    got = by_role(world, READ, "head")

    assert got == {role: {name: rule[role] for name, rule in READ.items()} for role in ROLES}


def by_role(world: World, rules: dict[str, Rule], method: str) -> dict[str, dict[str, Gets]]:
    """What each role obtains at each address with that verb."""
    found: dict[str, dict[str, Gets]] = {}
    for role in ROLES:
        ask = getattr(world.client(role), method)
        found[role] = {name: obtained(ask(reverse(name, args=arguments(world, name)))) for name in rules}
    return found


def test_an_act_refused_writes_nothing(world: World) -> None:
    before = rows()
    for role in ROLES:
        client = world.client(role)
        refused = {name: rule[role] for name, rule in acts().items() if rule[role] is not Gets.PAGE}

        got = {name: obtained(client.post(reverse(name, args=arguments(world, name)))) for name in refused}

        assert (role, got) == (role, refused)
        assert (role, rows()) == (role, before)


def test_forbidden_and_absent_are_the_same_bytes(world: World) -> None:
    different = []
    for role in set(ROLES) - {"anonymous", "session", "owner"}:
        client = world.client(role)
        for name in [name for name, rule in READ.items() if rule[role] is Gets.ABSENT]:
            forbidden = client.get(reverse(name, args=arguments(world, name)))
            absent = client.get(reverse(name, args=arguments(world, name, absent=True)))
            if body(forbidden) != body(absent):
                different.append((role, name))

    assert different == []


def test_reading_writes_nothing(world: World) -> None:
    client = world.client("owner")
    before = rows()

    for name in READ:
        # The first download renders the PDF of the receipt when the worker is late.
        if name not in {"receipt_pdf", "version_archive", "draft_archive"}:
            content(client.get(reverse(name, args=arguments(world, name))))

    assert rows() == before


def test_an_act_without_its_token_is_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["owner"])
    before = rows()

    codes = {name: client.post(reverse(name, args=arguments(world, name))).status_code for name in acts()}

    assert codes == dict.fromkeys(acts(), 403)
    assert rows() == before


def test_no_address_answers_to_another_verb(world: World) -> None:
    client = world.client("owner")

    codes = {
        (method, name): getattr(client, method)(reverse(name, args=arguments(world, name))).status_code
        for method in ("put", "patch", "delete")
        for name in [*READ, *FORM, *ACT]
        if name != "set_language"
    }

    assert codes == dict.fromkeys(codes, 405)


def acts() -> dict[str, Rule]:
    return ACT | {name: post for name, (_get, post) in FORM.items()}


def test_a_member_removed_with_a_page_open_saves_nothing(world: World) -> None:
    client = world.client("removed")
    before = rows()

    response: Any = client.post(
        reverse("section", args=[world.contact.candidacy.number, "project"]), {"title": "Trop tard", "seen": "1"}
    )

    assert response.status_code == 404
    assert rows() == before
