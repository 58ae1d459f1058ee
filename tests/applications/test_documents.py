"""The documents of a dossier: joined whole or not at all, never lost, and the page always says what to do next."""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from applications.actions import documents as act
from applications.actions import verdicts
from applications.enums import DocumentState, LegalForm, Rights
from applications.models import Document, Dossier, KitFile, Member, Organisation, Requirement
from hubs_portal.files import store_bytes
from tests.builders import NOW, a_call, a_complete_dossier, a_file, a_pdf, a_signalled, a_user, an_invited, joined
from tests.builders.browsers import TimedClient

pytestmark = pytest.mark.django_db

PDF = a_pdf("Pouvoir du signataire")


@pytest.fixture
def member(client: TimedClient) -> Member:
    user = a_user()
    signalled = a_signalled(a_call(), user=user)
    client.force_login(user)
    return signalled


def page_url(member: Member) -> str:
    return reverse("documents", args=[member.candidacy.number])


def page(client: Client, member: Member) -> str:
    return spaced(client.get(page_url(member)).text)


def spaced(html: str) -> str:
    return html.replace("\u00a0", " ")


def requirement(member: Member, code: str) -> Requirement:
    return member.candidacy.call.requirements.get(code=code)


def send(
    client: Client, member: Member, code: str, content: bytes = PDF, name: str = "piece.pdf", **said: Any
) -> HttpResponse:
    address = reverse("document_add", args=[member.candidacy.number, code])
    return cast("HttpResponse", client.post(address, {"file": SimpleUploadedFile(name, content), **said}))


def joined_files(member: Member, code: str) -> list[tuple[str, str, bool]]:
    """Name, fingerprint and whether it stands, of every file ever joined."""
    rows = Document.objects.filter(dossier__candidacy=member.candidacy_id, requirement__code=code).order_by("pk")
    return [(row.name, row.stored.digest, row.removed_at is None) for row in rows.select_related("stored")]


def revision(member: Member) -> int:
    return Dossier.objects.get(candidacy=member.candidacy_id).revision


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetch(client: Client, name: str, member: Member, pk: int) -> tuple[HttpResponseBase, bytes]:
    """An answer that is a file, and its bytes."""
    answer = cast("StreamingHttpResponse", client.get(reverse(name, args=[member.candidacy.number, pk])))
    return answer, b"".join(cast("Iterable[bytes]", answer.streaming_content))


def read(document: Document) -> None:
    """What the worker does with a file just received."""
    verdicts.inspect_document(str(document.pk))


def test_the_page_asks_what_the_legal_form_must_give_and_nothing_twice(client: TimedClient, member: Member) -> None:
    shown = page(client, member)

    assert shown.count('type="file"') == 5
    assert "Voici ce qui est demandé à votre forme juridique : association." in shown
    assert "déjà fourni par la rubrique « Le budget et le plan de financement »" in shown
    assert "déjà fourni par la rubrique « L’attestation sur l’honneur »" in shown
    assert "Peut suivre après le dépôt, si vous dites pourquoi et quand." in shown
    assert "Facultative : à défaut, le service se la procurera." in shown


def test_a_file_is_joined_read_back_and_shown_with_its_proofs(client: TimedClient, member: Member) -> None:
    answer = send(client, member, "mandate", name="Pouvoir signé.pdf", sha256=digest(PDF), size=str(len(PDF)))

    assert answer.headers["Location"] == f"{page_url(member)}#piece-mandate"
    assert joined_files(member, "mandate") == [("Pouvoir signé.pdf", digest(PDF), True)]
    shown = page(client, member)
    assert "« Pouvoir signé.pdf » est enregistré." in shown
    assert "Enregistré ; nous vérifions qu’il s’ouvre" in shown
    assert " ".join(digest(PDF)[i : i + 8] for i in range(0, 64, 8)) in shown


def test_a_file_that_opens_is_said_readable_with_its_pages(client: TimedClient, member: Member) -> None:
    read(act.add_document(member, requirement(member, "mandate"), a_file(a_pdf("x", 3)), name="x.pdf", at=NOW))

    shown = page(client, member)

    assert "3 pages" in shown
    assert "Lisible" in shown


def test_a_file_nobody_can_open_says_what_to_do_with_it(client: TimedClient, member: Member) -> None:
    read(act.add_document(member, requirement(member, "mandate"), a_file(b"%PDF-1.4 rien"), name="x.pdf", at=NOW))

    shown = page(client, member)

    assert (
        "Illisible : Ce fichier est abîmé : il ne s’ouvre pas. Exportez-le de nouveau depuis votre logiciel." in shown
    )
    assert "À remplacer" in shown


def test_a_replaced_file_is_put_aside_and_may_still_be_read(client: TimedClient, member: Member) -> None:
    other = a_pdf("Un autre pouvoir")
    send(client, member, "mandate", name="avant.pdf")
    send(client, member, "mandate", other, name="apres.pdf")

    assert joined_files(member, "mandate") == [
        ("avant.pdf", digest(PDF), False),
        ("apres.pdf", digest(other), True),
    ]
    assert "1 fichier remplacé ou retiré" in page(client, member)
    former = Document.objects.get(name="avant.pdf")
    assert fetch(client, "document", member, former.pk)[1] == PDF


def test_a_requirement_that_takes_several_keeps_them_all(client: TimedClient, member: Member) -> None:
    send(client, member, "letters", name="un.pdf")
    send(client, member, "letters", a_pdf("deux"), name="deux.pdf")

    assert [(name, stands) for name, _digest, stands in joined_files(member, "letters")] == [
        ("un.pdf", True),
        ("deux.pdf", True),
    ]


def test_a_file_is_taken_out_and_stays_among_the_former_ones(client: TimedClient, member: Member) -> None:
    send(client, member, "mandate")
    document = Document.objects.get()

    answer = client.post(reverse("document_remove", args=[member.candidacy.number, document.pk]))

    assert answer.headers["Location"] == f"{page_url(member)}#piece-mandate"
    assert joined_files(member, "mandate") == [("piece.pdf", digest(PDF), False)]
    assert client.post(reverse("document_remove", args=[member.candidacy.number, document.pk])).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "said", "status", "sentence"),
    [
        (
            PDF,
            "programme.exe",
            {},
            415,
            "Le format « .exe » n’est pas accepté pour cette pièce. Formats acceptés : pdf",
        ),
        (b"MZ\x90\x00" * 50, "pouvoir.pdf", {}, 415, "mais il contient autre chose"),
        (b"", "vide.pdf", {}, 422, "Ce fichier est vide."),
        (PDF, "sans-extension", {}, 415, "Le format « .? » n’est pas accepté"),
        (PDF, "coupe.pdf", {"sha256": digest(PDF + b"fin"), "size": str(len(PDF) + 3)}, 422, "coupé ou modifié"),
        (PDF, "altere.pdf", {"sha256": digest(b"autre")}, 422, "coupé ou modifié pendant l’envoi"),
    ],
)
def test_a_file_that_cannot_do_is_refused_with_what_to_do_and_the_former_one_stays(
    client: TimedClient, member: Member, content: bytes, name: str, said: dict[str, str], status: int, sentence: str
) -> None:
    former = a_pdf("Celui d’avant")
    send(client, member, "mandate", former, name="avant.pdf")
    before = revision(member)

    answer = send(client, member, "mandate", content, name, **said)

    shown = spaced(answer.text)
    assert answer.status_code == status
    assert sentence in shown
    assert "data-error-summary" in shown
    assert shown.count('type="file"') == 5
    assert joined_files(member, "mandate") == [("avant.pdf", digest(former), True)]
    assert revision(member) == before


def test_a_file_too_large_says_its_weight_and_the_limit(client: TimedClient, member: Member) -> None:
    type(member.candidacy.call).objects.update(max_file_mb=1)

    answer = send(client, member, "mandate", PDF + b"\0" * 1_200_000, "gros.pdf")

    assert answer.status_code == 413
    assert "Ce fichier pèse 1,1 Mo : la limite est de 1 Mo." in spaced(answer.text)
    assert joined_files(member, "mandate") == []


def test_a_dossier_too_heavy_says_what_to_take_out(client: TimedClient, member: Member) -> None:
    type(member.candidacy.call).objects.update(max_dossier_mb=0)

    answer = send(client, member, "mandate")

    assert answer.status_code == 413
    assert "Avec ce fichier, le dossier dépasserait 0 Mo." in spaced(answer.text)


def test_a_transfer_cut_in_the_middle_is_never_taken_for_a_success(client: TimedClient, member: Member) -> None:
    address = reverse("document_add", args=[member.candidacy.number, "mandate"])
    whole = (
        b'--cut\r\nContent-Disposition: form-data; name="size"\r\n\r\n999\r\n'
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="p.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + PDF
    )

    answer = client.generic("POST", address, whole[: len(whole) // 2], content_type="multipart/form-data; boundary=cut")

    assert 400 <= answer.status_code < 500
    assert joined_files(member, "mandate") == []
    assert "n’est pas enregistré" in answer.text or "Aucun fichier n’est arrivé" in answer.text


def test_nothing_chosen_is_said(client: TimedClient, member: Member) -> None:
    answer = client.post(reverse("document_add", args=[member.candidacy.number, "mandate"]), {"sha256": "", "size": ""})

    assert answer.status_code == 400
    assert "Aucun fichier n’est arrivé" in answer.text


@pytest.mark.parametrize(
    ("hostile", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\pouvoir.pdf", "pouvoir.pdf"),
        ("facture\u202efdp.pdf", "facturefdp.pdf"),
        ('<script>alert("1")</script>.pdf', "script_.pdf"),
        ("con.pdf", "_con.pdf"),
    ],
)
def test_a_hostile_name_is_made_harmless(client: TimedClient, member: Member, hostile: str, kept: str) -> None:
    send(client, member, "mandate", name=hostile)

    assert [name for name, _digest, _stands in joined_files(member, "mandate")] == [kept]
    assert "<script>alert" not in page(client, member)


def test_what_may_follow_is_promised_with_a_reason_and_a_date(client: TimedClient, member: Member) -> None:
    address = reverse("document_promise", args=[member.candidacy.number, "accounts"])

    answer = client.post(address, {"accounts-reason": "Assemblée le 6.", "accounts-promised_on": "10/12/2018"})

    assert answer.headers["Location"] == f"{page_url(member)}#piece-accounts"
    promise = Dossier.objects.get(candidacy=member.candidacy_id).follow_ups.get()
    assert (promise.requirement.code, promise.reason, promise.promised_on) == (
        "accounts",
        "Assemblée le 6.",
        date(2018, 12, 10),
    )
    assert "Suivra le 10 décembre 2018" in page(client, member)


def test_a_promise_is_forgotten_once_the_file_is_there(client: TimedClient, member: Member) -> None:
    a_complete_dossier(member)
    send(client, member, "accounts", name="comptes.pdf")

    assert not Dossier.objects.get(candidacy=member.candidacy_id).follow_ups.exists()
    assert "Suivra le" not in page(client, member)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": "", "promised_on": "10/12/2018"}, "Dites en une phrase pourquoi"),
        ({"reason": "Assemblée", "promised_on": "bientôt"}, "Écrivez la date ainsi"),
        ({"reason": "Assemblée", "promised_on": "27/11/2018"}, "Cette date est passée"),
    ],
)
def test_a_promise_that_cannot_be_understood_is_kept_on_the_page(
    client: TimedClient, member: Member, typed: dict[str, str], sentence: str
) -> None:
    posted = {f"accounts-{name}": value for name, value in typed.items()}

    answer = client.post(reverse("document_promise", args=[member.candidacy.number, "accounts"]), posted)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed["promised_on"]}"' in answer.text
    assert revision(member) == 0


@pytest.mark.parametrize("code", ["mandate", "statutes", "budget", "nothing"])
def test_only_what_may_follow_is_promised(client: TimedClient, member: Member, code: str) -> None:
    posted = {f"{code}-reason": "Demain", f"{code}-promised_on": "10/12/2018"}

    assert client.post(reverse("document_promise", args=[member.candidacy.number, code]), posted).status_code == 404


@pytest.mark.parametrize("code", ["budget", "sworn", "nothing"])
def test_what_a_section_provides_takes_no_file(client: TimedClient, member: Member, code: str) -> None:
    assert send(client, member, code).status_code == 404


def test_a_file_no_longer_asked_for_is_shown_and_may_be_taken_out(client: TimedClient, member: Member) -> None:
    send(client, member, "mandate", name="pouvoir.pdf")
    member.candidacy.call.requirements.get(code="mandate").rules.filter(legal_form=LegalForm.ASSOCIATION).delete()

    shown = page(client, member)

    assert "Fichiers qui ne sont plus demandés" in shown
    assert "pouvoir.pdf" in shown


def test_models_are_downloaded_beside_the_document_they_help_to_write(client: TimedClient, member: Member) -> None:
    model = KitFile.objects.create(
        call=member.candidacy.call,
        requirement=requirement(member, "letters"),
        label_fr="Modèle de lettre",
        version="1",
        name="lettre.docx",
        stored=store_bytes(b"un modele"),
    )
    address = reverse("dossier_kit_file", args=[member.candidacy.number, model.pk])

    assert f'href="{address}"' in page(client, member)
    assert fetch(client, "dossier_kit_file", member, model.pk)[1] == b"un modele"


def test_a_file_is_served_as_a_download_and_never_as_a_page(client: TimedClient, member: Member) -> None:
    send(client, member, "mandate", name="Délibération n° 12.pdf")

    answer, _content = fetch(client, "document", member, Document.objects.get().pk)

    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_after_the_closing_time_nothing_is_joined_taken_out_or_promised(
    client: TimedClient, member: Member, closes: Any
) -> None:
    send(client, member, "mandate")
    document, before = Document.objects.get(), revision(member)
    client.at(closes)
    number = member.candidacy.number

    answers = [
        send(client, member, "mandate", a_pdf("tard")),
        client.post(reverse("document_remove", args=[number, document.pk])),
        client.post(
            reverse("document_promise", args=[number, "accounts"]),
            {"accounts-reason": "Demain", "accounts-promised_on": "10/12/2018"},
        ),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert all("L’appel est clos : ce que vous avez envoyé est arrivé après" in spaced(a.text) for a in answers)
    assert revision(member) == before
    shown = page(client, member)
    assert 'type="file"' not in shown
    assert "piece.pdf" in shown


def test_somebody_elses_files_answer_as_files_that_do_not_exist(
    client: TimedClient, member: Member, another_client: TimedClient
) -> None:
    send(client, member, "mandate")
    document = Document.objects.get()
    somebody = a_user()
    mine = a_signalled(member.candidacy.call, user=somebody)
    thief = another_client
    thief.force_login(somebody)
    number = member.candidacy.number

    refused = [
        thief.get(reverse("document", args=[number, document.pk])),
        thief.get(reverse("document", args=[mine.candidacy.number, document.pk])),
        thief.post(reverse("document_remove", args=[mine.candidacy.number, document.pk])),
        thief.post(reverse("document_add", args=[number, "mandate"]), {"file": SimpleUploadedFile("a.pdf", PDF)}),
    ]
    absent = thief.get(reverse("document", args=[mine.candidacy.number, 999_999]))

    assert [answer.status_code for answer in refused] == [404, 404, 404, 404]
    assert joined_files(member, "mandate") == [("piece.pdf", digest(PDF), True)]
    assert _plain(refused[1]).replace(str(document.pk), "999999") == _plain(absent).replace(str(document.pk), "999999")


def _plain(answer: HttpResponse) -> str:
    return "\n".join(line for line in answer.text.splitlines() if "csrf" not in line)


def test_a_viewer_downloads_and_does_not_join(client: TimedClient, member: Member, another_client: TimedClient) -> None:
    send(client, member, "mandate")
    viewer = a_user()
    joined(an_invited(member, rights=Rights.VIEW, email=viewer.email), viewer)
    another_client.force_login(viewer)
    document = Document.objects.get()

    assert fetch(another_client, "document", member, document.pk)[1] == PDF
    assert send(another_client, member, "mandate").status_code == 404


@pytest.mark.parametrize("files", [1, 30])
def test_the_page_costs_the_same_for_one_file_and_for_thirty(
    client: TimedClient, member: Member, files: int, django_assert_num_queries: Any
) -> None:
    letters = requirement(member, "letters")
    for n in range(files):
        act.add_document(member, letters, a_file(a_pdf(f"Lettre {n}")), name=f"lettre-{n}.pdf", at=NOW)
    Document.objects.update(state=DocumentState.READABLE)

    with django_assert_num_queries(14):
        client.get(page_url(member))


def test_a_file_just_received_is_asked_after_and_an_old_one_is_not(client: TimedClient, member: Member) -> None:
    send(client, member, "mandate")

    assert "hx-get" in page(client, member)
    client.at(NOW + timedelta(minutes=5))
    assert "hx-get" not in page(client, member)


def test_the_legal_form_decides_what_is_asked(client: TimedClient, member: Member) -> None:
    Organisation.objects.filter(candidacy=member.candidacy_id).update(legal_form=LegalForm.COMPANY)

    shown = page(client, member)

    assert "Aucune pièce ne manque." in shown
    assert 'type="file"' not in shown
