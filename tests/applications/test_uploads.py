"""A document sent in parts: refused before a byte when it can be, received whole or not at all, once, by one person."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.urls import reverse

from applications.actions import documents as act
from applications.actions import membership
from applications.enums import Rights
from applications.models import CandidacyLine, Document, Member
from hubs_portal import tidying
from hubs_portal.files import StoredFile
from hubs_portal.uploads.models import PART, Upload
from tests.builders import CLOSES, NOW, a_call, a_file, a_pdf, a_signalled, a_user, an_invited, joined
from tests.builders.browsers import TimedClient
from tests.builders.uploads import Sender

pytestmark = pytest.mark.django_db

SMALL = a_pdf("Pouvoir du signataire")
# Three parts, the last of them short.
LARGE = SMALL + bytes(range(256)) * (2 * PART // 256) + b"fin"


@pytest.fixture
def incoming(settings: Any, tmp_path: Path) -> Path:
    """Where what arrives is, and nothing else."""
    settings.UPLOADS_FOLDER, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads", tmp_path / "gathered"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return tmp_path


@pytest.fixture
def member(client: TimedClient, incoming: Path) -> Member:
    user = a_user()
    signalled = a_signalled(a_call(), user=user)
    client.force_login(user)
    return signalled


def sender(client: TimedClient, member: Member, content: bytes = LARGE, **said: Any) -> Sender:
    return Sender(client, member.candidacy.number, content, **said)


def standing(member: Member, code: str = "mandate") -> list[tuple[str, str]]:
    """Name and fingerprint of the documents that stand."""
    rows = member.candidacy.dossier.documents.current().filter(requirement__code=code)
    return [(row.name, row.stored.digest) for row in rows.select_related("stored")]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def on_disk(incoming: Path) -> list[str]:
    """What is left of uploads."""
    return sorted(str(path.relative_to(incoming)) for path in incoming.rglob("*") if path.is_file())


def told(answer: Any) -> tuple[int, str, str]:
    said = answer.json()
    return answer.status_code, said["code"], said["sentence"].replace("\u00a0", " ")


def lines(member: Member) -> list[str]:
    return list(CandidacyLine.objects.filter(subject=member.candidacy_id).values_list("act", flat=True))


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
def test_a_file_sent_in_parts_becomes_the_document_as_one_sent_whole_does(
    client: TimedClient, member: Member, incoming: Path, content: bytes
) -> None:
    sending = sender(client, member, content, name="Pouvoir signé.pdf")
    assert sending.announce().status_code == 200
    sending.send()

    answer = sending.complete()

    assert answer.json() == {"name": "Pouvoir signé.pdf", "sha256": digest(content), "size": len(content)}
    assert standing(member) == [("Pouvoir signé.pdf", digest(content))]
    with StoredFile.objects.get(digest=digest(content)).open() as kept:
        assert kept.read() == content
    assert lines(member).count("add_document") == 1
    assert on_disk(incoming) == []
    assert "« Pouvoir signé.pdf » est enregistré." in client.get(
        reverse("documents", args=[sending.number])
    ).text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(SMALL, [("PUT", None)]), (LARGE, [("GET", None), ("PUT", 1), ("PUT", 2), ("PUT", 3), ("POST", None)])],
    ids=["small", "large"],
)
def test_the_announcement_gives_the_right_to_every_call_the_file_needs(
    client: TimedClient, member: Member, content: bytes, expected: list[tuple[str, int | None]]
) -> None:
    sending = sender(client, member, content)

    given = sending.announce().json()["calls"]

    assert [(call["method"], call["part"]) for call in given] == expected


def test_what_has_arrived_is_not_sent_again(client: TimedClient, member: Member) -> None:
    first = sender(client, member)
    first.announce()
    first.send(1, 3)

    again = sender(client, member)
    again.announce()

    assert (again.key, sorted(again.marks())) == (first.key, [1, 3])
    assert again.step("etat").json() == {"received": len(LARGE) - PART, "whole": False}
    again.send(2)
    assert again.step("etat").json() == {"received": len(LARGE), "whole": True}
    assert again.complete().status_code == 200
    assert standing(member) == [("piece.pdf", digest(LARGE))]


def test_completed_twice_it_is_the_same_document(client: TimedClient, member: Member) -> None:
    sending = sender(client, member)
    sending.announce()
    sending.send()
    first = sending.complete().json()

    assert sending.step("terminer").json() == first
    assert sending.step("etat").json() == {"received": len(LARGE), "whole": True}
    assert Document.objects.filter(dossier__candidacy=member.candidacy_id).count() == 1
    assert lines(member).count("add_document") == 1


@pytest.mark.parametrize(
    ("said", "limits", "expected"),
    [
        ({"name": "programme.exe"}, {}, (415, "wrong_format")),
        ({"size": 0}, {}, (422, "empty_file")),
        ({"size": 26 * 1024 * 1024}, {}, (413, "too_large")),
        ({}, {"max_dossier_mb": 10}, (413, "dossier_too_large")),
        ({"sha256": "abc"}, {}, (400, "not_understood")),
        ({"name": None}, {}, (400, "not_understood")),
        ({"size": -1}, {}, (400, "not_understood")),
    ],
)
def test_what_cannot_do_is_refused_before_a_byte_is_sent(
    client: TimedClient, member: Member, incoming: Path, said: Any, limits: Any, expected: Any
) -> None:
    if limits:
        type(member.candidacy.call).objects.update(**limits)

    answer = sender(client, member).announce(**said)

    assert told(answer)[:2] == expected
    assert Upload.objects.count() == 0
    assert on_disk(incoming) == []


def test_one_person_leaves_no_more_under_way_than_a_dossier_may_weigh(client: TimedClient, member: Member) -> None:
    call = member.candidacy.call
    call.max_dossier_mb = 30
    call.save()
    other = Upload.objects.create(bound_to="dossier 1 member 0 mandate", name="x.pdf", size=9**9, digest="0" * 64)
    sendings = [sender(client, member, LARGE + bytes([n]) * n) for n in range(3)]
    for sending in sendings:
        assert sending.announce().status_code == 200
        sending.send(1)

    # Two files of ten megabytes and something leave no room for a third.
    assert sendings[0].step("etat").status_code == 404
    assert [sending.step("etat").json()["received"] for sending in sendings[1:]] == [PART] * 2
    assert set(Upload.objects.values_list("key", flat=True)) == {other.key, *(s.key for s in sendings[1:])}


def test_a_body_that_is_not_json_is_refused(client: TimedClient, member: Member) -> None:
    address = reverse("document_uploads", args=[member.candidacy.number, "mandate"])

    for body in (b"", b"[1]", b"nul", b"[" * 5000, b"\xff"):
        answer = client.post(address, body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "not_understood")


@pytest.mark.parametrize("damage", [lambda b: b[:-1] + b"?", lambda b: bytes(len(b))], ids=["a byte", "all of it"])
def test_bytes_altered_on_their_way_are_not_saved_and_the_former_file_stays(
    client: TimedClient, member: Member, incoming: Path, damage: Any
) -> None:
    former = a_pdf("Celui d’avant")
    wanted = member.candidacy.call.requirements.get(code="mandate")
    act.add_document(member, wanted, a_file(former), name="avant.pdf", at=NOW)
    sending = sender(client, member)
    sending.announce()
    sending.send(2, 3)
    sending.call("PUT", 1, damage(sending.bytes_of(1)))

    status, code, sentence = told(sending.complete())

    assert (status, code) == (422, "altered_in_transit")
    assert sentence.startswith("Le fichier a été coupé ou modifié pendant l’envoi : il n’est pas enregistré.")
    assert standing(member) == [("avant.pdf", digest(former))]
    assert not StoredFile.objects.filter(digest=digest(LARGE)).exists()
    assert (Upload.objects.count(), on_disk(incoming)) == (0, [])


def test_content_that_is_not_what_its_name_says_is_refused(client: TimedClient, member: Member, incoming: Path) -> None:
    sending = sender(client, member, b"MZ\x90\x00" * 500)
    sending.announce()
    sending.send()

    assert told(sending.complete())[:2] == (415, "wrong_content")
    assert (standing(member), Upload.objects.count(), on_disk(incoming)) == ([], 0, [])


def test_a_file_of_which_a_part_is_missing_is_not_saved_and_may_go_on(client: TimedClient, member: Member) -> None:
    sending = sender(client, member)
    sending.announce()
    sending.send(1, 2)

    assert told(sending.step("terminer"))[:2] == (409, "not_whole")
    assert standing(member) == []
    sending.send(3)
    assert sending.complete().status_code == 200


def test_the_closing_hour_stops_the_next_part_and_what_is_complete_a_second_later(
    client: TimedClient, member: Member, incoming: Path
) -> None:
    sending = sender(client, member)
    sending.announce()
    client.at(CLOSES - timedelta(seconds=1))
    sending.send()
    sending.join()
    client.at(CLOSES)
    before = lines(member)

    status, code, sentence = told(sending.sign("PUT", 1))
    assert (status, code) == (409, "too_late")
    assert sentence.startswith("L’appel est clos : ce que vous avez envoyé est arrivé après l’heure limite.")
    assert told(sending.step("terminer"))[:2] == (409, "too_late")
    assert told(sender(client, member).announce())[:2] == (409, "too_late")

    assert (standing(member), lines(member)) == ([], before)
    assert not StoredFile.objects.filter(digest=digest(LARGE)).exists()
    assert (Upload.objects.count(), on_disk(incoming)) == (0, [])


def test_somebody_whose_rights_are_taken_back_goes_no_further(client: TimedClient, member: Member) -> None:
    colleague = joined(an_invited(member, rights=Rights.EDIT))
    assert colleague.user
    client.force_login(colleague.user)
    sending = sender(client, member)
    sending.announce()
    sending.send(1)

    membership.change_rights(member, colleague, Rights.VIEW, at=NOW)

    assert [sending.sign("PUT", 2).status_code, sending.step("terminer").status_code] == [404, 404]
    membership.remove(member, colleague, at=NOW)
    assert sending.sign("PUT", 2).status_code == 404
    assert standing(member) == []


def test_a_key_is_of_one_person_one_dossier_and_one_requirement(
    client: TimedClient, another_client: TimedClient, member: Member
) -> None:
    sending = sender(client, member)
    sending.announce()
    colleague = joined(an_invited(member, rights=Rights.EDIT))
    stranger = a_signalled(member.candidacy.call, user=a_user())
    assert colleague.user
    assert stranger.user
    another_client.force_login(colleague.user)
    theirs = Sender(another_client, sending.number, LARGE, key=sending.key)
    elsewhere = sender(client, member, code="statutes", key=sending.key)

    for other in (theirs, elsewhere):
        for step in ("signer", "etat", "terminer", "abandonner"):
            assert other.step(step, method="GET").status_code == 404
    another_client.force_login(stranger.user)
    for number in (sending.number, stranger.candidacy.number):
        assert Sender(another_client, number, LARGE, key=sending.key).step("etat").status_code == 404
    another_client.logout()
    assert Sender(another_client, sending.number, LARGE, key=sending.key).step("etat").status_code == 401
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(("method", "part"), [("PUT", 4), ("PUT", None), ("GET", 1), ("POST", 2)])
def test_a_call_this_upload_does_not_have_is_not_signed(
    client: TimedClient, member: Member, method: str, part: int | None
) -> None:
    sending = sender(client, member)
    sending.announce()

    assert told(sending.sign(method, part))[:2] == (400, "no_such_call")


@pytest.mark.parametrize("said", [{"method": "DELETE"}, {"method": "PUT", "part": 0}, {"method": "PUT", "part": "x"}])
def test_a_call_that_is_none_is_not_understood(client: TimedClient, member: Member, said: Any) -> None:
    sending = sender(client, member)
    sending.announce()

    assert told(sending.step("signer", **said))[:2] == (400, "not_understood")


@pytest.mark.parametrize("length", [PART + 1, PART - 1, 3 * PART])
def test_a_part_longer_or_shorter_than_announced_is_refused(
    client: TimedClient, member: Member, incoming: Path, length: int
) -> None:
    sending = sender(client, member)
    sending.announce()

    assert sending.call("PUT", 1, bytes(length)).status_code == 400
    assert on_disk(incoming) == []


def test_an_address_is_good_for_its_own_call_a_few_minutes_only(
    client: TimedClient, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = sender(client, member)
    sending.announce()
    url = sending.sign("PUT", 1).json()["calls"][0]["url"]

    assert sending.put("GET", url, b"", {}).status_code == 403
    assert sending.put("PUT", url + "x", bytes(PART), {}).status_code == 403
    moment = signing.time.time() + 301  # type: ignore[attr-defined] # the module it imports
    monkeypatch.setattr(signing.time, "time", lambda: moment)  # type: ignore[attr-defined] # as above
    assert sending.put("PUT", url, bytes(PART), {}).status_code == 403
    assert sending.step("etat").json() == {"received": 0, "whole": False}


def test_given_up_it_is_forgotten_with_what_came(client: TimedClient, member: Member, incoming: Path) -> None:
    sending = sender(client, member)
    sending.announce()
    sending.send(1)
    url = sending.sign("PUT", 2).json()["calls"][0]["url"]

    assert sending.step("abandonner").status_code == 200

    assert (Upload.objects.count(), on_disk(incoming)) == (0, [])
    assert sending.step("abandonner").status_code == 404
    assert sending.put("PUT", url, sending.bytes_of(2), {}).status_code == 404
    assert on_disk(incoming) == []


def test_what_nobody_ends_is_swept_after_a_day_and_no_document_with_it(
    client: TimedClient, member: Member, incoming: Path
) -> None:
    done, left, fresh = (
        sender(client, member, content, code="letters") for content in (LARGE, LARGE + b"2", LARGE + b"3")
    )
    for sending in (done, left, fresh):
        sending.announce()
        sending.send()
    done.complete()
    now = datetime.now(UTC)
    Upload.objects.exclude(key=fresh.key).update(opened_at=now - timedelta(days=1, minutes=1))
    stray = incoming / "uploads" / "aucune-ligne"
    stray.mkdir()
    (stray / "whole").write_bytes(b"x")
    for path in (stray / "whole", stray):
        os.utime(path, ((now - timedelta(days=2)).timestamp(),) * 2)

    assert tidying.sweep_uploads(now=now) == 3

    assert list(Upload.objects.values_list("key", flat=True)) == [fresh.key]
    assert {name.split("/")[1] for name in on_disk(incoming)} == {fresh.key}
    assert standing(member, "letters") == [("piece.pdf", digest(LARGE))]
    assert fresh.complete().status_code == 200


def test_a_file_that_replaces_another_does_not_weigh_twice(client: TimedClient, member: Member) -> None:
    type(member.candidacy.call).objects.update(max_dossier_mb=11)
    for content in (LARGE, LARGE + b"2"):
        sending = sender(client, member, content)
        assert sending.announce().status_code == 200
        sending.send()
        assert sending.complete().status_code == 200

    assert standing(member) == [("piece.pdf", digest(LARGE + b"2"))]


def test_a_call_for_a_part_asks_little_of_the_database(
    client: TimedClient, member: Member, django_assert_max_num_queries: Any
) -> None:
    sending = sender(client, member)
    sending.announce()

    with django_assert_max_num_queries(5):
        sending.sign("PUT", 1)
