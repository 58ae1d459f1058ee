"""Missing documents, asked for after the closing: a page to send them, until an instant, and nothing else."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.actions import membership, screening
from applications.enums import Rights, Role
from applications.models import CompletionItem, CompletionRequest, Member
from hubs_portal.files import StoredFile
from hubs_portal.letters.models import Letter
from tests.builders import TimedClient, a_call, a_complete_dossier, a_pdf, a_signalled, a_submission, an_invited, joined
from tests.builders.examined import AFTER, a_frozen_call, team_of

DUE = datetime(2018, 12, 14, 16, tzinfo=UTC)  # Friday, 17:00 in Paris
NOW = DUE - timedelta(days=2, hours=5)
pytestmark = pytest.mark.django_db


@dataclass
class Asked:
    """A candidacy asked for its accounts and its mandate, and the browser of its contact."""

    member: Member
    accounts: CompletionItem
    mandate: CompletionItem
    client: TimedClient

    def url(self, name: str = "completion", *more: Any) -> str:
        return reverse(name, args=[self.member.candidacy.number, *more])

    def page(self) -> str:
        return plain(self.client.get(self.url()).text)

    def send(self, item: CompletionItem, content: bytes | None = None, name: str = "piece.pdf", **said: Any) -> Any:
        given = a_pdf(f"{item.pk}") if content is None else content
        return self.client.post(self.url("completion_add", item.pk), {"file": SimpleUploadedFile(name, given), **said})

    def received(self) -> list[str]:
        """The names received, in the order asked; nothing for what is still awaited."""
        items = CompletionItem.objects.filter(request__candidacy=self.member.candidacy_id).order_by("pk")
        return list(items.values_list("name", flat=True))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def without_tokens(response: Any) -> str:
    """The page without the token of its forms, which differs each time."""
    return re.sub(r'(csrfmiddlewaretoken" value|csrf-token" content)="\w+"', "", response.text)


def everything_written() -> dict[str, Any]:
    """What a refused file must leave as it was."""
    return {
        "items": list(CompletionItem.objects.order_by("pk").values_list("stored", "name", "received_at")),
        "answered": list(CompletionRequest.objects.values_list("answered_at", flat=True)),
        "files": StoredFile.objects.count(),
        "letters": Letter.objects.count(),
    }


@pytest.fixture
def asked(client: TimedClient) -> Asked:
    (frozen,) = a_frozen_call(a_call())
    member = joined(frozen.members.get(), at=AFTER)
    required = {requirement.code: requirement for requirement in frozen.call.requirements.all()}
    required["accounts"].rule = "Règlement, article 5"
    required["accounts"].save(update_fields=["rule"])
    request = screening.request_completion(
        frozen,
        {required["accounts"]: "Il manque l’exercice 2017.", required["mandate"]: "Le pouvoir n’est pas signé."},
        due_at=DUE,
        message="Appelez-nous au besoin.",
        by=team_of(frozen.call, Role.OFFICER)[0],
        at=AFTER,
    )
    accounts, mandate = request.items.order_by("pk")
    assert member.user
    client.force_login(member.user)
    return Asked(member, accounts, mandate, client.at(NOW))


# ---------------------------------------------------------------- reaching the page, reading it


def test_the_letter_the_dossier_and_the_desk_lead_to_the_page(asked: Asked) -> None:
    letter = Letter.objects.get(kind="completion_request")
    dossier, desk = asked.client.get(asked.url("dossier")).text, asked.client.get(reverse("desk")).text

    link = f'href="{asked.url()}"'
    button = "Compléter mon dossier avant le 14 déc. 2018, 17 h 00"
    assert [asked.url() in letter.text, asked.url() in letter.html] == [True, True]
    assert [link in dossier, link in desk] == [True, True]
    assert [button in plain(dossier), button in plain(desk)] == [True, True]
    assert "Il reste 2 jours, 5 heures" in plain(desk)


def test_the_page_says_what_is_missing_why_and_until_when(asked: Asked) -> None:
    shown = asked.page()

    expected = [
        "À fournir avant le vendredi 14 décembre 2018 à 17 h 00 (heure de Paris)",
        f'data-countdown="{DUE.isoformat()}"',
        "Il manque 2 pièces sur 2.",
        "Appelez-nous au besoin.",
        "Comptes approuvés du dernier exercice",
        "Il manque l’exercice 2017.",
        "(Règlement, article 5)",
        "Pouvoir du signataire",
        "Le pouvoir n’est pas signé.",
        "article L. 114-5 du code des relations entre le public et l’administration",
        "le projet, son budget et ses réponses ne changent plus",
        "À COMPLÉTER avant le vendredi 14 décembre 2018 à 17 h 00",
    ]
    assert [text for text in expected if text not in shown] == []
    assert shown.count('<input class="form-control" type="file"') == 2


def test_overseas_the_hour_is_told_in_local_time(client: TimedClient) -> None:
    call = a_call()
    member = a_signalled(call)
    a_complete_dossier(member, territories=("971", "974"))
    a_submission(member)
    a_frozen_call(call, submitted=0)
    member = joined(member, at=AFTER)
    (officer,) = team_of(call, Role.OFFICER)
    screening.request_completion(
        member.candidacy, {call.requirements.get(code="accounts"): "2017."}, due_at=DUE, by=officer, at=AFTER
    )
    assert member.user
    client.force_login(member.user)

    shown = plain(client.at(NOW).get(reverse("completion", args=[member.candidacy.number])).text)

    assert "Guadeloupe : vendredi 14 décembre 2018 à 12 h 00, heure locale" in shown
    assert "La Réunion : vendredi 14 décembre 2018 à 20 h 00, heure locale" in shown


def test_a_candidacy_nothing_was_asked_of_has_no_such_page(client: TimedClient) -> None:
    (frozen,) = a_frozen_call(a_call())
    member = joined(frozen.members.get(), at=AFTER)
    assert member.user
    client.force_login(member.user)

    assert client.at(NOW).get(reverse("completion", args=[frozen.number])).status_code == 404


# ---------------------------------------------------------------- sending


def test_a_document_is_received_with_its_name_its_size_and_its_second(asked: Asked) -> None:
    content = a_pdf("Comptes 2017")

    response = asked.send(asked.accounts, content, "comptes 2017.pdf")

    assert (response.status_code, response.url) == (302, f"{asked.url()}#piece-{asked.accounts.pk}")
    item = CompletionItem.objects.select_related("stored").get(pk=asked.accounts.pk)
    assert item.stored
    assert (item.stored.digest, item.received_at) == (hashlib.sha256(content).hexdigest(), NOW)
    assert asked.received() == ["comptes 2017.pdf", ""]
    shown = asked.page()
    assert "Reçu le 12 décembre 2018 à 12 h 00 min 00 s (heure de Paris)" in shown
    assert "Il manque 1 pièce sur 2." in shown
    assert asked.client.get(asked.url("completion_file", item.pk)).getvalue() == content


def test_a_file_received_may_be_replaced_while_another_is_awaited(asked: Asked) -> None:
    asked.send(asked.accounts, name="ancien.pdf")

    asked.send(asked.accounts, a_pdf("Les bons comptes"), "nouveau.pdf")

    assert asked.received() == ["nouveau.pdf", ""]


def test_the_last_document_closes_the_request_and_is_acknowledged(asked: Asked) -> None:
    asked.send(asked.accounts)
    asked.send(asked.mandate)

    request = CompletionRequest.objects.get()
    shown = asked.page()
    assert (request.answered_at, Letter.objects.filter(kind="completion_received").count()) == (NOW, 1)
    assert "Vos compléments sont arrivés le 12 décembre 2018 à 12 h 00 min 00 s" in shown
    assert 'type="file"' not in shown
    before = everything_written()
    assert (asked.send(asked.mandate, a_pdf("Trop tard")).status_code, everything_written()) == (409, before)


def test_the_journal_says_who_sent_what(asked: Asked) -> None:
    content = a_pdf("Comptes 2017")

    asked.send(asked.accounts, content)

    line = asked.member.candidacy.journal.order_by("-sequence")[0]
    assert (line.act, line.actor) == ("complete", asked.member.user)
    assert line.details == {"requirement": "accounts", "sha256": hashlib.sha256(content).hexdigest()}


# ---------------------------------------------------------------- bad files


@pytest.mark.parametrize(
    ("content", "name", "said", "status", "words"),
    [
        (a_pdf(), "comptes.exe", {}, 415, "Le format « .exe » n’est pas accepté"),
        (b"un texte", "comptes.pdf", {}, 415, "mais il contient autre chose"),
        (b"", "comptes.pdf", {}, 422, "Ce fichier est vide."),
        (a_pdf(), "comptes.pdf", {"size": 10}, 422, "Le fichier a été coupé ou modifié pendant l’envoi"),
        (b"%PDF-1.4\n" + b"0" * 26 * 1024 * 1024, "comptes.pdf", {}, 413, "la limite est de 25 Mo"),
    ],
    ids=["format", "content", "empty", "cut", "heavy"],
)
def test_a_bad_file_is_refused_with_what_to_do_and_leaves_the_rest(
    asked: Asked, content: bytes, name: str, said: dict[str, int], status: int, words: str
) -> None:
    asked.send(asked.mandate, name="pouvoir.pdf")
    before = everything_written()

    response = asked.send(asked.accounts, content, name, **said)

    shown = plain(response.text)
    assert (response.status_code, words in shown, everything_written()) == (status, True, before)
    assert "pouvoir.pdf" in shown
    assert f'href="#piece-{asked.accounts.pk}"' in shown


def test_a_form_sent_without_a_file_says_so(asked: Asked) -> None:
    before = everything_written()

    response = asked.client.post(asked.url("completion_add", asked.accounts.pk), {})

    assert (response.status_code, everything_written()) == (400, before)
    assert "Aucun fichier n’est arrivé" in response.text


# ---------------------------------------------------------------- the instant


def test_one_microsecond_before_the_instant_is_in_time(asked: Asked) -> None:
    asked.client.at(DUE - timedelta(microseconds=1))

    assert asked.send(asked.accounts).status_code == 302
    assert asked.received() == ["piece.pdf", ""]


def test_at_the_instant_nothing_is_received_and_the_page_says_what_counts(asked: Asked) -> None:
    asked.send(asked.mandate, name="pouvoir.pdf")
    before = everything_written()
    asked.client.at(DUE)

    response = asked.send(asked.accounts)

    shown = plain(response.text)
    assert (response.status_code, everything_written()) == (409, before)
    expected = [
        "Le délai pour compléter est passé",
        "rien n’a été modifié",
        "14 décembre 2018 à 17 h 00 min 00 s (heure de Paris)",
        "Ce qui arrive à cette seconde même est hors délai.",
        "pouvoir.pdf",
        "01 99 00 20 18",
        "COMPLÉMENT – DÉLAI PASSÉ",
    ]
    assert [text for text in expected if text not in shown] == []
    assert 'type="file"' not in shown


def test_after_the_instant_the_page_is_read_without_any_form(asked: Asked) -> None:
    asked.client.at(DUE + timedelta(hours=1))

    shown = asked.page()

    assert ("Le délai pour compléter est passé" in shown, 'type="file"' in shown) == (True, False)
    assert "Compléter mon dossier avant" not in plain(asked.client.get(reverse("desk")).text)


def test_once_a_decision_is_notified_the_request_is_closed(asked: Asked) -> None:
    officer = team_of(asked.member.candidacy.call, Role.OFFICER)[0]
    screening.admit(asked.member.candidacy, by=officer, at=AFTER)
    screening.find_eligible(asked.member.candidacy, by=officer, at=AFTER)
    before = everything_written()

    response = asked.send(asked.accounts)

    assert (response.status_code, everything_written()) == (409, before)
    assert "L’examen de votre dossier est terminé" in response.text


# ---------------------------------------------------------------- who


def test_a_viewer_reads_and_sends_nothing(asked: Asked) -> None:
    viewer = joined(an_invited(asked.member, rights=Rights.VIEW, at=AFTER), at=AFTER)
    asked.send(asked.mandate)
    before = everything_written()
    assert viewer.user
    asked.client.force_login(viewer.user)

    shown = asked.page()

    assert ("Vous pouvez lire cette demande." in shown, 'type="file"' in shown) == (True, False)
    assert asked.client.get(asked.url("completion_file", asked.mandate.pk)).getvalue() == a_pdf(f"{asked.mandate.pk}")
    assert (asked.send(asked.accounts).status_code, everything_written()) == (404, before)


def test_an_editor_may_send(asked: Asked) -> None:
    editor = joined(an_invited(asked.member, rights=Rights.EDIT, at=AFTER), at=AFTER)
    assert editor.user
    asked.client.force_login(editor.user)

    assert (asked.send(asked.accounts).status_code, asked.received()) == (302, ["piece.pdf", ""])


@pytest.mark.parametrize("who", ["stranger", "removed", "officer"])
def test_nobody_else_learns_that_the_page_exists(asked: Asked, who: str) -> None:
    asked.send(asked.mandate)
    asked.page()  # the message that says so is shown
    call = asked.member.candidacy.call
    removed = joined(an_invited(asked.member, rights=Rights.SUBMIT, at=AFTER), at=AFTER)
    membership.remove(asked.member, removed, at=AFTER)
    stranger = joined(a_signalled(a_call()))
    user = {"officer": team_of(call, Role.OFFICER)[0], "removed": removed.user, "stranger": stranger.user}[who]
    assert user
    before = everything_written()
    asked.client.force_login(user)

    for name, more in (("completion", ()), ("completion_file", (asked.mandate.pk,))):
        page = asked.client.get(asked.url(name, *more))
        absent = asked.client.get(reverse(name, args=["HFC-0000-0000", *more]))
        told = without_tokens(absent).replace("HFC-0000-0000", asked.member.candidacy.number)
        assert (page.status_code, absent.status_code, without_tokens(page)) == (404, 404, told)
    assert (asked.send(asked.accounts).status_code, everything_written()) == (404, before)


def test_an_item_of_another_dossier_is_not_found(asked: Asked) -> None:
    (other,) = a_frozen_call(a_call())
    mine = joined(other.members.get(), at=AFTER)
    assert mine.user
    asked.client.force_login(mine.user)

    sent = asked.client.post(
        reverse("completion_add", args=[other.number, asked.accounts.pk]),
        {"file": SimpleUploadedFile("a.pdf", a_pdf())},
    )

    assert (sent.status_code, asked.received()) == (404, ["", ""])


def test_nobody_signed_in_is_asked_to_sign_in_and_told_to_join_the_file_again(asked: Asked) -> None:
    asked.client.logout()
    before = everything_written()

    response = asked.send(asked.accounts)

    assert (response.status_code, everything_written()) == (401, before)
    assert "Le fichier que vous envoyiez est à joindre de nouveau" in response.text
    assert asked.client.get(asked.url()).status_code == 302


def test_the_page_costs_few_queries(asked: Asked, django_assert_max_num_queries: Any) -> None:
    asked.send(asked.mandate)
    asked.page()

    with django_assert_max_num_queries(15):
        asked.page()
