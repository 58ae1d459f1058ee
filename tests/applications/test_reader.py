"""The reader in the office and on the candidate's pages: what is offered of each file, to whom, what is said of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import closing, documents
from applications.enums import DocumentState, Role
from applications.models import (
    Candidacy,
    CandidacyLine,
    CompletionItem,
    CompletionRequest,
    Document,
    Requirement,
    SubmissionFile,
)
from applications.selectors import findings
from hubs_portal import inspection
from hubs_portal.downloads import GUARD
from hubs_portal.files import store_bytes
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_file,
    a_manager,
    a_pdf,
    a_signalled,
    a_submission,
    a_user,
    joined,
)
from tests.builders.examined import AFTER, team_of
from tests.builders.hostile_files import a_docx, a_picture

pytestmark = pytest.mark.django_db


PAPERS = {
    "statuts.pdf": a_pdf("Statuts"),
    "clos.pdf": a_pdf("Fermé à clé"),
    "joint.pdf": a_pdf("Avec un autre"),
    "neuf.pdf": a_pdf("Tout neuf"),
    "carte.png": a_picture("png"),
    "note.docx": a_docx(),
    "page.html": b"<!doctype html><html><script>alert(1)</script></html>",
}


def common_ground() -> Candidacy:
    """A candidacy of a frozen call, with files of every kind; what the machine found in them is written."""
    call = a_call()
    member = joined(a_signalled(call))
    a_complete_dossier(member)
    Requirement.objects.filter(call=call, code="accounts").update(several=True, extensions="")
    accounts = Requirement.objects.get(call=call, code="accounts")
    for name, content in PAPERS.items():
        documents.add_document(member, accounts, a_file(content), name=name, at=NOW)
    a_submission(member)
    closing.close_call(call, at=AFTER)
    closing.settle_candidacies(call, at=AFTER)
    found = Document.objects.filter(dossier__candidacy=member.candidacy)
    found.update(state=DocumentState.READABLE)
    found.filter(name="clos.pdf").update(state=DocumentState.UNREADABLE, verdict="encrypted")
    found.filter(name="joint.pdf").update(remarks=["embedded"])
    found.filter(name="neuf.pdf").update(state=DocumentState.STORED)
    return Candidacy.objects.get(pk=member.candidacy_id)


@pytest.fixture
def candidacy(ground: Candidacy) -> Candidacy:
    return ground


@pytest.fixture
def officer(client: TimedClient, candidacy: Candidacy) -> TimedClient:
    client.force_login(team_of(candidacy.call, Role.OFFICER)[0])
    return client.at(AFTER)


def files_of(candidacy: Candidacy) -> list[SubmissionFile]:
    return list(SubmissionFile.objects.filter(submission__candidacy=candidacy).select_related("stored"))


def named(candidacy: Candidacy, name: str) -> SubmissionFile:
    return next(file for file in files_of(candidacy) if file.name == name)


def received(candidacy: Candidacy) -> CompletionItem:
    asked = CompletionRequest.objects.create(
        candidacy=candidacy, asked_by=a_user(), asked_at=CLOSES, due_at=AFTER, answered_at=AFTER
    )
    return CompletionItem.objects.create(
        request=asked,
        requirement=Requirement.objects.get(call=candidacy.call, code="accounts"),
        reason="Manquants.",
        stored=store_bytes(a_pdf("Reçu depuis")),
        name="recu.pdf",
        received_at=CLOSES + timedelta(minutes=5),
    )


def office(name: str, candidacy: Candidacy, *more: Any) -> str:
    return reverse(f"admin:applications_candidacy_{name}", args=[candidacy.pk, *more])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("statuts.pdf", "pdf"), ("carte.png", "picture"), ("note.docx", "other"), ("page.html", "other")],
)
def test_a_file_is_shown_as_what_it_is_and_otherwise_offered_to_take(
    officer: TimedClient, candidacy: Candidacy, name: str, kind: str
) -> None:
    file = named(candidacy, name)

    shown = officer.get(office("read_file", candidacy, 1, file.pk))

    text = shown.content.decode()
    assert (shown.status_code, f'data-reader="{kind}"' in text) == (200, True)
    assert f'href="{office("file", candidacy, 1, file.pk)}" download' in text
    assert [other.name for other in files_of(candidacy) if other.name not in text] == []


def test_reading_a_file_is_written_once_in_the_journal_of_the_candidacy(
    officer: TimedClient, candidacy: Candidacy
) -> None:
    file, item = files_of(candidacy)[0], received(candidacy)

    for _ in range(2):
        officer.get(office("read_file", candidacy, 1, file.pk))
        taken = officer.get(office("file", candidacy, 1, file.pk), headers={"Range": "bytes=0-9"})
        b"".join(taken.streaming_content)
        officer.get(office("read_completion", candidacy, item.pk))

    lines = CandidacyLine.objects.filter(subject=candidacy, act__startswith="read_").order_by("sequence")
    assert [(line.act, line.details["file"]) for line in lines] == [
        ("read_file", file.name),
        ("read_completion", "recu.pdf"),
    ]


def test_the_team_of_another_call_nobody_else_and_no_one_before_the_closing_reads(
    client: TimedClient, candidacy: Candidacy
) -> None:
    file, item = files_of(candidacy)[0], received(candidacy)
    places = [office("read_file", candidacy, 1, file.pk), office("read_completion", candidacy, item.pk)]
    client.at(AFTER).force_login(a_manager(a_call()))
    assert [client.get(place).status_code for place in places] == [404, 404]
    client.force_login(a_user(is_superuser=True, is_staff=True))
    assert [client.get(place).status_code for place in places] == [404, 404]
    client.logout()
    assert [client.get(place).status_code for place in places] == [302, 302]

    client.at(NOW).force_login(team_of(candidacy.call, Role.OFFICER)[0])
    assert client.get(places[0]).status_code == 404


def test_what_the_machine_found_is_said_beside_each_file(officer: TimedClient, candidacy: Candidacy) -> None:
    file = named(candidacy, "neuf.pdf")

    desk = officer.get(office("change", candidacy)).content.decode().replace("\u00a0", " ")
    page = officer.get(office("read_file", candidacy, 1, file.pk)).content.decode().replace("\u00a0", " ")

    for said in (
        "Illisible : un mot de passe le protège",
        "il contient d’autres fichiers, qui ne se lisent pas ici",
        "Pas encore vérifié : la machine ne l’a pas ouvert",
    ):
        assert said in desk
    assert "Pas encore vérifié" in page


def test_every_finding_of_the_machine_has_words_for_those_who_read(candidacy: Candidacy) -> None:
    assert set(inspection.SENTENCES) - set(findings.VERDICTS) == set()
    assert set(inspection.REMARKS) - set(findings.REMARKS) == set()


def test_nine_files_cost_no_more_than_a_page_may(
    officer: TimedClient, candidacy: Candidacy, django_assert_max_num_queries: Any
) -> None:
    reading = office("read_file", candidacy, 1, files_of(candidacy)[-1].pk)
    for place in (office("change", candidacy), reading):
        officer.get(place)

    with django_assert_max_num_queries(25):
        officer.get(office("change", candidacy))
    with django_assert_max_num_queries(15):
        officer.get(reading)


def test_a_candidate_sees_what_the_jury_will_see_and_no_one_else_of_it(
    client: TimedClient, candidacy: Candidacy
) -> None:
    member = candidacy.members.get()
    number, frozen = candidacy.number, files_of(candidacy)[0]
    document = candidacy.dossier.documents.current()[0]
    places = [
        reverse("submitted_file_read", args=[number, 1, frozen.pk]),
        reverse("document_read", args=[number, document.pk]),
    ]
    assert member.user
    client.force_login(member.user)

    shown = [client.get(place) for place in places]

    assert [answer.status_code for answer in shown] == [200, 200]
    assert all("Ce que le jury verra" in answer.content.decode() for answer in shown)
    assert client.get(reverse("submitted_file_read", args=[number, 2, frozen.pk])).status_code == 404
    assert client.get(reverse("submitted_file_read", args=[number, 1, frozen.pk + 99])).status_code == 404
    client.force_login(a_manager(candidacy.call))
    assert [client.get(place).status_code for place in places] == [404, 404]


# --- every address of the application phase that gives a file


def guard(answer: Any) -> dict[str, str]:
    """What guards an answer; Django's admin adds to what is said of caches, and takes nothing away."""
    said = {name: answer.headers[name] for name in GUARD}
    caches = said["Cache-Control"].split(", ")
    return said | {"Cache-Control": ", ".join(word for word in caches if word in ("private", "no-store"))}


def test_every_file_keeps_its_guard_and_its_rights_whatever_is_asked(client: TimedClient, candidacy: Candidacy) -> None:
    member = candidacy.members.get()
    user = member.user
    assert user
    file, item = files_of(candidacy)[0], received(candidacy)
    document = candidacy.dossier.documents.current()[0]
    number, officer = candidacy.number, team_of(candidacy.call, Role.OFFICER)[0]
    places = [
        (reverse("document", args=[number, document.pk]), user),
        (reverse("submitted_file", args=[number, 1, file.pk]), user),
        (reverse("completion_file", args=[number, item.pk]), user),
        (reverse("receipt_pdf", args=[number, 1]), user),
        (office("file", candidacy, 1, file.pk), officer),
        (office("receipt", candidacy, 1), officer),
        (office("completion_file", candidacy, item.pk), officer),
    ]
    client.at(AFTER)
    stranger = a_manager(a_call())
    for place, reader in places:
        client.force_login(reader)
        whole = client.get(place)
        content, tag = b"".join(whole.streaming_content), whole["ETag"]
        asked: list[tuple[dict[str, str], int, bytes]] = [
            ({}, 200, content),
            ({"Range": "bytes=0-9"}, 206, content[:10]),
            ({"Range": "bytes=0-9", "If-Range": tag}, 206, content[:10]),
            ({"Range": "bytes=0-9", "If-Range": '"other"'}, 200, content),
            ({"Range": f"bytes={len(content)}-"}, 416, b""),
            ({"If-None-Match": tag}, 304, b""),
            ({"If-Match": '"other"'}, 412, b""),
        ]
        for headers, status, body in asked:
            answer: Any = client.get(place, headers=headers)
            received_body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert (place, headers, answer.status_code, received_body) == (place, headers, status, body)
            assert guard(answer) == GUARD
        head = client.head(place)
        assert (place, head.status_code, head["Content-Length"], head.content) == (place, 200, str(len(content)), b"")
        assert guard(head) == GUARD

        client.force_login(stranger)
        refused = [client.get(place, headers=headers) for headers, _status, _body in asked] + [client.head(place)]
        assert (place, {answer.status_code for answer in refused}) == (place, {404})
        assert [answer for answer in refused if "ETag" in answer.headers or "Accept-Ranges" in answer.headers] == []
