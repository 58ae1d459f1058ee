"""The kit: each file says inside which version it is; whoever fills in a former one is told, and never held back."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document as WordDocument
from openpyxl import load_workbook

from applications.actions import amendment, verdicts
from applications.actions import documents as act
from applications.actions.kit import save_kit_file
from applications.actions.publication import publish_call
from applications.enums import Role
from applications.identifiers import read_kit_stamp
from applications.kit import make_kit
from applications.models import Call, Document, FormerKitFile, KitFile, Member, Requirement
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.files import StoredFile, store_bytes
from hubs_portal.keywords import of_office_file
from hubs_portal.refusals import Refusal
from tests.applications.test_admin import typed
from tests.builders import (
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_file,
    a_pdf,
    a_signalled,
    a_submission,
    a_user,
)
from tests.builders.examined import AFTER, team_of
from tests.hubs_portal.test_keywords import a_docx, zipped

pytestmark = pytest.mark.django_db
CHANGES = "Le montant de l’apport est demandé."


def a_model(call: Call, **changes: Any) -> KitFile:
    """The model of the letters of the partners, as the team puts it in the kit."""
    row = KitFile(
        call=call,
        requirement=call.requirements.get(code="letters"),
        label_fr="Modèle de lettre",
        version="1",
        name="lettre.docx",
        stored=store_bytes(a_docx()),
    )
    for name, value in changes.items():
        setattr(row, name, value)
    save_kit_file(row, at=NOW)
    return row


def a_new_version(row: KitFile, version: str = "2", changes: str = CHANGES) -> KitFile:
    row = KitFile.objects.select_related("call", "stored").get(pk=row.pk)
    row.version, row.changes_fr, row.stored = version, changes, store_bytes(a_docx(f"version {version}"))
    save_kit_file(row, at=NOW)
    return row


def content(stored: StoredFile) -> bytes:
    with stored.open() as file:
        return bytes(file.read())


def joined(member: Member, filled_in: bytes, name: str = "lettre.docx") -> Document:
    wanted = Requirement.objects.get(call=member.candidacy.call_id, code="letters")
    return act.add_document(member, wanted, a_file(filled_in), name=name, at=NOW)


def enter(client: TimedClient, member: Member) -> None:
    assert member.user
    client.force_login(member.user)


def documents_page(client: TimedClient, member: Member) -> str:
    return str(client.get(reverse("documents", args=[member.candidacy.number])).text).replace("\u00a0", " ")


# ---------------------------------------------------------------- the files


def test_a_file_of_the_kit_says_inside_which_one_it_is_and_of_which_version() -> None:
    model = a_model(a_call())

    stamp = read_kit_stamp(of_office_file(a_file(content(model.stored)), model.name))
    assert (model.code, stamp) == ("lettre", ("lettre", "1"))


# WeasyPrint 70 forgets to close its colour profile.
@pytest.mark.filterwarnings("ignore:.*sRGB2014:ResourceWarning")
def test_the_files_made_from_the_call_say_it_to_people_too() -> None:
    call = a_call(published=False, with_kit=False)
    call.requirements.filter(code="letters").update(per_partner=True)

    kit = {row.code: row for row in make_kit(call, at=NOW)}

    letter = WordDocument(BytesIO(content(kit["lettre-engagement"].stored)))
    assert letter.sections[0].footer.paragraphs[0].text == "Modèle de l’appel, version 2018-09"
    assert read_kit_stamp(letter.core_properties.keywords) == ("lettre-engagement", "2018-09")
    if "budget" in kit:
        book = load_workbook(BytesIO(content(kit["budget"].stored)))
        assert "Modèle de l’appel, version 2018-09" in [row[0].value for row in book.worksheets[0].rows]
    assert "dossier-vierge" in kit


@pytest.mark.filterwarnings("ignore:.*sRGB2014:ResourceWarning")
def test_made_again_the_kit_of_an_open_call_keeps_what_candidates_hold_and_changes_only_what_differs() -> None:
    call = a_call(published=False, with_kit=False)
    before = {row.code: row.stored_id for row in make_kit(call, at=NOW)}
    publish_call(call, by=Actor.person(team_of(call, Role.MANAGER)[0]), at=call.opens_at)
    call.refresh_from_db()

    same = {row.code: row.stored_id for row in make_kit(call, at=NOW)}
    models = [code for code in before if code not in {"reglement", "dossier-vierge"}]
    assert [same[code] for code in models] == [before[code] for code in models]
    Call.objects.filter(pk=call.pk).update(duration_months=24)
    call.refresh_from_db()
    again = {row.code: row.version for row in make_kit(call, at=NOW)}

    assert again["lettre-engagement"] == "2018-09.2"
    former = FormerKitFile.objects.get(code="lettre-engagement")
    assert (former.version, former.stored_id) == ("2018-09", before["lettre-engagement"])


def test_a_version_replaced_is_remembered_with_what_it_changed() -> None:
    first = a_model(a_call())
    second = a_new_version(first)
    a_new_version(second, "3", "Une signature suffit.")

    rows = FormerKitFile.objects.values_list("code", "version", "changes_fr", "stored_id")
    assert list(rows) == [("lettre", "1", "", first.stored_id), ("lettre", "2", CHANGES, second.stored_id)]


def test_in_a_call_nobody_has_read_a_file_is_replaced_without_a_trace() -> None:
    call = a_call(published=False)
    row = a_model(call)
    row.stored = store_bytes(a_docx("autre"))

    save_kit_file(row, at=NOW)

    assert FormerKitFile.objects.count() == 0


@pytest.mark.parametrize(
    ("version", "changes", "said"),
    [
        ("1", CHANGES, "La version « 1 » est déjà chez les candidats"),
        ("2", "", "Écrivez ce que cette version change"),
        ("0", CHANGES, "La version « 0 » a déjà servi"),
    ],
)
def test_a_file_candidates_hold_is_not_replaced_without_a_version_and_a_word(
    version: str, changes: str, said: str
) -> None:
    row = a_model(a_call(), version="0")
    row = a_new_version(row, "1", "Première correction.")

    with pytest.raises(Refusal) as refused:
        a_new_version(row, version, changes)

    assert said in str(refused.value).replace("\u00a0", " ")
    row.refresh_from_db()
    assert (row.version, FormerKitFile.objects.count()) == ("1", 1)


def test_a_file_taken_out_is_remembered_and_its_name_continues_its_history() -> None:
    call = a_call()
    row = a_model(call)
    manager = team_of(call, Role.MANAGER)[0]

    amendment.amend_part(call, [], [row], by=manager, at=NOW, reason="Inutile.")

    assert FormerKitFile.objects.get().version == "1"
    assert a_model(call).code == "lettre-2"


# ---------------------------------------------------------------- what is told


def test_a_candidate_who_joins_a_former_model_is_told_which_version_and_what_changed(client: TimedClient) -> None:
    member = a_signalled(a_call(), user=a_user())
    first = a_model(member.candidacy.call)
    filled_in = content(first.stored)
    second = a_new_version(a_new_version(first), "3", "Une signature suffit.")
    enter(client, member)

    address = reverse("document_add", args=[member.candidacy.number, "letters"])
    answer = client.post(address, {"file": SimpleUploadedFile("Ma lettre.docx", filled_in)}, follow=True)

    page = answer.text.replace("\u00a0", " ")
    assert (Document.objects.get().model_code, Document.objects.get().model_version) == ("lettre", "1")
    told = "Cette pièce est faite sur la version 1 du modèle ; la version actuelle est la 3."
    assert page.count(told) == 2  # after the upload, then beside the file
    assert page.count(CHANGES) == page.count("Une signature suffit.") == 1
    assert reverse("dossier_kit_file", args=[member.candidacy.number, second.pk]) in page
    assert "« Ma lettre.docx » est enregistré." in page
    assert documents_page(client, member).count(told) == 1


def test_the_present_model_another_file_or_one_that_says_nothing_is_not_spoken_of(client: TimedClient) -> None:
    member = a_signalled(a_call(), user=a_user())
    row = a_new_version(a_model(member.candidacy.call))
    enter(client, member)

    for filled_in in (content(row.stored), a_docx(), a_docx("kit:inconnu:9")):
        joined(member, filled_in)

    assert "version actuelle" not in documents_page(client, member)


def test_an_unknown_version_and_a_model_no_longer_there_are_told_too(client: TimedClient) -> None:
    member = a_signalled(a_call(), user=a_user())
    call = member.candidacy.call
    row = a_model(call)
    enter(client, member)

    joined(member, a_docx("kit:lettre:2017"))
    page = documents_page(client, member)
    amendment.amend_part(call, [], [row], by=team_of(call, Role.MANAGER)[0], at=NOW, reason="Inutile.")

    assert "version 2017 du modèle ; la version actuelle est la 1" in page
    assert "Cet appel ne connaît pas cette version" in page
    assert "(version 2017) que le kit ne contient plus" in documents_page(client, member)


def test_a_pdf_exported_from_a_former_model_is_known_once_it_is_opened(client: TimedClient) -> None:
    member = a_signalled(a_call(), user=a_user())
    a_new_version(a_model(member.candidacy.call))
    held = BytesIO()
    with pikepdf.open(BytesIO(a_pdf())) as pdf:
        pdf.docinfo["/Keywords"] = "kit:lettre:1"
        pdf.save(held)
    enter(client, member)

    document = joined(member, held.getvalue(), "lettre.pdf")
    verdicts.inspect_document(str(document.pk))

    assert "la version actuelle est la 2" in documents_page(client, member)


def test_what_changed_is_shown_as_it_was_written(client: TimedClient) -> None:
    member = a_signalled(a_call(), user=a_user())
    first = a_model(member.candidacy.call)
    a_new_version(first, "<b>2</b>", "<script>alert(1)</script>")
    enter(client, member)

    joined(member, content(first.stored))

    page = documents_page(client, member)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_hostile_file_is_joined_as_any_other_and_says_nothing() -> None:
    member = a_signalled(a_call(), user=a_user())
    bomb = zipped({"docProps/core.xml": b"<keywords>kit:" + b"a" * 10_000_000, "word/document.xml": b"<x/>"})

    document = joined(member, bomb)

    assert (document.model_code, document.model_version) == ("", "")


def test_the_submission_waits_for_nothing_and_the_officer_reads_the_same_sentence(client: TimedClient) -> None:
    member = a_signalled(a_call(), user=a_user())
    call = member.candidacy.call
    first = a_model(call)
    a_new_version(first)
    a_submission_of = joined(member, content(first.stored))
    a_complete_dossier(member)
    submission = a_submission(member)
    client.force_login(team_of(call, Role.OFFICER)[0])
    client.at(AFTER)

    page = client.get(reverse("admin:applications_candidacy_version", args=[member.candidacy_id, submission.version]))

    assert a_submission_of.name in page.text
    assert "la version actuelle est la 2" in page.text.replace("\u00a0", " ")


def test_the_documents_page_costs_the_same_whatever_the_number_of_outdated_files(
    client: TimedClient, django_assert_max_num_queries: Any
) -> None:
    member = a_signalled(a_call(), user=a_user())
    first = a_model(member.candidacy.call)
    Requirement.objects.filter(code="letters").update(several=True)
    a_new_version(first)
    enter(client, member)
    for n in range(12):
        joined(member, content(first.stored), f"{n}.docx")

    with django_assert_max_num_queries(15):
        assert documents_page(client, member).count("la version actuelle est la 2") == 12


# ---------------------------------------------------------------- the office


def test_the_team_replaces_a_file_with_a_version_and_a_word(client: TimedClient) -> None:
    call = a_call(with_kit=False)
    row = a_model(call)
    manager: User = team_of(call, Role.MANAGER)[0]
    client.force_login(manager)
    address = reverse("admin:applications_call_change", args=[call.pk])
    form = typed(client.get(address))
    sent = {"kit-0-upload": SimpleUploadedFile("lettre.docx", a_docx("neuve")), "reason": "Précision demandée."}

    silent = client.post(address, {**form, **sent})
    sent["kit-0-upload"] = SimpleUploadedFile("lettre.docx", a_docx("neuve"))
    told = client.post(address, {**form, **sent, "kit-0-version": "2", "kit-0-changes_fr": CHANGES})

    assert (silent.status_code, told.status_code) == (200, 302)
    assert "est déjà chez les candidats" in silent.text
    row.refresh_from_db()
    assert (row.version, row.changes_fr, FormerKitFile.objects.get().version) == ("2", CHANGES, "1")
    assert read_kit_stamp(of_office_file(a_file(content(row.stored)), row.name)) == ("lettre", "2")
