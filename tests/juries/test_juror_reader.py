"""The reader at the juror's desk: what the juror may read and nothing else, each file opened written once."""

from typing import Any

import pytest

from applications.models import CandidacyLine
from hubs_portal.downloads import GUARD
from juries.actions import constitution, interests
from tests import builders
from tests.builders import TimedClient
from tests.builders.juries import JURY_TIME
from tests.builders.jurors import JuryAtWork, as_juror, page
from tests.juries.test_juror_dossier import a_completion

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> JuryAtWork:
    world = JuryAtWork(candidacies=1, jurors=2)
    builders.without_ties(*world.seats, world.stranger)
    return world


def places(world: JuryAtWork) -> list[str]:
    """Both kinds of files of the dossier, to take and to read."""
    file, item = world.mine.submissions.get().files.all()[0], a_completion(world)
    number = world.mine.number
    return [
        page("juror_file", number, file.pk),
        page("juror_completion", number, item.pk),
        page("juror_file_read", number, file.pk),
        page("juror_completion_read", number, item.pk),
    ]


def statuses(client: TimedClient, addresses: list[str], **headers: str) -> list[int]:
    """What each answers, read to its end: a file is closed once it is."""
    answers = [client.get(address, headers=headers) for address in addresses]
    assert all(b"".join(answer.streaming_content) for answer in answers if answer.streaming)
    return [answer.status_code for answer in answers]


def test_a_juror_reads_the_files_of_the_dossier_and_each_is_written_once(
    client: TimedClient, world: JuryAtWork
) -> None:
    addresses = places(world)
    juror = as_juror(client, world.seats[0])

    for _ in range(2):
        assert statuses(juror, addresses) == [200] * 4

    lines = CandidacyLine.objects.filter(subject=world.mine, act__startswith="read").order_by("sequence")
    first = world.mine.submissions.get().files.all()[0].name
    assert [(line.act, line.details["file"]) for line in lines] == [
        ("read_file", first),
        ("read_completion", "comptes.pdf"),
    ]
    shown = juror.get(addresses[2]).content.decode()
    assert (f'data-address="{addresses[0]}?afficher"' in shown, "comptes.pdf" in shown) == (True, True)
    desk = juror.get(page("juror_dossier", world.mine.number)).content.decode()
    assert [address for address in addresses if f'href="{address}"' not in desk] == []


def test_whoever_is_recused_removed_or_of_another_panel_finds_nothing_whatever_is_asked(
    client: TimedClient, world: JuryAtWork
) -> None:
    addresses = places(world)
    recused, removed = world.seats
    interests.recuse(recused, world.mine, reason="Administrateur.", by=world.manager, at=JURY_TIME)
    constitution.remove_juror(removed, reason="Démission.", by=world.manager, at=JURY_TIME)
    late = builders.a_juror(world.jury)  # on no panel
    tag: Any = {"If-None-Match": "*"}

    for seat in (recused, removed, world.stranger, late):
        juror = as_juror(client, seat)
        for asked in ({}, {"Range": "bytes=0-3"}, tag):
            assert statuses(juror, addresses, **asked) == [404] * 4
        assert [juror.head(address).status_code for address in addresses] == [404] * 4
    client.logout()
    assert statuses(client, addresses) == [302] * 4
    assert CandidacyLine.objects.filter(subject=world.mine, act__startswith="read").count() == 0


def test_a_file_keeps_its_guard_whatever_is_asked(client: TimedClient, world: JuryAtWork) -> None:
    juror = as_juror(client, world.seats[0])
    for address in places(world)[:2]:
        whole = juror.get(address)
        content, tag = b"".join(whole.streaming_content), whole["ETag"]
        asked: list[tuple[dict[str, str], int]] = [
            ({}, 200),
            ({"Range": "bytes=0-9"}, 206),
            ({"Range": f"bytes={len(content)}-"}, 416),
            ({"If-None-Match": tag}, 304),
            ({"If-Match": '"other"'}, 412),
        ]
        for headers, status in asked:
            answer: Any = juror.get(address, headers=headers)
            assert (headers, answer.status_code) == (headers, status)
            assert {name: answer.headers.get(name) for name in GUARD} == GUARD


def test_the_reader_costs_fifteen_queries_at_most(
    client: TimedClient, world: JuryAtWork, django_assert_max_num_queries: Any
) -> None:
    addresses = places(world)[2:]
    juror = as_juror(client, world.seats[0])
    statuses(juror, addresses)

    for address in addresses:
        with django_assert_max_num_queries(15):
            juror.get(address)
