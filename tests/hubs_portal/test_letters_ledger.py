"""The ledger: written once, claimed once, sent once, and honest about the rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from hubs_portal import locks
from hubs_portal.letters import delivery
from hubs_portal.letters.compose import Addressee, Enclosure, write_letter
from hubs_portal.letters.models import Letter, LetterState
from tests import builders


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

    assert delivery.sweep() == 1

    assert letter.name == "Lou Bcc: moi@exemple.invalid"
    (message,) = mail.outbox
    assert (message.to, message.bcc, message.cc) == (["lou@exemple.invalid"], [], [])
    assert message.extra_headers["Message-ID"] == letter.message_id


@pytest.mark.django_db
def test_a_sent_letter_is_not_sent_again() -> None:
    a_letter()

    assert [delivery.sweep(), delivery.sweep()] == [1, 0]
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_the_personal_link_is_blanked_once_the_letter_has_left() -> None:
    letter = a_letter(secret=True)
    assert "https://exemple.invalid/lien" in letter.text

    delivery.sweep()

    letter.refresh_from_db()
    assert (letter.state, letter.text, letter.html) == (LetterState.SENT, "—", "—")
    assert "https://exemple.invalid/lien" in mail.outbox[0].body


def _abandoned(**changes: Any) -> Letter:
    """A letter held by a process that died a minute ago."""
    letter = a_letter()
    claimed = {"state": LetterState.SENDING, "claimed_at": datetime.now(UTC) - timedelta(minutes=1), "attempts": 1}
    Letter.objects.filter(pk=letter.pk).update(**(claimed | changes))
    return letter


@pytest.mark.django_db
def test_a_letter_left_by_a_worker_killed_before_handing_it_over_leaves_at_once_under_the_same_identity() -> None:
    letter = _abandoned()

    assert delivery.sweep() == 1

    assert mail.outbox[0].extra_headers["Message-ID"] == letter.message_id
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.doubts) == (LetterState.SENT, 2, 0)


@pytest.mark.django_db
def test_a_letter_left_by_a_worker_killed_while_handing_it_over_is_repeated_once_then_uncertain() -> None:
    handed = datetime.now(UTC) - timedelta(minutes=1)
    once, twice = _abandoned(handed_at=handed), _abandoned(handed_at=handed)
    assert once == twice
    twice = a_letter(occurrence="2")
    Letter.objects.filter(pk=twice.pk).update(
        state=LetterState.SENDING, claimed_at=handed, handed_at=handed, attempts=2, doubts=1
    )

    assert delivery.sweep() == 1

    once.refresh_from_db()
    twice.refresh_from_db()
    assert (once.state, once.doubts) == (LetterState.SENT, 1)
    assert (twice.state, twice.doubts) == (LetterState.UNCERTAIN, 2)
    assert twice.error == "Deux envois interrompus avant la réponse du serveur."
    assert delivery.sweep() == 0


@pytest.mark.django_db
def test_a_letter_whose_making_kills_every_process_waits_longer_each_time() -> None:
    letter = _abandoned(attempts=3)

    assert delivery.sweep() == 0

    letter.refresh_from_db()
    assert letter.state == LetterState.RETRYING
    assert timedelta(seconds=100) < letter.due_at - datetime.now(UTC) <= timedelta(seconds=120)


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


# ---------------------------------------------------------------- written once, whoever asks at once


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_write_one_letter_whole_and_each_has_it() -> None:
    together = Barrier(8)

    def write_it(_n: int) -> int:
        try:
            with transaction.atomic():
                together.wait(10)
                letter = write_letter(
                    "password_reset",
                    to=Addressee("camille@exemple.invalid"),
                    subject_key="user:1",
                    at=builders.NOW,
                    context={"link": ""},
                    enclosures=[Enclosure("a.pdf", "application/pdf", renderer="receipt_pdf", key="1")],
                )
                # What a caller writes next in the same transaction must still be possible.
                return letter.attachments.count()
        finally:
            connection.close()

    retried = locks.retried(write_it) if connection.vendor == "sqlite" else write_it
    if connection.vendor == "sqlite":
        together = Barrier(1)  # one transaction at a time there

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(retried, range(8)))

    assert (counts, Letter.objects.count()) == ([1] * 8, 1)


@pytest.mark.django_db
def test_a_letter_refused_for_another_reason_is_an_error_and_leaves_nothing() -> None:
    nothing = Enclosure("a.txt", "text/plain")  # neither stored nor to be rendered

    with pytest.raises(IntegrityError):
        write_letter(
            "password_reset",
            to=Addressee("camille@exemple.invalid"),
            subject_key="user:1",
            at=builders.NOW,
            context={"link": ""},
            enclosures=[nothing],
        )

    assert Letter.objects.count() == 0
