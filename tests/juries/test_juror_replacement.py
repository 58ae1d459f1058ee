"""What came in the place of a file nobody can read, at the juror's desk: to read, to take, with the whole dossier."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from applications.models import Call, CandidacyLine, Replacement
from juries.actions import constitution, interests, panels
from tests import builders
from tests.builders import TimedClient
from tests.builders.infected import found_infected
from tests.builders.juries import JURY_TIME
from tests.builders.jurors import JuryAtWork, as_juror, page
from tests.builders.replaced import a_replacement, a_wanted
from tests.juries.test_juror_dossier import a_completion
from tests.juries.test_juror_reader import statuses

pytestmark = pytest.mark.django_db
SENT = JURY_TIME - timedelta(hours=3)


@pytest.fixture
def world() -> JuryAtWork:
    world = JuryAtWork(candidacies=1, jurors=2)
    builders.without_ties(*world.seats, world.stranger)
    return world


@pytest.fixture
def sent(world: JuryAtWork) -> Replacement:
    return a_replacement(world.mine, name="lisible.pdf", at=SENT)


def places(world: JuryAtWork, sent: Replacement) -> list[str]:
    number = world.mine.number
    return [
        page("juror_replacement", number, sent.pk),
        page("juror_replacement_read", number, sent.pk),
        page("juror_archive", number),
    ]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def opened(response: Any) -> tuple[dict[str, bytes], dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    return files, json.loads(files["manifeste.json"])


def test_a_juror_reads_it_beside_the_file_it_replaces_and_each_is_written_once(
    client: TimedClient, world: JuryAtWork, sent: Replacement
) -> None:
    addresses, juror = places(world, sent), as_juror(client, world.seats[0])

    for _ in range(2):
        assert statuses(juror, addresses) == [200] * 3

    lines = CandidacyLine.objects.filter(subject=world.mine, act__startswith="read").order_by("sequence")
    assert [(line.act, line.actor) for line in lines] == [
        ("read_replacement", world.seats[0].user),
        ("read_archive", world.seats[0].user),
    ]
    shown = plain(juror.get(addresses[1]).text)
    assert f'data-address="{addresses[0]}?afficher"' in shown
    assert f"à la place de « {sent.document.name} »" in shown
    desk = juror.get(page("juror_dossier", world.mine.number)).text
    assert [address for address in addresses if f'href="{address}"' not in desk] == []
    file = world.mine.submissions.get().files.all()[0]
    assert f'href="{addresses[1]}"' in juror.get(page("juror_file_read", world.mine.number, file.pk)).text


def test_whoever_is_recused_removed_of_another_panel_or_of_another_call_finds_the_same_nothing(
    client: TimedClient, world: JuryAtWork, sent: Replacement
) -> None:
    addresses = places(world, sent)
    elsewhere = JuryAtWork(candidacies=1, jurors=1)
    builders.without_ties(*elsewhere.seats)
    recused, removed = world.seats
    interests.recuse(recused, world.mine, reason="Administrateur.", by=world.manager, at=JURY_TIME)
    constitution.remove_juror(removed, reason="Démission.", by=world.manager, at=JURY_TIME)
    late = builders.a_juror(world.jury)  # on no panel
    before = CandidacyLine.objects.count()

    for seat in (recused, removed, world.stranger, late, elsewhere.seats[0]):
        juror = as_juror(client, seat)
        absent = juror.get(page("juror_replacement", world.mine.number, sent.pk + 999))
        for address in addresses:
            answer = juror.get(address)
            assert (seat.pk, address, answer.status_code) == (seat.pk, address, 404)
            assert answer.content == absent.content
            assert juror.head(address).status_code == 404
            assert juror.get(address, headers={"Range": "bytes=0-3"}).status_code == 404
    client.logout()
    assert statuses(client, addresses) == [302] * 3
    assert CandidacyLine.objects.count() == before


def test_a_juror_of_another_call_finds_it_under_no_number(
    client: TimedClient, world: JuryAtWork, sent: Replacement
) -> None:
    elsewhere = JuryAtWork(candidacies=1, jurors=1)
    builders.without_ties(*elsewhere.seats)
    juror = as_juror(client, elsewhere.seats[0])

    for name in ("juror_replacement", "juror_replacement_read"):
        assert juror.get(page(name, elsewhere.mine.number, sent.pk)).status_code == 404
    files, _manifest = opened(juror.get(page("juror_archive", elsewhere.mine.number)))
    assert [name for name in files if "lisible" in name] == []


def test_nothing_of_it_opens_before_it_comes_nor_before_the_dossier_does(
    client: TimedClient, world: JuryAtWork
) -> None:
    wanted = a_wanted(world.mine, at=SENT)
    undeclared = builders.a_juror(world.jury)
    panels.assign_to_panel(world.panel, undeclared, by=world.manager, at=JURY_TIME)
    addresses = places(world, wanted)
    assert statuses(as_juror(client, world.seats[0]), addresses) == [404, 404, 200]  # nothing has come

    sent = a_replacement(world.mine, rank=1, at=SENT)
    addresses = places(world, sent)
    assert statuses(as_juror(client, undeclared), addresses) == [404] * 3
    assert sent.received_at
    client.at(sent.received_at - timedelta(seconds=1)).force_login(world.seats[0].user)
    assert statuses(client, addresses[:2]) == [404] * 2
    Call.objects.filter(pk=world.call.pk).update(state="published", frozen_at=None)  # as a reopening leaves it
    assert statuses(as_juror(client, world.seats[0]), addresses) == [404] * 3
    Call.objects.filter(pk=world.call.pk).update(state=world.call.state, frozen_at=JURY_TIME)


def test_the_whole_dossier_is_what_the_juror_may_read_and_no_more(
    client: TimedClient, world: JuryAtWork, sent: Replacement
) -> None:
    a_completion(world)
    juror = as_juror(client, world.seats[0])

    files, manifest = opened(juror.get(page("juror_archive", world.mine.number)))

    code = sent.document.requirement.code
    instead = f"remplacements/01_remplace-01_{code}_lisible.pdf"
    assert {"complements/01_accounts_comptes.pdf", instead, f"pieces/01_{code}_{sent.document.name}"} < set(files)
    assert [name for name in files if name.startswith("accuses/") or name == "dossier.json"] == []
    assert {"receipt", "origin"} & set(manifest) == set()
    assert world.mine.submissions.get().receipt.number not in json.dumps(manifest) + files["dossier.html"].decode()
    (line,) = [row for row in manifest["documents"] if "replaces" in row]
    assert (line["name"], line["replaces"]) == (instead, f"pieces/01_{code}_{sent.document.name}")


def test_an_infected_one_is_given_to_no_juror(client: TimedClient, world: JuryAtWork, sent: Replacement) -> None:
    assert sent.stored
    found_infected(sent.stored)
    juror = as_juror(client, world.seats[0])

    files, manifest = opened(juror.get(page("juror_archive", world.mine.number)))

    assert ([name for name in files if "lisible" in name], len(manifest["infected"])) == ([], 1)
    assert juror.get(page("juror_replacement", world.mine.number, sent.pk)).status_code == 410
    desk = juror.get(page("juror_dossier", world.mine.number)).text
    assert [address for address in places(world, sent)[:2] if address in desk] == []


def test_each_costs_fifteen_queries_at_most(
    client: TimedClient, world: JuryAtWork, sent: Replacement, django_assert_max_num_queries: Any
) -> None:
    a_completion(world)
    addresses = [*places(world, sent), page("juror_dossier", world.mine.number)]
    juror = as_juror(client, world.seats[0])
    statuses(juror, addresses)

    for address in addresses:
        with django_assert_max_num_queries(15):
            statuses(juror, [address])
