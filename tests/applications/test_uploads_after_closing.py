"""Files asked for once the call is closed, sent in parts: by the rule of what is asked, and as if posted whole."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from applications.actions import membership, replacing, screening
from applications.actions.steps import lock_candidacy
from applications.enums import DocumentState, Rights, Role
from applications.models import CandidacyLine, CompletionItem, CompletionRequest, Document, Member, Replacement
from applications.models.screening import Awaited
from hubs_portal.files import StoredFile
from hubs_portal.jobs.models import Job
from hubs_portal.letters.models import Letter
from hubs_portal.uploads.models import PART, Upload
from tests.builders import a_call, a_pdf, an_invited, joined
from tests.builders.browsers import TimedClient
from tests.builders.examined import AFTER, a_frozen_call, team_of
from tests.builders.uploads import Sender

pytestmark = pytest.mark.django_db

DUE = AFTER + timedelta(days=9)
NOW = DUE - timedelta(days=2)
# Two parts, the last of them short.
LARGE = a_pdf("Comptes 2017") + bytes(PART) + b"fin"
Either = pytest.mark.parametrize("to", ["completion", "replacement"])


@dataclass
class Asked:
    """A candidacy asked for two documents, and for another file in the place of one nobody can read."""

    member: Member
    accounts: CompletionItem
    mandate: CompletionItem
    unread: Replacement

    def row(self, to: str) -> Awaited:
        """What a file is sent for, as it is now."""
        kept = {"completion": self.accounts, "replacement": self.unread}[to]
        return type(kept)._default_manager.get(pk=kept.pk)


def common_ground() -> Asked:
    (frozen,) = a_frozen_call(a_call())
    member = joined(frozen.members.get(), at=AFTER)
    (officer,) = team_of(frozen.call, Role.OFFICER)
    wanted = {frozen.call.requirements.get(code=code): "Il manque." for code in ("accounts", "mandate")}
    request = screening.request_completion(frozen, wanted, due_at=DUE, by=officer, at=AFTER)
    accounts, mandate = request.items.order_by("pk")
    document = Document.objects.current().filter(dossier__candidacy=frozen).order_by("pk")[0]
    Document.objects.filter(pk=document.pk).update(state=DocumentState.UNREADABLE, verdict="encrypted")
    with transaction.atomic():
        replacing.want_replacement(document, lock_candidacy(frozen.pk), at=AFTER)
    return Asked(Member.objects.get(pk=member.pk), accounts, mandate, Replacement.objects.get())


@pytest.fixture
def incoming(settings: Any, tmp_path: Path) -> Path:
    """Where what arrives is, and nothing else."""
    settings.UPLOADS_FOLDER, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads", tmp_path / "gathered"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return tmp_path


@pytest.fixture
def asked(ground: Asked, client: TimedClient, incoming: Path) -> Asked:
    assert ground.member.user
    client.force_login(ground.member.user)
    client.at(NOW)
    return ground


def sender(client: TimedClient, asked: Asked, to: str, content: bytes = LARGE, **said: Any) -> Sender:
    return Sender(client, asked.member.candidacy.number, content, code=asked.row(to).pk, to=to, **said)


def sent(client: TimedClient, asked: Asked, to: str, content: bytes = LARGE, **said: Any) -> Sender:
    """All of it is there, and nothing is made of it yet."""
    sending = sender(client, asked, to, content, **said)
    assert sending.announce().status_code == 200
    sending.send()
    return sending


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def written(asked: Asked) -> dict[str, Any]:
    """What a file leaves behind it: on its row, in the journal, in the post, for the worker."""
    rows = [(row.name, row.stored and row.stored.digest, row.received_at) for row in map(asked.row, KINDS)]
    lines = CandidacyLine.objects.filter(subject=asked.member.candidacy_id).order_by("sequence")
    return {
        "rows": rows,
        "answered": CompletionRequest.objects.get().answered_at,
        "journal": list(lines.values_list("act", "details")),
        "letters": list(Letter.objects.order_by("pk").values_list("kind", flat=True)),
        "jobs": list(Job.objects.order_by("pk").values_list("kind", flat=True)),
        "files": StoredFile.objects.count(),
    }


KINDS = ("completion", "replacement")


@Either
def test_it_is_taken_as_the_same_file_posted_whole_is(client: TimedClient, asked: Asked, to: str) -> None:
    address = reverse(f"{to}_add", args=[asked.member.candidacy.number, asked.row(to).pk])
    with transaction.atomic():
        client.post(address, {"file": SimpleUploadedFile("Comptes signés.pdf", LARGE)})
        whole = written(asked)
        transaction.set_rollback(True)

    answer = sent(client, asked, to, name="Comptes signés.pdf").complete()

    digest = hashlib.sha256(LARGE).hexdigest()
    assert answer.json() == {"name": "Comptes signés.pdf", "sha256": digest, "size": len(LARGE)}
    assert written(asked) == whole
    row = asked.row(to)
    assert row.stored
    assert (row.name, row.stored.digest, row.received_at) == ("Comptes signés.pdf", digest, NOW)
    page = client.get(reverse("completion", args=[asked.member.candidacy.number])).text.replace("\u00a0", " ")
    assert "« Comptes signés.pdf » est reçu." in page


@Either
def test_announced_again_it_goes_on_and_completed_twice_it_is_received_once(
    client: TimedClient, asked: Asked, to: str
) -> None:
    first = sender(client, asked, to)
    first.announce()
    first.send(1)
    again = sender(client, asked, to)
    again.announce()
    assert (again.key, sorted(again.marks())) == (first.key, [1])
    again.send(2)

    answer = again.complete().json()

    assert again.step("terminer").json() == answer
    act = {"completion": "complete", "replacement": "replace_file"}[to]
    assert CandidacyLine.objects.filter(subject=asked.member.candidacy_id, act=act).count() == 1


def test_the_last_document_asked_for_closes_the_request_and_is_acknowledged(client: TimedClient, asked: Asked) -> None:
    sent(client, asked, "completion").complete()
    late = sent(client, asked, "completion", LARGE + b"2")
    number = asked.member.candidacy.number
    last = Sender(client, number, a_pdf("Pouvoir"), code=asked.mandate.pk, to="completion")
    last.announce()
    last.send()

    assert last.complete().status_code == 200

    assert CompletionRequest.objects.get().answered_at == NOW
    assert Letter.objects.filter(kind="completion_received").count() == 1
    before = written(asked)
    assert [told(late.sign("PUT", 1)), told(late.step("terminer"))] == [(409, "answered")] * 2
    assert written(asked) == before
    assert not Upload.objects.filter(outcome="").exists()


def test_the_instant_given_stops_the_next_part_and_what_is_complete(
    client: TimedClient, asked: Asked, incoming: Path
) -> None:
    client.at(DUE - timedelta(microseconds=1))
    sending = sent(client, asked, "completion")
    sending.join()
    before = written(asked)
    client.at(DUE)

    refused = [sending.sign("PUT", 1), sending.step("terminer"), sender(client, asked, "completion").announce()]

    assert [told(answer) for answer in refused] == [(409, "too_late")] * 3
    assert (written(asked), Upload.objects.count()) == (before, 0)
    assert [path for path in incoming.rglob("*") if path.is_file()] == []


def test_time_given_to_complete_is_not_that_of_a_file_to_replace(client: TimedClient, asked: Asked) -> None:
    client.at(DUE + timedelta(days=1))

    assert sent(client, asked, "replacement").complete().status_code == 200


def test_a_file_already_replaced_by_one_that_opens_takes_no_other(client: TimedClient, asked: Asked) -> None:
    sending = sent(client, asked, "replacement")
    sent(client, asked, "replacement", a_pdf("Le bon")).complete()
    Replacement.objects.update(state=DocumentState.READABLE)
    before = written(asked)

    assert [told(sending.sign("PUT", 1)), told(sending.step("terminer"))] == [(409, "replaced")] * 2
    assert (written(asked), Upload.objects.filter(outcome="").count()) == (before, 0)


@Either
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"name": "programme.exe"}, (415, "wrong_format")),
        ({"size": 0}, (422, "empty_file")),
        ({"size": 26 * 1024 * 1024}, (413, "too_large")),
    ],
    ids=["format", "empty", "large"],
)
def test_what_cannot_do_is_refused_before_a_byte_is_sent(
    client: TimedClient, asked: Asked, to: str, said: Any, expected: Any
) -> None:
    assert told(sender(client, asked, to).announce(**said)) == expected
    assert Upload.objects.count() == 0


@Either
def test_bytes_altered_on_their_way_are_not_received(client: TimedClient, asked: Asked, to: str) -> None:
    sending = sender(client, asked, to)
    sending.announce()
    sending.send(2)
    sending.call("PUT", 1, bytes(PART))
    before = written(asked)

    assert told(sending.complete()) == (422, "altered_in_transit")
    assert (written(asked), Upload.objects.count()) == (before, 0)


@Either
def test_a_key_serves_one_person_and_one_thing_asked(
    client: TimedClient, another_client: TimedClient, asked: Asked, to: str
) -> None:
    sending = sent(client, asked, to)
    colleague = joined(an_invited(asked.member, rights=Rights.EDIT, at=AFTER), at=AFTER)
    assert colleague.user
    another_client.force_login(colleague.user)
    another_client.at(NOW)
    number, pk = sending.number, asked.row(to).pk
    (other,) = set(KINDS) - {to}
    elsewhere = [
        Sender(another_client, number, LARGE, code=pk, to=to, key=sending.key),
        Sender(client, number, LARGE, code=asked.row(other).pk, to=other, key=sending.key),
        Sender(client, number, LARGE, code="accounts", key=sending.key),
        Sender(client, number, LARGE, code=pk + 1000, to=to, key=sending.key),
    ]

    for stranger in elsewhere:
        for step in ("signer", "etat", "terminer", "abandonner"):
            assert stranger.step(step, method="PUT", part=1).status_code == 404
    another_client.logout()
    assert elsewhere[0].step("etat").status_code == 401
    assert sending.complete().status_code == 200


@Either
def test_somebody_whose_rights_are_taken_back_goes_no_further(client: TimedClient, asked: Asked, to: str) -> None:
    colleague = joined(an_invited(asked.member, rights=Rights.EDIT, at=AFTER), at=AFTER)
    assert colleague.user
    client.force_login(colleague.user)
    sending = sent(client, asked, to)
    before = written(asked)

    membership.change_rights(asked.member, colleague, Rights.VIEW, at=NOW)

    assert [sending.sign("PUT", 1).status_code, sending.step("terminer").status_code] == [404, 404]
    assert written(asked)["rows"] == before["rows"]


@Either
def test_a_storage_that_fails_is_our_fault_and_the_same_bytes_may_do_later(
    client: TimedClient, asked: Asked, to: str, settings: Any, tmp_path: Path
) -> None:
    sending = sent(client, asked, to)
    before, sound = written(asked), settings.STORAGES
    (tmp_path / "objects").write_bytes(b"a file where a folder should be")
    options = {"location": str(tmp_path)}
    broken = {"BACKEND": "hubs_portal.storage.FolderStorage", "OPTIONS": options}
    settings.STORAGES = {**sound, "private": broken}

    assert told(sending.complete()) == (503, "storage_failed")
    assert written(asked) == before
    address = reverse(f"{to}_add", args=[sending.number, sending.code])
    page = client.post(address, {"file": SimpleUploadedFile("comptes.pdf", a_pdf("Entier"))})
    assert (page.status_code, "Réessayez dans un instant." in page.text, written(asked)) == (503, True, before)

    settings.STORAGES = sound
    assert sending.step("terminer").status_code == 200


@Either
def test_a_call_for_a_part_asks_little_of_the_database(
    client: TimedClient, asked: Asked, to: str, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    sending = sender(client, asked, to)
    sending.announce()

    with django_assert_max_num_queries(6):
        sending.sign("PUT", 1)


def test_the_page_offers_it_while_something_may_be_sent(client: TimedClient, asked: Asked) -> None:
    address = reverse("completion", args=[asked.member.candidacy.number])
    viewer = joined(an_invited(asked.member, rights=Rights.VIEW, at=AFTER), at=AFTER)

    page = client.get(address).text
    assert [page.count("data-uploads="), page.count("build/uploads.js")] == [3, 1]
    assert viewer.user
    client.force_login(viewer.user)
    page = client.get(address).text
    assert [page.count("data-uploads="), page.count("build/uploads.js")] == [0, 0]
