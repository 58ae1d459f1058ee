"""Read a dossier: what was submitted, its files, what was received since; each reading in the candidacy's journal."""

from datetime import timedelta

import pytest

from applications.models import Call, CandidacyLine, CompletionItem, CompletionRequest
from hubs_portal.files import store_bytes
from juries.actions import panels
from tests import builders
from tests.builders import TimedClient
from tests.builders.juries import JURY_TIME
from tests.builders.jurors import JuryAtWork, as_juror, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> JuryAtWork:
    world = JuryAtWork(candidacies=1, jurors=1)
    builders.without_ties(*world.seats, world.stranger)
    return world


def readings(world: JuryAtWork) -> list[tuple[str, str]]:
    lines = CandidacyLine.objects.filter(subject=world.mine, act__startswith="read").order_by("sequence")
    return [(line.act, line.details.get("file", "")) for line in lines]


def a_completion(world: JuryAtWork) -> CompletionItem:
    """The accounts, asked for by the service and received an hour ago."""
    before = JURY_TIME - timedelta(hours=2)
    asked = CompletionRequest.objects.create(
        candidacy=world.mine, asked_by=world.manager, asked_at=before, due_at=JURY_TIME, answered_at=JURY_TIME
    )
    return CompletionItem.objects.create(
        request=asked,
        requirement=world.call.requirements.get(code="accounts"),
        reason="Manquants.",
        stored=store_bytes(b"%PDF-1.4 comptes"),
        name="comptes.pdf",
        received_at=before + timedelta(hours=1),
    )


def test_the_dossier_is_what_was_submitted_and_reading_it_is_written_once(
    client: TimedClient, world: JuryAtWork
) -> None:
    juror, address = as_juror(client, world.seats[0]), page("juror_dossier", world.mine.number)

    first, _second = juror.get(address), juror.get(address)

    text = first.content.decode()
    assert all(said in text for said in ("Notre réponse à", "Département d’essai", "mandate.pdf"))
    assert readings(world) == [("read", "")]
    line = CandidacyLine.objects.get(subject=world.mine, act="read")
    assert line.actor == world.seats[0].user


def test_files_are_served_to_who_may_read_them_and_journalled(client: TimedClient, world: JuryAtWork) -> None:
    files = list(world.mine.submissions.get().files.all())
    theirs = world.elsewhere.submissions.get().files.all()[0]
    received = a_completion(world)
    number = world.mine.number
    juror = as_juror(client, world.seats[0])
    juror.get(page("juror_dossier", number))

    served = juror.get(page("juror_file", number, files[0].pk))
    completion = juror.get(page("juror_completion", number, received.pk))

    assert b"".join(served.streaming_content).startswith(b"%PDF")
    assert b"".join(completion.streaming_content) == b"%PDF-1.4 comptes"
    assert readings(world) == [("read", ""), ("read_file", files[0].name), ("read_completion", "comptes.pdf")]
    assert juror.get(page("juror_file", number, theirs.pk)).status_code == 404

    stranger = as_juror(client, world.stranger)
    for address in (
        page("juror_dossier", number),
        page("juror_file", number, files[0].pk),
        page("juror_file", world.elsewhere.number, files[0].pk),
        page("juror_completion", number, received.pk),
        page("juror_completion", world.elsewhere.number, received.pk),
    ):
        assert stranger.get(address).status_code == 404
    assert len(readings(world)) == 3


def test_nothing_opens_while_the_list_of_submissions_may_change(client: TimedClient, world: JuryAtWork) -> None:
    file = world.mine.submissions.get().files.all()[0]
    Call.objects.filter(pk=world.call.pk).update(state="published", frozen_at=None)  # as a reopening leaves it
    juror, seat = as_juror(client, world.seats[0]), world.seats[0]

    shown = juror.get(page("juror_dossier", world.mine.number))

    assert (shown.status_code, "Notre réponse" in shown.content.decode()) == (409, False)
    assert juror.get(page("juror_file", world.mine.number, file.pk)).status_code == 404
    assert "Département d’essai" not in juror.get(page("juror_declarations", seat.pk)).content.decode()
    assert readings(world) == []
    Call.objects.filter(pk=world.call.pk).update(state=world.call.state, frozen_at=JURY_TIME)


def test_files_stay_closed_while_a_declaration_is_missing(client: TimedClient, world: JuryAtWork) -> None:
    late = builders.a_juror(world.jury)
    panels.assign_to_panel(world.panel, late, by=world.manager, at=JURY_TIME)
    file = world.mine.submissions.get().files.all()[0]
    juror = as_juror(client, late)

    answers = [
        juror.get(page("juror_dossier", world.mine.number)),
        juror.get(page("juror_file", world.mine.number, file.pk)),
    ]

    assert [r.status_code for r in answers] == [409, 404]
    assert readings(world) == []
