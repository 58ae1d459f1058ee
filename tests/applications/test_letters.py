"""The letters of the application phase, and where their readers find them again."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import letters, reminders
from applications.actions import drafting, withdrawal
from applications.actions.extension import propose_extension, sign_extension
from applications.actions.membership import remove
from applications.enums import Rights
from applications.models import Call, Candidacy, CandidacyLetter, Member, Territory
from applications.selectors.messages import letters_of, readable
from hubs_portal.accounts import links
from hubs_portal.letters.compose import Addressee, write_letter
from hubs_portal.letters.delivery import sweep
from hubs_portal.letters.models import Letter, LetterState
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_manager,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    joined,
)

KINDS = [
    "signalling",
    "dossier_opened",
    "member_invited",
    "draft_reminder",
    "submission_receipt",
    "new_version_receipt",
    "withdrawal_receipt",
    "resumption_receipt",
    "call_amended",
    "not_submitted",
]
HOSTILE = "<script>alert(1)</script> & « fils »"


def _live_through(call: Call, **said: object) -> Candidacy:
    """A candidacy that receives one letter of each kind, sooner or later."""
    at = NOW - timedelta(days=10)
    member = a_signalled(call, at=at, **said)  # type: ignore[arg-type] # fields of Signal
    a_complete_dossier(member, at=at)
    an_invited(member)
    reminders.remind_drafts(at=NOW)
    a_submission(member, arrived_at=NOW + timedelta(seconds=7))
    drafting.save_organisation(member, {"city": "Nantua"}, at=NOW + timedelta(hours=1))
    a_submission(member, arrived_at=NOW + timedelta(hours=2))
    withdrawal.withdraw(member, at=NOW + timedelta(hours=3))
    withdrawal.resume(member, at=NOW + timedelta(hours=4))
    author, other = a_manager(call), a_manager(call)
    proposed = propose_extension(call, new_closes_at=CLOSES + timedelta(days=3), reason="Panne.", by=author, at=NOW)
    sign_extension(proposed, by=other, at=NOW)
    candidacy = Candidacy.objects.get(pk=member.candidacy_id)
    letters.not_submitted(candidacy, at=CLOSES + timedelta(days=4))
    return candidacy


def _first_of(kind: str) -> Letter:
    return Letter.objects.filter(kind=kind).order_by("pk")[0]


def _text_of(html: str) -> str:
    body = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


# ---------------------------------------------------------------- every kind


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_kind_says_whose_dossier_it_is_when_it_closes_and_whom_to_call(db: None, language: str) -> None:
    candidacy = _live_through(a_call(title_en="Hubs d’essai"), language=language)
    written = {kind: _first_of(kind) for kind in KINDS}

    for letter in written.values():
        assert letter.language == language
        assert letter.subject.startswith("Hubs d’essai – ")
        assert candidacy.number in letter.subject
        assert not re.search(r"https?:|\d{14}|@", letter.subject)
        for words in [
            "01 99 00 20 18",
            "12, rue de l’Exemple",
            "equipe@exemple.invalid",
            {"fr": "Un brouillon n’est pas un dépôt", "en": "draft is not a submission"}[language],
        ]:
            assert words in letter.text, (letter.kind, words)
            assert words in _text_of(letter.html), (letter.kind, words)
        assert {"fr": "17 h 00 (heure de Paris)", "en": "17:00 (Paris time)"}[language] in letter.text
    assert len({letter.subject for letter in written.values()}) == len(KINDS)


def test_each_kind_reads_well_as_plain_text(db: None) -> None:
    _live_through(a_call())

    for letter in Letter.objects.all():
        assert not re.search(r"<\w|&\w+;|\n\n\n|[{}]|%}", letter.text.replace("<contact-", "")), letter.text
        assert letter.text.count("\n--\n") == 1


def test_each_page_shows_no_picture_and_runs_no_script(db: None) -> None:
    _live_through(a_call())

    for letter in Letter.objects.all():
        assert not re.search(r"<img|<script|<link|<iframe|background(-image)?:\s*url|@import", letter.html)
        assert (letter.html.count("<h1"), 'width="600"' in letter.html) == (1, True)
        assert len(letter.html) < 60_000


def test_what_people_typed_is_text_in_both_forms(db: None) -> None:
    _live_through(a_call(), name=HOSTILE, contact_name=f"{HOSTILE}\r\nBcc: tous@exemple.invalid")

    for letter in Letter.objects.filter(kind__in=set(KINDS) - {"call_amended", "resumption_receipt"}):
        assert "<script" not in letter.html
        assert "&lt;script&gt;" in letter.html
        assert HOSTILE in letter.text
    assert "&amp;" not in _first_of("signalling").text
    assert [subject for subject in Letter.objects.values_list("subject", flat=True) if "\n" in subject] == []
    assert "\nBcc" not in _first_of("member_invited").text


@pytest.mark.parametrize(
    ("codes", "hours"),
    [
        (["01", "03"], []),
        (["01", "971"], ["Heure locale, Guadeloupe : vendredi 30 novembre 2018 à 12 h 00."]),
        (
            ["971", "988"],
            [
                "Heure locale, Guadeloupe : vendredi 30 novembre 2018 à 12 h 00.",
                "Heure locale, Nouvelle-Calédonie : samedi 1er décembre 2018 à 3 h 00.",
            ],
        ),
    ],
)
def test_overseas_candidates_read_their_own_hour(db: None, codes: list[str], hours: list[str]) -> None:
    a_signalled(a_call(), territories=Territory.objects.filter(code__in=codes))

    text = _first_of("signalling").text.replace("\u00a0", " ")

    assert re.findall(r"Heure locale.*", text) == hours


def test_the_receipt_says_everything_the_law_wants(db: None) -> None:
    submission = a_submission(a_signalled(a_call()), arrived_at=NOW + timedelta(seconds=7))
    letter = _first_of("submission_receipt")

    for said in (" ".join(letter.text.split()), _text_of(letter.html)):
        assert submission.receipt.number in said
        assert "28 novembre 2018 à 9 h 00 min 07 s (heure de Paris)" in said
        assert "2018-11-28 08:00:07 UTC" in said
        assert "réputée rejetée le 28 janvier 2019" in said
        assert "Le silence gardé deux mois vaut rejet." in said
        assert "Vous pouvez contester une décision dans les deux mois." in said
        assert "Comptes approuvés du dernier exercice, au plus tard le 18 décembre 2018" in said
        digests = [submission.digest, *(file.stored.digest for file in submission.files.all())]
        assert [digest for digest in digests if digest not in said.replace(" ", "")] == []
    assert [attached.name for attached in letter.attachments.all()] == [f"{submission.receipt.number}.pdf"]


def test_the_legal_representative_receives_the_receipt_too(db: None) -> None:
    a_submission(a_signalled(a_call()))

    assert Letter.objects.filter(kind="submission_receipt", address="presidence@exemple.invalid").count() == 1


def test_a_reminder_says_how_long_is_left_and_what_is_missing(db: None) -> None:
    member = a_signalled(a_call(), at=NOW - timedelta(days=10))
    drafting.save_organisation(member, {"city": "Nantua"}, at=NOW - timedelta(days=9))

    reminders.remind_drafts(at=CLOSES - timedelta(days=1))

    letter = _first_of("draft_reminder")
    assert letter.subject.replace("\u00a0", " ").endswith("non déposé : il vous reste 1 jour")
    assert "- Joignez la pièce « Pouvoir du signataire »." in letter.text.replace("\u00a0", " ")


@pytest.mark.parametrize("kind", ["password_reset", "account_invitation"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_account_letters_carry_their_link_and_are_blanked_once_sent(db: None, kind: str, language: str) -> None:
    link = "http://testserver/accounts/password/reset/key/3-abc-def/"
    letter = write_letter(
        kind,
        to=Addressee("camille@exemple.invalid", HOSTILE, language),
        subject_key="user:1",
        at=NOW,
        context={"link": link},
        secret=True,
    )

    assert (link in letter.text, link in letter.html, link in letter.subject) == (True, True, False)
    assert ("<script" in letter.html, HOSTILE in letter.text) == (False, True)

    sweep()

    letter.refresh_from_db()
    assert (letter.state, letter.text, letter.html) == (LetterState.SENT, "—", "—")


# ---------------------------------------------------------------- messages received


@pytest.fixture
def member(client: TimedClient) -> Member:
    """The contact of a submitted dossier, signed in."""
    user = a_user()
    contact = a_signalled(a_call(), user=user)
    a_submission(contact)
    client.force_login(user)
    return contact


def _messages(member: Member) -> str:
    return f"/dossiers/{member.candidacy.number}/messages/"


def test_members_find_their_letters_again_the_latest_first(client: TimedClient, member: Member) -> None:
    page = client.get(_messages(member))

    assert [letter.kind for letter in page.context["page_obj"]] == [
        "submission_receipt",
        "dossier_opened",
        "signalling",
    ]
    assert (page.status_code, page.text.count("Envoi en cours")) == (200, 3)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LetterState.SENDING, "Envoi en cours"),
        (LetterState.RETRYING, "Nouvel essai prévu"),
        (LetterState.FAILED, "Non distribué"),
        (LetterState.UNCERTAIN, "Envoi incertain"),
    ],
)
def test_what_became_of_a_letter_is_said_in_words(
    client: TimedClient, member: Member, state: LetterState, words: str
) -> None:
    letter = _first_of("signalling")
    Letter.objects.update(state=state)

    assert client.get(_messages(member)).text.count(words) == 3
    assert words in client.get(f"{_messages(member)}{letter.pk}/").text


def test_a_letter_is_read_as_it_was_sent_with_what_was_joined(client: TimedClient, member: Member) -> None:
    letter = _first_of("submission_receipt")

    page = client.get(f"{_messages(member)}{letter.pk}/")

    assert letter.text in unescape(page.text)
    assert f"{_messages(member)}{letter.pk}/pieces/{letter.attachments.get().pk}/" in page.text


def test_what_was_joined_is_made_by_whoever_first_needs_it(client: TimedClient, member: Member) -> None:
    attached = _first_of("submission_receipt").attachments.get()
    address = f"{_messages(member)}{attached.letter_id}/pieces/{attached.pk}/"

    first = b"".join(client.get(address).streaming_content)
    again = b"".join(client.get(address).streaming_content)

    assert (first[:5], first == again) == (b"%PDF-", True)


def test_somebody_else_finds_nothing(client: TimedClient, another_client: TimedClient, member: Member) -> None:
    letter = _first_of("submission_receipt")
    stranger = a_signalled(member.candidacy.call, user=a_user())
    assert stranger.user
    another_client.force_login(stranger.user)
    addresses = [_messages(member), f"{_messages(member)}{letter.pk}/"]
    addresses += [f"{_messages(stranger)}{letter.pk}/"]
    addresses += [
        f"{_messages(dossier)}{letter.pk}/pieces/{letter.attachments.get().pk}/" for dossier in (member, stranger)
    ]

    assert {another_client.get(address).status_code for address in addresses} == {404}


def test_a_member_taken_off_finds_nothing_any_more(
    client: TimedClient, another_client: TimedClient, member: Member
) -> None:
    colleague = joined(an_invited(member))
    assert colleague.user
    another_client.force_login(colleague.user)
    assert another_client.get(_messages(member)).status_code == 200

    remove(member, colleague, at=NOW)

    assert another_client.get(_messages(member)).status_code == 404


def test_letters_to_others_than_members_are_not_shown(client: TimedClient, member: Member) -> None:
    shown = letters_of(member.candidacy)

    assert Letter.objects.filter(of_candidacy__candidacy=member.candidacy).count() == 4
    assert sorted(shown.values_list("address", flat=True)) == [member.email] * 3


def test_nobody_can_use_a_colleague_s_personal_link(client: TimedClient, member: Member) -> None:
    invited = an_invited(member, rights=Rights.SUBMIT)
    letter = Letter.objects.get(kind="member_invited")
    token = links.make("member", invited.pk).partition(":")[0]
    assert "/rejoindre/" in letter.text

    shown = client.get(f"{_messages(member)}{letter.pk}/").text

    assert ("/rejoindre/" in shown, f"{token}:" in shown) == (False, False)
    assert "[lien personnel, lisible dans le seul message reçu par son destinataire]" in shown


def test_a_secret_letter_is_not_shown_even_before_it_leaves(client: TimedClient, member: Member) -> None:
    letter = _first_of("signalling")
    Letter.objects.filter(pk=letter.pk).update(secret=True)
    letter.refresh_from_db()

    page = client.get(f"{_messages(member)}{letter.pk}/")

    assert readable(letter) == ""
    assert ("gardez-le, il vous sera demandé" in page.text, "lien personnel" in page.text) == (False, True)


def test_messages_cost_the_same_for_one_letter_and_for_thirty(client: TimedClient) -> None:
    user = a_user()
    member = a_signalled(a_call(), user=user)
    client.force_login(user)
    with CaptureQueriesContext(connection) as alone:
        assert len(client.get(_messages(member)).context["page_obj"]) == 1
    for n in range(29):
        letter = write_letter("password_reset", to=member.addressee, subject_key=f"n:{n}", at=NOW, context={"link": ""})
        CandidacyLetter.objects.create(letter=letter, candidacy=member.candidacy)

    with CaptureQueriesContext(connection) as crowd:
        assert len(client.get(_messages(member)).context["page_obj"]) == 30

    assert len(alone) == len(crowd) <= 15
