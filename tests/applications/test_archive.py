"""« Télécharger tout mon dossier »: whole, at any time, for its members only, safe on any disk, made as it leaves."""

import hashlib
import io
import json
import unicodedata
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.actions import documents, drafting
from applications.enums import FulfilledBy, Rights, Section
from applications.models import (
    Candidacy,
    CompletionItem,
    CompletionRequest,
    Document,
    Indicator,
    Member,
    Milestone,
    Requirement,
    Submission,
)
from hubs_portal.archive import LONGEST_NAME, Entry, numbered_name, respond
from hubs_portal.files import private_storage, store_bytes
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_file,
    a_pdf,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    joined,
)

HOSTILE = ["CON.pdf", "nul", "aux.tar.gz", "../../etc/passwd", "a\\b.pdf", "été.pdf", "e\u0301te\u0301.pdf", "ÉTÉ.PDF"]
RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}


@pytest.fixture
def member(client: TimedClient) -> Member:
    found = a_signalled(a_call(), user=a_user(name="Camille Martin"))
    a_complete_dossier(found)
    assert found.user
    client.force_login(found.user)
    return found


def address(name: str, member: Member, *more: Any) -> str:
    return reverse(name, args=[member.candidacy.number, *more])


def opened(response: Any) -> zipfile.ZipFile:
    """The archive, read to its end and found sound; its length is the one announced."""
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    assert len(content) == int(response["Content-Length"])
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive


def files_of(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Content by name, the folder left out."""
    return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def draft(client: TimedClient, member: Member) -> dict[str, bytes]:
    return files_of(opened(client.get(address("draft_archive", member))))


def test_the_draft_leaves_whole_with_the_fingerprint_of_each_file(client: TimedClient, member: Member) -> None:
    found = draft(client, member)

    kept = member.candidacy.dossier.revisions.order_by("-revision")[0]
    assert found["dossier.json"].decode() == kept.content
    joined_files = Document.objects.current().select_related("stored")
    pieces = [content for name, content in found.items() if name.startswith("pieces/")]
    assert sorted(hashlib.sha256(content).hexdigest() for content in pieces) == sorted(
        document.stored.digest for document in joined_files
    )
    manifest = json.loads(found["manifeste.json"])
    told = {file["name"]: (file["size"], file["sha256"]) for file in manifest["files"]}
    assert told == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in found.items()
        if name not in {"manifeste.json", "SHA256SUMS.txt"}
    }
    assert (manifest["state"], manifest["version"], manifest["revision"], manifest["made_at"], manifest["missing"]) == (
        "draft",
        None,
        kept.revision,
        NOW.isoformat(),
        [],
    )
    lines = [line.partition("  ") for line in found["SHA256SUMS.txt"].decode().splitlines()]
    sums = {name: digest for digest, _spaces, name in lines}
    assert sums == {name: digest for name, (_size, digest) in told.items()}
    page = found["dossier.html"].decode()
    assert ("Notre réponse à « Titre du projet »." in page, "Ce fichier n’est pas un dépôt" in page) == (True, True)


def test_a_version_leaves_as_it_was_submitted_whatever_came_since(client: TimedClient, member: Member) -> None:
    made = a_submission(member)
    drafting.save_rows(member, Section.CALENDAR, {Milestone: [], Indicator: []}, at=NOW)

    found = files_of(opened(client.get(address("version_archive", member, 1))))

    assert hashlib.sha256(found["dossier.json"]).hexdigest() == Submission.objects.get().digest
    assert found[f"accuses/{made.receipt.number}.pdf"].startswith(b"%PDF")
    manifest = json.loads(found["manifeste.json"])
    assert (
        manifest["state"],
        manifest["version"],
        manifest["origin"],
        manifest["arrived_at"],
        manifest["receipt"],
    ) == (
        "submitted",
        1,
        "online",
        NOW.isoformat(),
        made.receipt.number,
    )
    assert f"accuses/{made.receipt.number}.pdf" in draft(client, member)


def test_what_was_sent_since_leaves_with_the_version_that_counts_and_no_other(
    client: TimedClient, member: Member
) -> None:
    a_submission(member)
    mandate = Requirement.objects.get(call=member.candidacy.call, code="mandate")
    documents.add_document(member, mandate, a_file(a_pdf("Autre pouvoir")), name="pouvoir.pdf", at=NOW)
    a_submission(member)
    asked = CompletionRequest.objects.create(
        candidacy=member.candidacy, asked_by=a_user(), asked_at=CLOSES, due_at=CLOSES + timedelta(days=9)
    )
    content = a_pdf("Les comptes")
    CompletionItem.objects.create(
        request=asked,
        requirement=Requirement.objects.get(call=member.candidacy.call, code="accounts"),
        reason="Manquants.",
        stored=store_bytes(content),
        name="e\u0301te\u0301 2017.pdf",
        received_at=CLOSES + timedelta(days=1),
    )
    client.at(CLOSES + timedelta(days=2))

    former, last = (files_of(opened(client.get(address("version_archive", member, n)))) for n in (1, 2))

    name = "complements/01_accounts_été 2017.pdf"
    assert ([file for file in former if file.startswith("compl")], last[name]) == ([], content)
    manifest = json.loads(last["manifeste.json"])
    assert [file["sha256"] for file in manifest["files"] if file["name"] == name] == [
        hashlib.sha256(content).hexdigest()
    ]
    assert "complements/01_accounts_" in last["dossier.html"].decode()


def test_it_is_there_before_anything_is_saved_and_after_the_closing(client: TimedClient, member: Member) -> None:
    begun = a_signalled(member.candidacy.call, user=member.user)
    assert {"dossier.html", "dossier.json"} < set(draft(client, begun))

    client.at(CLOSES)

    assert {"dossier.html", "dossier.json"} < set(draft(client, member))


@pytest.mark.parametrize("rights", list(Rights))
def test_any_member_takes_it_and_nobody_else(client: TimedClient, member: Member, rights: Rights) -> None:
    a_submission(member)
    addresses = [address("draft_archive", member), address("version_archive", member, 1)]
    colleague = joined(an_invited(member, rights=rights))
    assert colleague.user
    client.force_login(colleague.user)
    assert [client.get(where).status_code for where in addresses] == [200, 200]

    other = a_signalled(member.candidacy.call, user=a_user())
    assert other.user
    client.force_login(other.user)

    absent = client.get(address("draft_archive", member).replace(member.candidacy.number, "HFC-0000-0000"))
    for where in addresses:
        assert (client.get(where).status_code, client.get(where).content) == (404, absent.content)
    client.force_login(a_user(is_superuser=True, is_staff=True))
    assert [client.get(where).status_code for where in addresses] == [404, 404]
    client.logout()
    assert [client.get(where).status_code for where in addresses] == [302, 302]


def test_a_version_that_does_not_exist_is_not_found(client: TimedClient, member: Member) -> None:
    assert client.get(address("version_archive", member, 1)).status_code == 404


def test_hostile_names_meet_no_other_and_leave_no_folder(client: TimedClient, member: Member) -> None:
    several = Requirement.objects.filter(call=member.candidacy.call, fulfilled_by=FulfilledBy.UPLOAD).order_by("pk")[0]
    Requirement.objects.filter(pk=several.pk).update(several=True, extensions="")
    several.refresh_from_db()
    for rank, name in enumerate(HOSTILE):
        documents.add_document(member, several, a_file(a_pdf(f"hostile {rank}")), name=name, at=NOW)

    names = [name for name in draft(client, member) if name.startswith("pieces/")]

    assert len(names) >= len(HOSTILE)
    folded = {unicodedata.normalize("NFD", name).casefold() for name in names}
    assert len(folded) == len(names)
    assert [name for name in names if name.count("/") != 1 or ".." in name.split("/")] == []


@given(st.text(max_size=300), st.integers(1, 200))
def test_any_name_becomes_one_that_any_disk_takes(name: str, rank: int) -> None:
    safe = numbered_name(rank, "statutes", name)

    assert len(safe.encode()) <= LONGEST_NAME
    assert safe.startswith(f"{rank:02}_statutes_")
    assert safe.partition(".")[0].lower() not in RESERVED
    assert safe == unicodedata.normalize("NFC", safe)
    assert set(safe) & set('<>:"/\\|?*\0') == set()
    assert not safe.endswith((" ", "."))


def test_what_the_storage_lost_is_named_and_spoils_nothing(client: TimedClient, member: Member) -> None:
    lost = Document.objects.current().select_related("stored").order_by("pk")[0]
    storage = private_storage()
    with lost.stored.open() as kept:
        content = kept.read()
    storage.delete(lost.stored.key)
    try:
        found = draft(client, member)
    finally:
        storage.save(lost.stored.key, a_file(content))

    manifest = json.loads(found["manifeste.json"])
    assert len(manifest["missing"]) == 1
    assert manifest["missing"][0] not in found
    assert "dossier.html" in found


def test_it_is_a_download_of_known_length_that_nothing_packs_again(client: TimedClient, member: Member) -> None:
    response = client.get(address("draft_archive", member), headers={"Accept-Encoding": "gzip"})

    name = f"{member.candidacy.number}_brouillon.zip"
    assert {
        header: response[header]
        for header in ("Content-Type", "Content-Disposition", "Cache-Control", "X-Content-Type-Options")
    } == {
        "Content-Type": "application/zip",
        "Content-Disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    assert opened(response).namelist()[0] == f"{member.candidacy.number}_brouillon/dossier.html"
    head = client.head(address("draft_archive", member))
    assert (head.status_code, head["Content-Type"]) == (200, "application/zip")


def test_a_file_is_read_a_block_at_a_time_and_when_its_turn_comes(rf: Any) -> None:
    events: list[str] = []

    class Slow(Entry):
        def blocks(self) -> Any:
            for rank in range(3):
                events.append(f"{self.name} {rank}")
                yield bytes(100)

    entries = [Slow(name, 300, "", b"") for name in ("a", "b")]

    leaving: Any = respond(rf.get("/"), entries, "dossier")
    assert events == []
    blocks = iter(leaving.streaming_content)
    while events != ["a 0"]:
        next(blocks)
    assert b"".join(blocks)
    assert events == [f"{name} {rank}" for name in "ab" for rank in range(3)]


def test_it_costs_fifteen_queries_at_most_whatever_its_size(
    client: TimedClient, member: Member, django_assert_max_num_queries: Any
) -> None:
    a_submission(member)
    client.get(address("draft_archive", member))

    for where in (address("draft_archive", member), address("version_archive", member, 1)):
        with django_assert_max_num_queries(15):
            opened(client.get(where))


def test_the_pages_of_a_dossier_lead_to_it(client: TimedClient, member: Member) -> None:
    a_submission(member)
    zipped = address("draft_archive", member)

    pages = [address(name, member) for name in ("dossier", "documents", "review", "messages", "members")]
    assert [where for where in pages if zipped not in client.get(where).content.decode()] == []
    shown = client.get(address("submitted", member, 1)).content.decode()
    assert address("version_archive", member, 1) in shown
    assert Candidacy.objects.count() == 1
