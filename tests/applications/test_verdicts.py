"""A file found unreadable or infected: told at once, replaceable, and nothing is ever un-submitted for it."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.actions import drafting, screening, withdrawal
from applications.actions.closing import close_call, settle_candidacies
from applications.enums import CandidacyState, DocumentState, ExclusionStage, Rights, Role
from applications.models import (
    Candidacy,
    CandidacyLine,
    CompletionItem,
    CompletionRequest,
    Document,
    Member,
    Replacement,
    Submission,
)
from applications.rules.deadline import FREEZE_DELAY
from hubs_portal import clock
from hubs_portal.files import INFECTED_SENTENCE
from hubs_portal.letters.models import Letter
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_pdf,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    joined,
)
from tests.builders.examined import AFTER, team_of
from tests.builders.infected import found_infected, looked_into

pytestmark = pytest.mark.django_db
FROZEN = CLOSES + FREEZE_DELAY


def locked() -> bytes:
    """A PDF that asks for a password."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_pdf("Secret"))) as pdf:
        pdf.save(made, encryption=pikepdf.Encryption(owner="a", user="b"))
    return made.getvalue()


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def is_now(instant: datetime | None) -> bool:
    """Whether it is the present of the procedure, which ticks."""
    return instant is not None and abs(instant - clock.now()) < timedelta(minutes=1)


@dataclass
class Dossier:
    """A complete dossier, one of its documents, and the browser of its contact."""

    member: Member
    document: Document
    client: TimedClient

    @property
    def candidacy(self) -> Candidacy:
        return Candidacy.objects.select_related("call", "dossier").get(pk=self.member.candidacy_id)

    @property
    def state(self) -> str:
        self.document.refresh_from_db()
        return self.document.state

    def url(self, name: str, *more: Any) -> str:
        return reverse(name, args=[self.member.candidacy.number, *more])

    def page(self, name: str = "dossier", *more: Any) -> str:
        return plain(self.client.get(self.url(name, *more)).text)

    def join(self, content: bytes, name: str = "piece.pdf") -> Any:
        address = self.url("document_add", self.document.requirement.code)
        return self.client.post(address, {"file": SimpleUploadedFile(name, content)})

    def send(self, replacement: Replacement, content: bytes, name: str = "autre.pdf") -> Any:
        address = self.url("replacement_add", replacement.pk)
        return self.client.post(address, {"file": SimpleUploadedFile(name, content)})

    def letters(self) -> list[Letter]:
        return list(Letter.objects.filter(kind="file_to_replace").order_by("pk"))

    def close(self) -> None:
        """The call is closed, its list is frozen, and it is the next day."""
        close_call(self.candidacy.call, at=FROZEN)
        settle_candidacies(self.candidacy.call, at=FROZEN)
        self.client.at(AFTER)
        clock.shift(AFTER - clock.read().real)


@pytest.fixture
def dossier(client: TimedClient) -> Dossier:
    clock.shift(NOW - clock.read().real)
    user = a_user(name="Camille Martin")
    member = a_signalled(a_call(), user=user)
    a_complete_dossier(member)
    client.force_login(user)
    document = member.candidacy.dossier.documents.current().select_related("stored", "requirement").order_by("pk")[0]
    return Dossier(member, document, client)


@pytest.fixture
def submitted(dossier: Dossier) -> Dossier:
    a_submission(dossier.member)
    return dossier


@pytest.fixture
def closed(submitted: Dossier) -> Dossier:
    submitted.close()
    return submitted


def everything_frozen() -> list[tuple[Any, ...]]:
    """What was submitted, and where each candidacy stands."""
    rows = Submission.objects.order_by("pk").values_list("digest", "content", "version")
    return [*rows, *Candidacy.objects.order_by("pk").values_list("number", "state", "notified_state")]


# ---------------------------------------------------------------- before the submission


def test_an_infected_file_is_put_aside_and_nobody_is_given_it_any_more(dossier: Dossier) -> None:
    looked_into(dossier.document)
    assert dossier.document.picture_id
    found_infected(dossier.document.stored)

    download = dossier.client.get(dossier.url("document", dossier.document.pk))
    head = dossier.client.head(dossier.url("document", dossier.document.pk))
    picture = dossier.client.get(dossier.url("document_picture", dossier.document.pk))

    assert (dossier.state, download.status_code, head.status_code, picture.status_code) == (
        DocumentState.QUARANTINED,
        410,
        410,
        404,
    )
    assert "Ce fichier n’est plus donné à personne" in download.text
    assert download.headers["Cache-Control"] == "private, no-store"


def test_the_page_says_what_to_do_and_the_document_is_missing_again(dossier: Dossier) -> None:
    assert "Rien ne manque" in dossier.page("review") or dossier.page("review")
    found_infected(dossier.document.stored)

    shown = dossier.page("documents")
    refused = dossier.client.post(dossier.url("submit"), {"revision": dossier.candidacy.dossier.revision})

    assert plain(str(INFECTED_SENTENCE)) in shown
    assert f'href="{dossier.url("document", dossier.document.pk)}"' not in shown
    assert "À remplacer" in shown
    assert (refused.status_code, Submission.objects.count()) == (409, 0)
    assert (Replacement.objects.count(), dossier.letters()) == (0, [])


def test_it_is_replaced_by_a_sound_file_and_the_same_bytes_are_refused(dossier: Dossier) -> None:
    with dossier.document.stored.open() as opened:
        content = opened.read()
    found_infected(dossier.document.stored)

    again = dossier.join(content)
    sound = dossier.join(a_pdf("Un fichier sain"))

    assert (again.status_code, plain(str(INFECTED_SENTENCE)) in plain(again.text)) == (415, True)
    assert sound.status_code == 302
    a_submission(dossier.member)
    assert Submission.objects.count() == 1


def test_a_verdict_of_infection_is_never_written_over_by_that_of_the_reader(dossier: Dossier) -> None:
    found_infected(dossier.document.stored)

    looked_into(dossier.document)

    assert (dossier.document.state, dossier.document.picture) == (DocumentState.QUARANTINED, None)


def test_bytes_known_infected_are_put_aside_in_every_dossier_that_holds_them(dossier: Dossier) -> None:
    other = a_signalled(dossier.candidacy.call)
    a_complete_dossier(other)
    same = other.candidacy.dossier.documents.current().order_by("pk")[0]
    same.stored = dossier.document.stored
    same.save()

    found_infected(dossier.document.stored)

    same.refresh_from_db()
    assert (dossier.state, same.state) == (DocumentState.QUARANTINED, DocumentState.QUARANTINED)


# ---------------------------------------------------------------- the line that asks by itself


def test_the_line_of_a_file_asks_by_itself_until_something_is_known(dossier: Dossier) -> None:
    dossier.join(a_pdf("Nouveau"))
    document = Document.objects.order_by("-pk")[0]
    address = dossier.url("document_line", document.pk)
    assert f'hx-get="{address}"' in dossier.page("documents")
    waiting = dossier.page("document_line", document.pk)

    looked_into(document)

    known = dossier.page("document_line", document.pk)
    assert ("nous vérifions" in waiting, "hx-get" in waiting) == (True, True)
    assert ("Lisible" in known, "hx-get" in known) == (True, False)
    assert f'hx-swap-oob="innerHTML:#etat-{document.requirement.code}"' in known


def test_a_bad_verdict_changes_the_state_of_the_document_on_the_page(dossier: Dossier) -> None:
    dossier.join(locked())
    document = Document.objects.order_by("-pk")[0]
    looked_into(document)

    known = dossier.page("document_line", document.pk)

    assert ("protégé par un mot de passe" in known, "À remplacer" in known) == (True, True)


def test_a_line_stops_asking_after_two_minutes(dossier: Dossier) -> None:
    dossier.join(a_pdf("Nouveau"))
    document = Document.objects.order_by("-pk")[0]
    dossier.client.at(NOW + timedelta(minutes=3))

    assert "hx-get" not in dossier.page("document_line", document.pk)


def test_the_line_is_for_those_of_the_dossier_and_costs_little(
    dossier: Dossier, django_assert_max_num_queries: Any
) -> None:
    address = dossier.url("document_line", dossier.document.pk)
    with django_assert_max_num_queries(15):
        assert dossier.client.get(address).status_code == 200
    drafting.save_organisation(dossier.member, {}, at=NOW)
    stranger = joined(a_signalled(a_call()))
    assert stranger.user

    dossier.client.force_login(stranger.user)

    assert dossier.client.get(address).status_code == 404
    assert dossier.client.post(address).status_code == 405


# ---------------------------------------------------------------- found once submitted, while the call is open


def test_a_bad_verdict_on_a_submitted_file_asks_for_another_and_un_submits_nothing(submitted: Dossier) -> None:
    before = everything_frozen()

    found_infected(submitted.document.stored)

    replacement = Replacement.objects.get()
    assert everything_frozen() == before
    assert (replacement.document, replacement.submission.version) == (submitted.document, 1)
    line = CandidacyLine.objects.filter(subject=submitted.candidacy).order_by("-sequence")[0]
    assert (line.act, line.actor, line.details["requirement"]) == (
        "want_replacement",
        None,
        submitted.document.requirement.code,
    )


def test_twice_the_same_job_asks_once(submitted: Dossier) -> None:
    found_infected(submitted.document.stored)
    found_infected(submitted.document.stored)

    assert (Replacement.objects.count(), len(submitted.letters())) == (1, 1)


def test_the_letter_says_what_is_wrong_and_what_to_do_before_the_closing(submitted: Dossier) -> None:
    an_invited(submitted.member, rights=Rights.EDIT)
    an_invited(submitted.member, rights=Rights.VIEW)

    found_infected(submitted.document.stored)

    letters = submitted.letters()
    assert len(letters) == 2
    text = " ".join(plain(letters[0].text).split())
    expected = [
        submitted.document.name,
        plain(str(INFECTED_SENTENCE)),
        "Votre dépôt reste valable",
        "Remplacez-le dans les pièces du dossier, puis déposez une nouvelle version.",
        submitted.url("documents"),
        "Clôture : vendredi 30 novembre 2018 à 17 h 00",
    ]
    assert [words for words in expected if words not in text] == []


def test_the_desk_and_the_dossier_lead_to_where_it_is_replaced(submitted: Dossier) -> None:
    found_infected(submitted.document.stored)

    dossier, desk = submitted.page(), plain(submitted.client.get(reverse("desk")).text)

    assert "Un fichier déposé ne peut pas être lu" in dossier
    assert f'{submitted.url("documents")}#piece-{submitted.document.requirement.code}"' in dossier
    assert "Un fichier déposé ne peut pas être lu : remplacez-le." in desk


def test_a_new_version_without_the_file_settles_it_by_itself(submitted: Dossier) -> None:
    found_infected(submitted.document.stored)
    submitted.join(a_pdf("Un fichier sain"))

    second = a_submission(submitted.member)

    assert (Replacement.objects.get().settled_by, second.version) == (second, 2)
    assert "ne peut pas être lu" not in submitted.page()


def test_what_is_submitted_while_the_verdict_is_written_is_asked_for_all_the_same(dossier: Dossier) -> None:
    """The file is taken out of the draft after the submission: the version still holds it."""
    a_submission(dossier.member)
    dossier.join(a_pdf("Une autre version"))

    found_infected(dossier.document.stored)

    assert Replacement.objects.get().document == dossier.document


def test_a_file_that_no_version_that_counts_holds_is_asked_of_nobody(submitted: Dossier) -> None:
    withdrawal.withdraw(submitted.member, at=NOW)

    found_infected(submitted.document.stored)

    assert (Replacement.objects.count(), submitted.letters(), submitted.state) == (0, [], DocumentState.QUARANTINED)


def test_until_the_closing_a_file_is_replaced_in_the_draft_alone(submitted: Dossier) -> None:
    found_infected(submitted.document.stored)

    answer = submitted.send(Replacement.objects.get(), a_pdf("Autre"))

    assert (answer.status_code, answer.url) == (302, submitted.url("documents"))
    assert Replacement.objects.get().stored is None
    assert submitted.client.get(submitted.url("completion")).status_code == 404


def test_the_archive_leaves_an_infected_file_out_and_says_so(submitted: Dossier) -> None:
    found_infected(submitted.document.stored)

    answer = submitted.client.get(submitted.url("version_archive", 1))

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()
        (where,) = [name for name in names if name.endswith("manifeste.json")]
        manifest = json.loads(archive.read(where))
        page = plain(archive.read(where.replace("manifeste.json", "dossier.html")).decode())
    (apart,) = manifest["infected"]
    assert [name for name in names if name.endswith(apart)] == []
    assert (submitted.document.stored.digest in str(manifest["files"]), manifest["missing"]) == (False, [])
    assert "mis à l’écart : un virus y a été trouvé" in page


# ---------------------------------------------------------------- after the closing


def test_after_the_closing_the_letter_and_the_pages_lead_to_where_another_is_sent(closed: Dossier) -> None:
    before = everything_frozen()
    found_infected(closed.document.stored)

    dossier, desk, page = closed.page(), plain(closed.client.get(reverse("desk")).text), closed.page("completion")

    assert everything_frozen() == before
    assert [f'{closed.url("completion")}#a-remplacer"' in text for text in (dossier, desk)] == [True, True]
    assert "Envoyez-en un autre dès que possible" in plain(closed.letters()[0].text)
    anchor = f"remplacement-{Replacement.objects.get().pk}"
    assert f"{closed.url('completion')}#{anchor}\n" in closed.letters()[0].text
    assert f'id="{anchor}"' in page
    assert (plain(str(INFECTED_SENTENCE)) in page, 'type="file"' in page, "Le fichier à remplacer" in page) == (
        True,
        True,
        True,
    )


def test_another_file_is_received_looked_into_and_leaves_what_was_submitted_as_it_was(closed: Dossier) -> None:
    found_infected(closed.document.stored)
    replacement, before = Replacement.objects.get(), everything_frozen()

    answer = closed.send(replacement, a_pdf("Un fichier sain"), "sain.pdf")

    assert (answer.status_code, answer.url) == (302, f"{closed.url('completion')}#remplacement-{replacement.pk}")
    assert "nous vérifions qu’il s’ouvre" in closed.page("completion")
    looked_into(replacement)
    assert (replacement.state, replacement.name, is_now(replacement.received_at)) == ("readable", "sain.pdf", True)
    assert everything_frozen() == before
    page = closed.page("completion")
    assert ("Remplacé" in page, "Lisible" in page, 'type="file"' in page) == (True, True, False)
    assert closed.client.get(closed.url("replacement_file", replacement.pk)).getvalue() == a_pdf("Un fichier sain")
    assert closed.send(replacement, a_pdf("Encore un")).status_code == 409


def test_another_file_that_does_not_open_either_is_asked_for_again(closed: Dossier) -> None:
    found_infected(closed.document.stored)
    replacement = Replacement.objects.get()
    closed.send(replacement, locked(), "secret.pdf")

    looked_into(replacement)

    assert (replacement.state, len(closed.letters())) == ("unreadable", 2)
    said = plain(closed.letters()[1].text)
    assert f"Fichier : secret.pdf\nÀ la place de : {closed.document.name}\n" in said
    page = closed.page("completion")
    assert ("protégé par un mot de passe" in page, 'type="file"' in page) == (True, True)
    assert closed.send(replacement, a_pdf("Enfin")).status_code == 302


@pytest.mark.parametrize(
    ("content", "name", "status"), [(b"un texte", "a.pdf", 415), (b"", "a.pdf", 422), (a_pdf(), "a.exe", 415)]
)
def test_what_is_not_a_file_of_that_kind_is_refused_and_nothing_moves(
    closed: Dossier, content: bytes, name: str, status: int
) -> None:
    found_infected(closed.document.stored)
    replacement = Replacement.objects.get()

    answer = closed.send(replacement, content, name)

    assert (answer.status_code, Replacement.objects.get().stored) == (status, None)
    assert f'href="#remplacement-{replacement.pk}"' in answer.text


def test_nothing_is_asked_of_whoever_was_told_the_end(closed: Dossier) -> None:
    (officer,) = team_of(closed.candidacy.call, Role.OFFICER)
    proposed = screening.propose_exclusion(
        closed.candidacy, stage=ExclusionStage.ADMISSIBILITY, rule="3.2", reason="Hors sujet.", by=officer, at=AFTER
    )
    found_infected(closed.document.stored)
    assert Replacement.objects.count() == 1  # proposed is not told

    screening.confirm_exclusion(proposed, by=team_of(closed.candidacy.call, Role.MANAGER)[0], at=AFTER)

    answer = closed.send(Replacement.objects.get(), a_pdf("Trop tard"))
    assert (answer.status_code, Replacement.objects.get().stored) == (404, None)
    assert "ne peut pas être lu" not in closed.page()


def test_a_decision_kept_silent_shows_nowhere_in_what_may_be_replaced(closed: Dossier) -> None:
    found_infected(closed.document.stored)
    (officer,) = team_of(closed.candidacy.call, Role.OFFICER)
    shown = closed.page("completion")

    screening.admit(closed.candidacy, by=officer, at=AFTER)

    assert strip(closed.page("completion")) == strip(shown)
    assert closed.send(Replacement.objects.get(), a_pdf("Autre")).status_code == 302


def strip(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


@pytest.mark.parametrize("who", ["viewer", "stranger", "officer"])
def test_who_may_send_and_read_what_was_sent(closed: Dossier, who: str) -> None:
    found_infected(closed.document.stored)
    replacement = Replacement.objects.get()
    closed.send(replacement, a_pdf("Autre"))
    viewer = joined(an_invited(closed.member, rights=Rights.VIEW, at=AFTER), at=AFTER)
    stranger = joined(a_signalled(a_call()))
    (officer,) = team_of(closed.candidacy.call, Role.OFFICER)
    user = {"viewer": viewer.user, "stranger": stranger.user, "officer": officer}[who]
    assert user
    closed.client.force_login(user)

    answer = closed.client.get(closed.url("replacement_file", replacement.pk))

    assert (answer.status_code, answer.getvalue() == a_pdf("Autre")) == (
        (200, True) if who == "viewer" else (404, False)
    )
    assert closed.send(replacement, a_pdf("Encore un")).status_code == 404


def test_a_replacement_of_another_dossier_is_not_found(closed: Dossier) -> None:
    found_infected(closed.document.stored)
    replacement = Replacement.objects.get()
    mine = joined(a_signalled(a_call()))
    assert mine.user
    closed.client.force_login(mine.user)
    for name in ("replacement_file", "replacement_add"):
        address = reverse(name, args=[mine.candidacy.number, replacement.pk])
        answer = closed.client.get(address) if name.endswith("file") else closed.client.post(address)
        assert answer.status_code == 404


# ---------------------------------------------------------------- what the team sees


def test_the_working_page_shows_what_is_unreadable_and_what_was_sent_in_its_place(closed: Dossier) -> None:
    found_infected(closed.document.stored)
    replacement = Replacement.objects.get()
    (officer,) = team_of(closed.candidacy.call, Role.OFFICER)
    desk = reverse("admin:applications_candidacy_change", args=[closed.candidacy.pk])
    file = reverse("admin:applications_candidacy_replacement_file", args=[closed.candidacy.pk, replacement.pk])
    office = TimedClient()
    office.defaults = dict(closed.client.defaults)
    office.force_login(officer)
    waiting = plain(office.get(desk).text)
    assert office.get(file).status_code == 404
    closed.send(replacement, a_pdf("Un fichier sain"), "sain.pdf")
    looked_into(replacement)

    shown, given = plain(office.get(desk).text), office.get(file)

    assert ("Fichiers illisibles" in waiting, "Rien n’est reçu" in waiting) == (True, True)
    assert ("sain.pdf" in shown, file in shown, "Mis à l’écart : un virus y a été trouvé" in shown) == (
        True,
        True,
        True,
    )
    assert given.getvalue() == a_pdf("Un fichier sain")
    line = CandidacyLine.objects.filter(subject=closed.candidacy).order_by("-sequence")[0]
    assert (line.act, line.actor) == ("read_replacement", officer)


def test_an_officer_of_another_call_is_given_nothing(closed: Dossier) -> None:
    found_infected(closed.document.stored)
    replacement = Replacement.objects.get()
    closed.send(replacement, a_pdf("Autre"))
    (stranger,) = team_of(a_call(), Role.OFFICER)
    closed.client.force_login(stranger)

    file = reverse("admin:applications_candidacy_replacement_file", args=[closed.candidacy.pk, replacement.pk])

    assert closed.client.get(file).status_code == 404


# ---------------------------------------------------------------- documents the team asked for


DUE = AFTER + timedelta(days=9)


def asked(closed: Dossier) -> CompletionItem:
    (officer,) = team_of(closed.candidacy.call, Role.OFFICER)
    wanted = closed.candidacy.call.requirements.get(code="accounts")
    request = screening.request_completion(
        closed.candidacy, {wanted: "Il manque 2017."}, due_at=DUE, by=officer, at=AFTER
    )
    item: CompletionItem = request.items.get()
    return item


def complete(closed: Dossier, item: CompletionItem, content: bytes) -> Any:
    address = closed.url("completion_add", item.pk)
    return closed.client.post(address, {"file": SimpleUploadedFile("comptes.pdf", content)})


def test_a_document_asked_for_is_kept_at_once_and_opened_by_a_job(closed: Dossier) -> None:
    item = asked(closed)

    answer = complete(closed, item, a_pdf("Comptes"))

    assert answer.status_code == 302
    assert "nous vérifions qu’il s’ouvre" in closed.page("completion")
    looked_into(item)
    assert ("Lisible" in closed.page("completion"), item.state, item.pages) == (True, "readable", 1)


def test_one_that_does_not_open_reopens_the_request_its_arrival_had_closed(closed: Dossier) -> None:
    item = asked(closed)
    complete(closed, item, locked())
    assert is_now(CompletionRequest.objects.get().answered_at)

    looked_into(item)

    request = CompletionRequest.objects.get()
    assert (request.answered_at, request.due_at, request.first_due_at) == (None, DUE, None)
    page = closed.page("completion")
    assert ("protégé par un mot de passe" in page, "Il manque 1 pièce sur 1." in page, 'type="file"' in page) == (
        True,
        True,
        True,
    )
    (letter,) = closed.letters()
    assert "la demande de complément est rouverte" in letter.text
    complete(closed, item, a_pdf("Comptes"))
    looked_into(item)
    assert is_now(CompletionRequest.objects.get().answered_at)
    assert Letter.objects.filter(kind="completion_received").count() == 1


def test_time_is_left_to_send_another_once_when_too_little_was_left(closed: Dossier) -> None:
    item = asked(closed)
    minute_before = DUE - timedelta(minutes=1)
    closed.client.at(minute_before)
    clock.shift(minute_before - clock.read().real)
    complete(closed, item, locked())
    looked_into(item)

    request = CompletionRequest.objects.get()
    assert request.first_due_at == DUE
    assert request.due_at - DUE >= timedelta(days=1, hours=23)
    assert "est prolongé : un fichier arrivé à temps" in closed.page("completion")
    given = request.due_at
    last = given - timedelta(minutes=1)
    closed.client.at(last)
    clock.shift(last - clock.read().real)
    complete(closed, item, a_pdf("Comptes")[:-200])
    looked_into(item)
    assert CompletionRequest.objects.get().due_at == given


def test_once_a_decision_was_told_a_bad_verdict_reopens_nothing(closed: Dossier) -> None:
    item = asked(closed)
    complete(closed, item, locked())
    (officer,) = team_of(closed.candidacy.call, Role.OFFICER)
    screening.admit(closed.candidacy, by=officer, at=AFTER)
    screening.find_eligible(closed.candidacy, by=officer, at=AFTER)

    looked_into(item)

    assert (is_now(CompletionRequest.objects.get().answered_at), closed.letters()) == (True, [])
    assert closed.candidacy.state == CandidacyState.ELIGIBLE


def test_an_infected_document_asked_for_is_put_aside_and_asked_for_again(closed: Dossier) -> None:
    item = asked(closed)
    complete(closed, item, a_pdf("Comptes"))
    looked_into(item)
    assert item.stored

    found_infected(item.stored)

    item.refresh_from_db()
    assert (item.state, CompletionRequest.objects.get().answered_at) == (DocumentState.QUARANTINED, None)
    assert closed.client.get(closed.url("completion_file", item.pk)).status_code == 410


# ---------------------------------------------------------------- figures


def test_the_pages_cost_few_queries(closed: Dossier, django_assert_max_num_queries: Any) -> None:
    found_infected(closed.document.stored)
    closed.send(Replacement.objects.get(), a_pdf("Autre"))
    for address in (closed.url("completion"), closed.url("dossier"), reverse("desk")):
        closed.client.get(address)
        with django_assert_max_num_queries(15):
            closed.client.get(address)
