"""A partner deposits its letter of commitment by its personal link: in time, and seeing nothing else of the dossier."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import documents, drafting, withdrawal
from applications.actions.commitment import ask_commitment, revoke_commitment
from applications.actions.deposit import deposit_commitment
from applications.enums import PartnerFamily, Rights, Section
from applications.models import (
    CandidacyLine,
    CommitmentRequest,
    Document,
    Dossier,
    KitFile,
    Member,
    Partner,
    Requirement,
)
from applications.selectors.messages import letters_of
from hubs_portal.accounts import links
from hubs_portal.files import store_bytes
from hubs_portal.letters.delivery import sweep
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
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

pytestmark = pytest.mark.django_db
NAME, ADDRESS = "Ville d’essai", "ville@exemple.invalid"


def partners(member: Member, *addresses: str, name: str = NAME) -> None:
    lines = [{"name": name, "family": PartnerFamily.PUBLIC, "contact_email": address} for address in addresses]
    drafting.save_rows(member, Section.CONSORTIUM, {Partner: lines}, at=NOW)


@pytest.fixture
def member() -> Member:
    """The contact of a dossier that names one partner."""
    found = a_signalled(a_call(), user=a_user(), name="Association des Monts")
    partners(found, ADDRESS)
    return found


def asked(member: Member, at: Any = NOW) -> CommitmentRequest:
    return ask_commitment(member, partner=NAME, address=ADDRESS, at=at)


def path(request: CommitmentRequest) -> str:
    """The address in the letter, as its reader follows it."""
    found = re.search(r"(/engagement/[\w-]+/)", request.letter.text)
    assert found
    return found[1]


def deposit(request: CommitmentRequest, content: str = "Lettre", at: Any = NOW, name: str = "lettre.pdf") -> Document:
    return deposit_commitment(request, a_file(a_pdf(content)), name=name, at=at)


def text(response: Any) -> str:
    return " ".join(str(response.content.decode()).replace("\u00a0", " ").split())


def letters(*kinds: str) -> list[tuple[str, str]]:
    return list(Letter.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", "address"))


# ---------------------------------------------------------------- the link


def test_only_the_fingerprint_of_the_link_is_kept_and_the_letter_is_blanked_once_sent(member: Member) -> None:
    request = asked(member)
    token = path(request).split("/")[2]

    sweep()

    request.letter.refresh_from_db()
    assert request.link_digest == links.digest(token)
    assert (token in request.letter.text, token in request.letter.html) == (False, False)


def test_the_page_says_who_asks_what_for_and_by_when_in_both_languages(client: TimedClient, member: Member) -> None:
    model = store_bytes(a_pdf("Modèle"))
    requirement = member.candidacy.call.requirements.get(per_partner=True)
    KitFile.objects.create(
        call=member.candidacy.call, label_fr="Modèle de lettre", name="m.docx", stored=model, requirement=requirement
    )
    url = path(asked(member))

    french, english = client.get(url), client.get(url, headers={"Accept-Language": "en"})

    for words in (NAME, "Association des Monts", member.email, "30 novembre 2018 à 17 h 00", "Modèle de lettre"):
        assert words in text(french), words
    assert "Deposit your commitment letter" in text(english)


def test_it_shows_nothing_else_of_the_dossier(client: TimedClient, member: Member) -> None:
    a_complete_dossier(member)
    partners(member, ADDRESS)

    shown = client.get(path(asked(member))).content.decode()

    number = member.candidacy.number
    assert (number in shown, "/dossiers/" in shown, "Alix Représentant" in shown) == (False, False, False)


def test_no_robot_no_cache_and_no_other_page_keeps_its_address(client: TimedClient, member: Member) -> None:
    url = path(asked(member))

    for address in (url, "/engagement/faux/"):
        headers = client.get(address).headers
        assert headers["X-Robots-Tag"].startswith("noindex")
        assert headers["Referrer-Policy"] == "strict-origin"  # never the path; « no-referrer » would refuse the form
        assert "no-store" in headers["Cache-Control"]


def test_a_link_that_is_not_open_says_the_same_whatever_the_reason(
    client: TimedClient, another_client: TimedClient, member: Member
) -> None:
    wrong = client.get("/engagement/n-importe-quoi/")
    unnamed = path(asked(member))
    partners(member, "autre@exemple.invalid")
    closed = [client.get(unnamed)]
    partners(member, ADDRESS)
    revoked = path(asked(member, at=NOW + timedelta(days=1)))
    revoke_commitment(member, partner=NAME, address=ADDRESS, at=NOW + timedelta(days=1))
    closed.append(client.get(revoked))
    withdrawn = path(asked(member, at=NOW + timedelta(days=1, hours=1)))
    late = another_client.at(CLOSES).get(withdrawn)
    client.at(NOW)
    assert client.get(withdrawn).status_code == 200
    withdrawal.withdraw(member, at=NOW)
    closed.append(client.get(withdrawn))

    assert wrong.status_code == 404
    assert [(answer.status_code, answer.content) for answer in [*closed, late]] == [(404, wrong.content)] * 4
    posted = client.post(revoked, {"file": a_file(a_pdf())})
    assert (posted.status_code, posted.content, Document.objects.count()) == (404, wrong.content, 0)


def test_a_corrected_name_does_not_close_the_link(client: TimedClient, member: Member) -> None:
    url = path(asked(member))
    partners(member, ADDRESS, name="Ville d’essai-sur-Ain")

    assert client.get(url).status_code == 200


def test_asked_again_once_taken_back_the_partner_has_another_link(member: Member) -> None:
    first = asked(member)
    revoke_commitment(member, partner=NAME, address=ADDRESS, at=NOW)

    second = asked(member, at=NOW + timedelta(minutes=1))

    assert (first.pk == second.pk, first.link_digest == second.link_digest) == (False, False)


def test_a_call_that_asks_no_such_document_sends_no_link(member: Member) -> None:
    Requirement.objects.filter(call=member.candidacy.call, per_partner=True).update(per_partner=False)

    request = asked(member)

    assert ("/engagement/" in request.letter.text, request.link_digest, request.letter.secret) == (False, "", False)


# ---------------------------------------------------------------- the deposit


def test_the_letter_joins_the_dossier_and_everybody_has_one_letter(client: TimedClient, member: Member) -> None:
    editor = joined(an_invited(member))
    joined(an_invited(member, rights=Rights.VIEW))
    url = path(asked(member))
    revision = Dossier.objects.get(candidacy=member.candidacy).revision

    answer = client.post(url, {"file": a_file(a_pdf(), name="engagement.pdf")})

    assert answer.url == url
    document = Document.objects.get()
    assert (document.requirement.per_partner, document.uploaded_by, document.removed_at) == (True, NAME, None)
    assert Dossier.objects.get(candidacy=member.candidacy).revision == revision + 1
    assert letters("commitment_received", "commitment_deposited") == [
        ("commitment_received", ADDRESS),
        ("commitment_deposited", member.email),
        ("commitment_deposited", editor.email),
    ]
    line = CandidacyLine.objects.filter(subject=member.candidacy, act="deposit_commitment").get()
    assert (line.details["partner"], line.details["sha256"], line.actor_label) == (
        NAME,
        document.stored.digest,
        f"{NAME} (partenaire, sans compte)",
    )
    shown = text(client.get(url))
    assert "Votre lettre est déposée" in shown
    assert document.stored.digest[:8] in shown


def test_the_receipt_names_the_file_and_the_second_and_is_no_candidate_s_message(member: Member) -> None:
    document = deposit(asked(member), at=NOW + timedelta(seconds=7))

    receipt = Letter.objects.get(kind="commitment_received")
    body = receipt.text.replace("\u00a0", " ")
    assert ("9 h 00 min 07 s" in body, "lettre.pdf" in body, document.stored.digest[:8] in body) == (True, True, True)
    assert member.candidacy.number not in receipt.text + receipt.html
    assert "/engagement/" not in receipt.text
    assert receipt not in letters_of(member.candidacy)


def test_the_same_file_twice_is_one_deposit(member: Member) -> None:
    request = asked(member)

    first, again = deposit(request), deposit(request, at=NOW + timedelta(minutes=1))

    assert (first == again, Document.objects.count(), len(letters("commitment_received"))) == (True, 1, 1)


def test_the_partner_replaces_its_own_letter_and_no_other(client: TimedClient, member: Member) -> None:
    partners(member, ADDRESS, "autre@exemple.invalid")
    other = ask_commitment(member, partner=NAME, address="autre@exemple.invalid", at=NOW)
    theirs, first = deposit(other, "Une autre"), deposit(asked(member), "Une")
    wanted = first.requirement
    joined_by_hand = documents.add_document(member, wanted, a_file(a_pdf("À la main")), name="main.pdf", at=NOW)

    second = deposit(asked(member), "Deux", at=NOW + timedelta(hours=1))

    standing = set(Document.objects.current())
    assert standing == {theirs, joined_by_hand, second}


def test_a_deposit_after_a_submission_leaves_it_as_it_is_and_is_told(client: TimedClient, member: Member) -> None:
    a_complete_dossier(member)
    partners(member, ADDRESS)
    made = a_submission(member)
    content = made.content

    deposit(asked(member), at=NOW + timedelta(hours=1))

    made.refresh_from_db()
    told = Letter.objects.filter(kind="commitment_deposited").first()
    assert told
    assert (made.content, "déposez une nouvelle version" in told.text) == (content, True)
    assert member.user
    client.force_login(member.user)
    assert "des modifications ne sont pas déposées" in text(
        client.get(reverse("dossier", args=[member.candidacy.number]))
    )


def test_strictly_before_the_closing_and_not_at_it(member: Member) -> None:
    request = asked(member)

    with pytest.raises(CommitmentRequest.DoesNotExist):
        deposit(request, at=CLOSES)
    deposit(request, at=CLOSES - timedelta(microseconds=1))

    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "status", "words"),
    [
        (None, 400, "Aucun fichier n’est arrivé"),
        (("lettre.exe", b"MZ"), 415, "n’est pas accepté"),
        (("lettre.pdf", b"pas un pdf"), 415, ""),
        (("lettre.pdf", b""), 422, "vide"),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_what_to_do_and_nothing_moves(
    client: TimedClient, member: Member, file: tuple[str, bytes] | None, status: int, words: str
) -> None:
    url = path(asked(member))
    before = Letter.objects.count()

    answer = client.post(url, {"file": a_file(file[1], name=file[0])} if file else {})

    assert (answer.status_code, Document.objects.count(), Letter.objects.count()) == (status, 0, before)
    assert words in text(answer)
    assert "Votre lettre n’est pas enregistrée" in text(answer)


def test_a_dossier_that_is_full_says_nothing_of_what_fills_it(member: Member) -> None:
    call = member.candidacy.call
    request = asked(member)
    deposit(request, "Une")
    call.max_dossier_mb = 0
    call.save()

    with pytest.raises(Refusal, match="trop lourd"):
        deposit(CommitmentRequest.objects.get(), "Deux")

    assert Document.objects.current().count() == 1


def test_ten_files_a_day_and_no_more(client: TimedClient, member: Member) -> None:
    request = asked(member)
    for n in range(10):
        deposit(request, f"Lettre {n}")

    answer = client.post(path(request), {"file": a_file(a_pdf("Une de plus"))})

    assert (answer.status_code, Document.objects.count()) == (429, 10)
    deposit(request, "Demain", at=NOW + timedelta(days=1))


# ---------------------------------------------------------------- what the candidate sees


def test_the_candidate_reads_it_takes_it_out_and_the_partner_is_told_on_its_page(
    client: TimedClient, another_client: TimedClient, member: Member
) -> None:
    request = asked(member)
    document = deposit(request)
    number = member.candidacy.number
    assert member.user
    client.force_login(member.user)

    shown = {
        "documents": text(client.get(reverse("documents", args=[number]))),
        "section": text(client.get(reverse("section", args=[number, "consortium"]))),
        "commitment": text(client.get(reverse("commitment", args=[number, 1]))),
    }
    read = b"".join(client.get(reverse("document", args=[number, document.pk])).streaming_content)
    client.post(reverse("document_remove", args=[number, document.pk]))

    for page, body in shown.items():
        assert "éposée par le partenaire" in body, page
    assert len(read) == document.stored.size
    assert not Document.objects.current().exists()
    assert "Le candidat a retiré de son dossier" in text(another_client.get(path(request)))


def test_the_candidate_closes_the_link_and_others_cannot(
    client: TimedClient, another_client: TimedClient, member: Member
) -> None:
    request = asked(member)
    url = reverse("commitment_revoke", args=[member.candidacy.number, 1])
    posted = {"partner": NAME, "address": ADDRESS}
    reader = joined(an_invited(member, rights=Rights.VIEW))
    assert member.user
    assert reader.user
    another_client.force_login(reader.user)
    client.force_login(member.user)

    denied, read = another_client.post(url, posted).status_code, client.get(url).status_code
    answer = client.post(url, posted)

    assert (denied, read, answer.url) == (404, 405, reverse("commitment", args=[member.candidacy.number, 1]))
    request.refresh_from_db()
    assert request.revoked_at == NOW
    assert CandidacyLine.objects.latest("pk").act == "revoke_commitment"
    assert client.get(path(request)).status_code == 404
    assert "désactivé" in text(client.get(answer.url))


def test_its_pages_cost_fifteen_queries_at_most(
    client: TimedClient, member: Member, django_assert_max_num_queries: Any
) -> None:
    request = asked(member)
    for n in range(9):
        deposit(request, f"Lettre {n}")
    assert member.user

    with django_assert_max_num_queries(15):
        assert client.get(path(request)).status_code == 200
    client.force_login(member.user)
    pages: dict[str, list[Any]] = {"commitment": [1], "section": ["consortium"], "documents": []}
    for name, args in pages.items():
        with django_assert_max_num_queries(15):
            assert client.get(reverse(name, args=[member.candidacy.number, *args])).status_code == 200
