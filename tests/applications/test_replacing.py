"""What came in the place of a file nobody can read: acknowledged, read in place, taken away with the whole dossier."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import documents, replacing
from applications.actions.closing import close_call, settle_candidacies
from applications.enums import Rights, Role
from applications.models import (
    Candidacy,
    CandidacyLine,
    CompletionItem,
    CompletionRequest,
    Document,
    Replacement,
    Submission,
)
from applications.rules.deadline import FREEZE_DELAY
from hubs_portal.accounts.models import User
from hubs_portal.files import store_bytes
from hubs_portal.letters.models import Letter
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_file,
    a_manager,
    a_pdf,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    joined,
)
from tests.builders.examined import AFTER, a_frozen_call, team_of
from tests.builders.infected import found_infected
from tests.builders.replaced import a_replacement, a_wanted

pytestmark = pytest.mark.django_db
LATER = AFTER + timedelta(days=1)


def common_ground() -> Candidacy:
    """A frozen candidacy; its second file asks for a password, and another was sent in its place."""
    call = a_call()
    (candidacy,) = a_frozen_call(call)
    contact = candidacy.members.get()
    contact.user = a_user(name=contact.name, email=contact.email)
    contact.save()
    a_replacement(candidacy, rank=1, name="Statuts lisibles.pdf")
    return Candidacy.objects.select_related("call", "dossier").get(pk=candidacy.pk)


@pytest.fixture
def candidacy(ground: Candidacy) -> Candidacy:
    return ground


@pytest.fixture
def sent(candidacy: Candidacy) -> Replacement:
    return Replacement.objects.select_related("stored", "document__requirement").get(candidacy=candidacy)


@pytest.fixture
def officer(candidacy: Candidacy) -> User:
    return team_of(candidacy.call, Role.OFFICER)[0]


def contact_of(candidacy: Candidacy) -> User:
    user = candidacy.members.get(is_contact=True).user
    assert user
    return user


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def office(name: str, candidacy: Candidacy, *more: Any) -> str:
    return reverse(f"admin:applications_candidacy_{name}", args=[candidacy.pk, *more])


def theirs(name: str, candidacy: Candidacy, *more: Any) -> str:
    return reverse(name, args=[candidacy.number, *more])


def opened(response: Any) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of the archive, its folder left out, and its manifest."""
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.testzip() is None
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    return files, json.loads(files["manifeste.json"])


# ---------------------------------------------------------------- the letter


def test_whoever_works_on_the_dossier_is_told_what_came_and_what_follows(
    candidacy: Candidacy, sent: Replacement
) -> None:
    letter = Letter.objects.get(kind="replacement_received")

    said = plain(letter.text)
    assert plain(letter.subject).endswith(f"dossier n° {candidacy.number} : votre autre fichier est arrivé")
    assert sent.stored
    expected = [
        "Fichier reçu : Statuts lisibles.pdf",
        f"À la place de : {sent.document.name}",
        "Arrivé le : ",
        sent.stored.digest[:4],
        "S’il ne s’ouvre pas, une autre lettre vous le dira",
        f"{theirs('completion', candidacy)}#remplacement-{sent.pk}",
    ]
    assert [words for words in expected if words not in said] == []


def test_each_file_that_comes_has_its_letter_and_the_same_one_has_no_other(candidacy: Candidacy) -> None:
    wanted, contact = a_wanted(candidacy), candidacy.members.get(is_contact=True)
    before = Letter.objects.filter(kind="replacement_received").count()

    for text in ("un", "un", "deux"):
        replacing.replace_file(contact, wanted, a_file(a_pdf(text)), name=f"{text}.pdf", at=LATER)

    assert Letter.objects.filter(kind="replacement_received").count() - before == 2


# ---------------------------------------------------------------- the reader


def test_an_officer_reads_it_in_place_and_it_is_written_once(
    client: TimedClient, candidacy: Candidacy, sent: Replacement, officer: User
) -> None:
    client.at(LATER).force_login(officer)
    place, file = office("read_replacement", candidacy, sent.pk), office("replacement_file", candidacy, sent.pk)

    shown, _again = client.get(place), client.get(place)

    text = plain(shown.content.decode())
    assert (shown.status_code, f'data-address="{file}?afficher"' in text) == (200, True)
    assert f"à la place de « {sent.document.name} »" in text
    lines = CandidacyLine.objects.filter(subject=candidacy, act="read_replacement")
    assert [(line.actor, line.details["file"]) for line in lines] == [(officer, "Statuts lisibles.pdf")]
    desk = client.get(office("change", candidacy)).content.decode()
    assert [address for address in (place, file) if f'href="{address}"' not in desk] == []
    beside = client.get(office("read_file", candidacy, 1, Submission.objects.get().files.all()[0].pk))
    assert f'href="{place}"' in beside.content.decode()


def test_the_candidate_reads_it_as_the_jury_will(client: TimedClient, candidacy: Candidacy, sent: Replacement) -> None:
    client.at(LATER).force_login(contact_of(candidacy))
    place = theirs("replacement_read", candidacy, sent.pk)

    text = client.get(place).content.decode()

    assert ("Ce que le jury verra" in text, 'data-reader="pdf"' in text) == (True, True)
    assert f'href="{theirs("completion", candidacy)}#remplacement-{sent.pk}"' in text
    page = client.get(theirs("completion", candidacy)).content.decode()
    both = (place, theirs("replacement_file", candidacy, sent.pk))
    assert [address for address in both if f'href="{address}"' not in page] == []


def test_the_candidate_reads_what_was_asked_for_too(client: TimedClient, candidacy: Candidacy, officer: User) -> None:
    item = an_answer(candidacy, officer)
    client.at(LATER).force_login(contact_of(candidacy))

    shown = client.get(theirs("completion_read", candidacy, item.pk))

    assert (shown.status_code, "comptes.pdf" in shown.content.decode()) == (200, True)
    item.stored, item.received_at = None, None
    item.save()
    assert client.get(theirs("completion_read", candidacy, item.pk)).status_code == 404


def an_answer(candidacy: Candidacy, officer: User) -> CompletionItem:
    asked = CompletionRequest.objects.create(
        candidacy=candidacy, asked_by=officer, asked_at=AFTER, due_at=LATER, answered_at=LATER
    )
    return CompletionItem.objects.create(
        request=asked,
        requirement=candidacy.call.requirements.get(code="accounts"),
        reason="Manquants.",
        stored=store_bytes(a_pdf("Comptes")),
        name="comptes.pdf",
        received_at=AFTER,
    )


def places(candidacy: Candidacy, sent: Replacement) -> dict[str, list[str]]:
    """The addresses that give what came, to take, to read, or with the rest: the candidate's and the office's."""
    return {
        "candidate": [
            theirs("replacement_file", candidacy, sent.pk),
            theirs("replacement_read", candidacy, sent.pk),
            theirs("version_archive", candidacy, 1),
        ],
        "office": [
            office("replacement_file", candidacy, sent.pk),
            office("read_replacement", candidacy, sent.pk),
            office("archive", candidacy, 1),
        ],
    }


def statuses(client: TimedClient, addresses: list[str]) -> list[int]:
    answers = [client.get(address) for address in addresses]
    assert all(b"".join(answer.streaming_content) for answer in answers if answer.streaming)
    return [answer.status_code for answer in answers]


def test_everybody_else_finds_nothing(
    client: TimedClient, candidacy: Candidacy, sent: Replacement, officer: User
) -> None:
    found = places(candidacy, sent)
    viewer = joined(an_invited(candidacy.members.get(is_contact=True), rights=Rights.VIEW, at=AFTER), at=AFTER).user
    assert viewer
    (other,) = a_frozen_call(a_call())
    stranger = a_user()
    other.members.update(user=stranger)
    yes, no = [200] * 3, [404] * 3
    expected = {
        contact_of(candidacy): (yes, [302] * 3),
        viewer: (yes, [302] * 3),
        stranger: (no, [302] * 3),
        officer: (no, yes),
        a_manager(a_call()): (no, no),
        a_user(is_superuser=True, is_staff=True): (no, no),
    }
    client.at(LATER)
    for user, (own, team) in expected.items():
        client.force_login(user)
        got = (statuses(client, found["candidate"]), statuses(client, found["office"]))
        assert (user.email, [got[0], [s if s != 403 else 302 for s in got[1]]]) == (user.email, [own, team])


def test_before_the_closing_an_officer_finds_nothing(
    client: TimedClient, candidacy: Candidacy, sent: Replacement, officer: User
) -> None:
    client.at(CLOSES - timedelta(minutes=1)).force_login(officer)

    assert statuses(client, places(candidacy, sent)["office"]) == [404] * 3


def test_nothing_is_read_of_what_has_not_come(client: TimedClient, candidacy: Candidacy, officer: User) -> None:
    wanted = a_wanted(candidacy)

    client.at(LATER).force_login(officer)
    assert client.get(office("read_replacement", candidacy, wanted.pk)).status_code == 404
    client.force_login(contact_of(candidacy))
    assert client.get(theirs("replacement_read", candidacy, wanted.pk)).status_code == 404


# ---------------------------------------------------------------- the whole dossier


@pytest.mark.parametrize("who", ["candidate", "officer"])
def test_the_whole_dossier_holds_it_under_a_name_that_says_what_it_replaces(
    client: TimedClient, candidacy: Candidacy, sent: Replacement, officer: User, who: str
) -> None:
    client.at(LATER).force_login(officer if who == "officer" else contact_of(candidacy))
    there = office("archive", candidacy, 1) if who == "officer" else theirs("version_archive", candidacy, 1)

    files, manifest = opened(client.get(there))

    (former,) = [name for name in files if name.startswith("pieces/02_")]
    code = sent.document.requirement.code
    assert former == f"pieces/02_{code}_{sent.document.name}"
    name = f"remplacements/01_remplace-02_{code}_Statuts lisibles.pdf"
    assert sent.stored
    with sent.stored.open() as kept:
        assert kept.read() == files[name]
    (line,) = [row for row in manifest["documents"] if row["name"] == name]
    assert (line["replaces"], line["original_name"]) == (former, "Statuts lisibles.pdf")
    assert [row["name"] for row in manifest["documents"] if "replaces" in row] == [name]
    assert {"name": name, "size": sent.stored.size, "sha256": sent.stored.digest} in manifest["files"]
    assert f"{sent.stored.digest}  {name}\n" in files["SHA256SUMS.txt"].decode()
    page = plain(files["dossier.html"].decode())
    assert f"à la place d’un fichier illisible : « {sent.document.name} »" in page
    assert [f"accuses/{manifest['receipt']}.pdf" in files, "dossier.json" in files] == [True, who == "candidate"]


def test_the_archive_every_page_leads_to_holds_it_too(
    client: TimedClient, candidacy: Candidacy, sent: Replacement
) -> None:
    client.at(LATER).force_login(contact_of(candidacy))
    there = theirs("draft_archive", candidacy)
    files, _manifest = opened(client.get(there))
    assert f"remplacements/01_remplace-02_{sent.document.requirement.code}_Statuts lisibles.pdf" in files


@pytest.mark.usefixtures("ground")
def test_what_replaces_a_file_the_draft_no_longer_holds_leaves_with_it_all_the_same(client: TimedClient) -> None:
    call = a_call()
    member = a_signalled(call, user=a_user())
    a_submission(member)
    document = member.candidacy.dossier.documents.current().select_related("requirement").order_by("pk")[0]
    documents.remove_document(member, document, at=NOW)
    close_call(call, at=CLOSES + FREEZE_DELAY)
    settle_candidacies(call, at=CLOSES + FREEZE_DELAY)
    a_replacement(Candidacy.objects.get(pk=member.candidacy_id))
    client.at(LATER).force_login(contact_of(member.candidacy))

    files, manifest = opened(client.get(theirs("draft_archive", member.candidacy)))

    assert f"remplacements/01_{document.requirement.code}_ouvert.pdf" in files
    assert [row for row in manifest["documents"] if "replaces" in row] == []


def test_an_officer_s_reading_of_all_of_it_is_written_once(
    client: TimedClient, candidacy: Candidacy, officer: User
) -> None:
    client.at(LATER).force_login(officer)
    there = office("archive", candidacy, 1)

    for _ in range(2):
        opened(client.get(there))

    lines = CandidacyLine.objects.filter(subject=candidacy, act="read_archive")
    assert [(line.actor, line.details) for line in lines] == [(officer, {"version": 1})]
    assert there in client.get(office("change", candidacy)).content.decode()


def test_an_infected_one_is_left_out_and_named_as_such(
    client: TimedClient, candidacy: Candidacy, sent: Replacement, officer: User
) -> None:
    assert sent.stored
    found_infected(sent.stored)
    client.at(LATER).force_login(officer)

    files, manifest = opened(client.get(office("archive", candidacy, 1)))

    (apart,) = manifest["infected"]
    assert (apart.startswith("remplacements/01_remplace-02_"), apart in files) == (True, False)
    assert "mis à l’écart : un virus y a été trouvé" in plain(files["dossier.html"].decode())


def test_one_the_version_that_counts_no_longer_waits_for_is_left_out(
    client: TimedClient, candidacy: Candidacy, sent: Replacement, officer: User
) -> None:
    Replacement.objects.filter(pk=sent.pk).update(settled_by=Submission.objects.get())
    client.at(LATER).force_login(officer)

    files, _manifest = opened(client.get(office("archive", candidacy, 1)))

    assert [name for name in files if name.startswith("remplacements/")] == []


def test_the_same_bytes_joined_twice_are_one_file_to_replace(candidacy: Candidacy) -> None:
    """A file that was taken out of the draft and joined again has two rows there, and one in the version."""
    former = candidacy.dossier.documents.current().order_by("pk")[0]
    Document.objects.filter(pk=former.pk).update(removed_at=AFTER)
    again = Document.objects.get(pk=former.pk)
    again.pk, again.removed_at = None, None
    again.save()

    found_infected(former.stored)

    asked = Replacement.objects.filter(candidacy=candidacy, document__stored=former.stored)
    assert [row.document for row in asked] == [former]


# ---------------------------------------------------------------- figures


def test_the_pages_and_the_archive_cost_few_queries(
    client: TimedClient, candidacy: Candidacy, sent: Replacement, officer: User
) -> None:
    found, too_many = places(candidacy, sent), []
    client.at(LATER)
    for user, addresses, most in ((contact_of(candidacy), found["candidate"], 15), (officer, found["office"], 25)):
        client.force_login(user)
        for address in addresses:
            statuses(client, [address])
            with CaptureQueriesContext(connection) as captured:
                statuses(client, [address])
            too_many += [(address, len(captured))] if len(captured) > most else []

    assert too_many == []
