"""The ledger: written once, claimed once, sent once, and honest about the rest."""

import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from hubs_portal.letters import delivery
from hubs_portal.letters.compose import Addressee, Enclosure, write_letter
from hubs_portal.letters.models import Letter, LetterState
from tests import builders

HERE = "tests.hubs_portal.test_letters_ledger"


class Refusing(BaseEmailBackend):
    """A transport that answers what the test tells it to."""

    at_opening: Exception | None = None
    at_sending: Exception | None = None

    def open(self) -> bool:
        if self.at_opening:
            raise self.at_opening
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if self.at_sending:
            raise self.at_sending
        return len(email_messages)


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Refusing]:
    settings.EMAIL_BACKEND = f"{HERE}.Refusing"
    monkeypatch.setattr(Refusing, "at_opening", None)
    monkeypatch.setattr(Refusing, "at_sending", None)
    return Refusing


def a_letter(**changes: Any) -> Letter:
    return write_letter(
        changes.pop("kind", "password_reset"),
        to=Addressee("Lou@Exemple.invalid", "Lou\r\nBcc: moi@exemple.invalid"),
        subject_key="user:1",
        at=builders.NOW,
        context={"link": "https://exemple.invalid/lien"},
        **changes,
    )


@pytest.mark.django_db
def test_a_letter_is_written_once_whoever_asks_again() -> None:
    assert a_letter() == a_letter()
    assert a_letter(occurrence="2") != a_letter()
    assert Letter.objects.count() == 2


@pytest.mark.django_db
def test_a_hostile_name_reaches_no_header() -> None:
    letter = a_letter()

    assert delivery.deliver(letter.pk)

    assert letter.name == "Lou Bcc: moi@exemple.invalid"
    (message,) = mail.outbox
    assert (message.to, message.bcc, message.cc) == (["lou@exemple.invalid"], [], [])
    assert message.extra_headers["Message-ID"] == letter.message_id


@pytest.mark.django_db
def test_a_sent_letter_is_not_sent_again() -> None:
    letter = a_letter()

    assert [delivery.deliver(letter.pk), delivery.deliver(letter.pk), delivery.sweep()] == [True, False, 0]
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_the_personal_link_is_blanked_once_the_letter_has_left() -> None:
    letter = a_letter(secret=True)
    assert "https://exemple.invalid/lien" in letter.text

    delivery.deliver(letter.pk)

    letter.refresh_from_db()
    assert (letter.state, letter.text, letter.html) == (LetterState.SENT, "—", "—")
    assert "https://exemple.invalid/lien" in mail.outbox[0].body


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPResponseException(421, b"closing"), LetterState.RETRYING),
        (smtplib.SMTPResponseException(451, b"later"), LetterState.RETRYING),
        (smtplib.SMTPResponseException(550, b"no such box"), LetterState.FAILED),
        (smtplib.SMTPRecipientsRefused({"lou@exemple.invalid": (550, b"no such box")}), LetterState.FAILED),
        (smtplib.SMTPRecipientsRefused({"lou@exemple.invalid": (450, b"greylisted")}), LetterState.RETRYING),
        (smtplib.SMTPServerDisconnected("after DATA"), LetterState.RETRYING),
    ],
)
def test_what_the_server_answers_decides_the_state(
    server: type[Refusing], error: Exception, state: LetterState
) -> None:
    letter = a_letter()
    server.at_sending = error

    assert delivery.deliver(letter.pk) is False

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (state, 1)
    assert letter.error == repr(error)


@pytest.mark.django_db
def test_a_connection_lost_twice_after_data_is_uncertain_and_never_repeated_again(server: type[Refusing]) -> None:
    letter = a_letter()
    server.at_sending = smtplib.SMTPServerDisconnected("after DATA")
    delivery.deliver(letter.pk)
    Letter.objects.update(due_at=datetime.now(UTC))

    delivery.deliver(letter.pk)

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (LetterState.UNCERTAIN, 2)
    assert delivery.sweep() == 0


@pytest.mark.django_db
def test_a_server_that_is_down_is_tried_again_later_and_given_up_after_two_days(server: type[Refusing]) -> None:
    letter = a_letter()
    server.at_opening = ConnectionRefusedError("down")

    delivery.deliver(letter.pk)

    letter.refresh_from_db()
    assert letter.state == LetterState.RETRYING
    assert timedelta(seconds=25) < letter.due_at - datetime.now(UTC) <= timedelta(seconds=30)
    assert delivery.sweep() == 0


@pytest.mark.django_db
def test_a_letter_left_by_a_dead_worker_is_taken_over_with_the_same_identity() -> None:
    letter = a_letter()
    Letter.objects.update(state=LetterState.SENDING, claimed_at=datetime.now(UTC) - timedelta(minutes=2))

    assert delivery.sweep() == 1

    assert mail.outbox[0].extra_headers["Message-ID"] == letter.message_id


@pytest.mark.django_db
def test_a_letter_being_sent_is_left_alone() -> None:
    a_letter()
    Letter.objects.update(state=LetterState.SENDING, claimed_at=datetime.now(UTC))

    assert delivery.sweep() == 0
    assert mail.outbox == []


@pytest.mark.django_db
def test_a_letter_that_cannot_be_made_does_not_block_the_others() -> None:
    a_letter(enclosures=[Enclosure("x.pdf", "application/pdf", renderer="nobody_makes_this", key="1")])
    a_letter(occurrence="2")

    assert delivery.sweep() == 1
    assert sorted(Letter.objects.values_list("state", flat=True)) == [LetterState.RETRYING, LetterState.SENT]
