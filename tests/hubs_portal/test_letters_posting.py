"""Letters handed to a real mail server: what it answers, and where it breaks, decides what each becomes."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from hubs_portal.files import StoredFile, store_bytes
from hubs_portal.letters import delivery
from hubs_portal.letters.compose import Addressee, Enclosure, renderer, write_letter
from hubs_portal.letters.models import Letter, LetterState
from tests import builders
from tests.mail_server import USER
from tests.post import MailServer, mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_reach() -> Iterator[None]:
    """What one test learns of its server is not held against the next one's."""
    delivery._reach.found()
    yield
    delivery._reach.found()


def a_letter(address: str = "lou@exemple.invalid", **changes: Any) -> Letter:
    return write_letter(
        "password_reset",
        to=Addressee(address, "Lou Élise"),
        subject_key="user:1",
        at=builders.NOW,
        context={"link": "https://exemple.invalid/lien"},
        **changes,
    )


def _made_due(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(due_at=datetime.now(UTC))


def _known_of(letter: Letter) -> tuple[str, int, int, str]:
    letter.refresh_from_db()
    return letter.state, letter.attempts, letter.doubts, letter.error


def test_a_letter_arrives_whole_with_its_two_bodies_and_its_addresses(mail_server: MailServer) -> None:
    mail_server.order(whole=True)
    letter = a_letter(reply_to="service@exemple.invalid")

    assert delivery.sweep() == 1

    (kept,) = mail_server.kept()
    message = message_from_bytes(kept["content"].encode(), policy=default)
    assert (kept["from"], kept["to"]) == ("ne-pas-repondre@hubs.invalid", ["lou@exemple.invalid"])
    assert str(message["From"]) == "Hubs France Connectée – ne pas répondre <ne-pas-repondre@hubs.invalid>"
    assert (message["Reply-To"], message["Message-ID"]) == ("service@exemple.invalid", letter.message_id)
    assert (message["Subject"].strip(), message["Auto-Submitted"]) == (letter.subject, "auto-generated")
    bodies = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    assert bodies["text/plain"].splitlines() == letter.text.splitlines()
    assert bodies["text/html"].splitlines() == letter.html.splitlines()
    assert _known_of(letter) == (LetterState.SENT, 1, 0, "")


def test_letters_reach_a_server_that_wants_tls_and_a_password(guarded_mail_server: MailServer) -> None:
    letters = [a_letter(), a_letter(occurrence="2")]

    assert delivery.sweep() == 2

    assert [(kept["message_id"], kept["tls"], kept["user"]) for kept in guarded_mail_server.kept()] == [
        (letter.message_id, True, USER) for letter in letters
    ]


@pytest.mark.parametrize(
    ("orders", "state", "words"),
    [
        ({"mail": "421 closing"}, LetterState.RETRYING, "421 closing"),
        ({"rcpt": "450 greylisted"}, LetterState.RETRYING, "450 greylisted"),
        ({"data": "451 later"}, LetterState.RETRYING, "451 later"),
        ({"end": "452 no room"}, LetterState.RETRYING, "452 no room"),
        ({"rcpt": "550 no such box"}, LetterState.FAILED, "550 no such box"),
        ({"end": "554 looks like spam"}, LetterState.FAILED, "554 looks like spam"),
    ],
)
def test_what_the_server_answers_decides_the_state_and_is_kept_in_its_words(
    mail_server: MailServer, orders: dict[str, str], state: LetterState, words: str
) -> None:
    letter = a_letter()
    mail_server.order(**orders)

    assert delivery.sweep() == 0

    assert _known_of(letter) == (state, 1, 0, words)
    assert mail_server.kept() == []
    mail_server.order()
    _made_due(letter)
    assert delivery.sweep() == int(state == LetterState.RETRYING)


def test_a_temporary_error_is_tried_again_later_and_later_then_given_up_after_two_days(mail_server: MailServer) -> None:
    letter = a_letter()
    mail_server.order(rcpt="450 greylisted")
    waits = []
    while _known_of(letter)[0] != LetterState.FAILED:
        delivery.sweep()
        letter.refresh_from_db()
        waits.append(round((letter.due_at - datetime.now(UTC)).total_seconds()))
        _made_due(letter)

    assert waits[:-1] == [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, *[14_400] * 11]
    assert timedelta(seconds=sum(waits[:-1])) >= timedelta(hours=48)
    assert _known_of(letter) == (LetterState.FAILED, 21, 0, "450 greylisted")


def test_a_letter_cut_before_the_server_asked_for_it_is_no_doubt(mail_server: MailServer) -> None:
    letter = a_letter()
    mail_server.order(data="cut")

    assert delivery.sweep() == 0

    state, attempts, doubts, words = _known_of(letter)
    assert (state, attempts, doubts) == (LetterState.RETRYING, 1, 0)
    assert words.startswith("SMTPServerDisconnected")


@pytest.mark.parametrize("end", ["cut before keeping", "cut after keeping"])
def test_a_letter_cut_after_data_is_repeated_once_under_its_identity_then_uncertain_for_good(
    mail_server: MailServer, end: str
) -> None:
    letter = a_letter()
    mail_server.order(end=end)
    delivery.sweep()
    assert _known_of(letter)[:3] == (LetterState.RETRYING, 1, 1)

    _made_due(letter)
    delivery.sweep()
    assert _known_of(letter)[:3] == (LetterState.UNCERTAIN, 2, 2)

    mail_server.order()
    _made_due(letter)
    assert delivery.sweep() == 0
    kept = 2 if end == "cut after keeping" else 0
    assert [message["message_id"] for message in mail_server.kept()] == [letter.message_id] * kept


def test_a_temporary_error_first_leaves_the_doubtful_letter_its_one_repetition(mail_server: MailServer) -> None:
    letter = a_letter()
    mail_server.order(rcpt="450 greylisted")
    delivery.sweep()
    _made_due(letter)
    mail_server.order(end="cut before keeping")
    delivery.sweep()
    _made_due(letter)
    mail_server.order()

    assert delivery.sweep() == 1
    assert _known_of(letter)[:3] == (LetterState.SENT, 3, 1)


@pytest.mark.parametrize(
    ("orders", "words"), [({"greeting": "421 too busy"}, "421 too busy"), ({"starttls": "454 no TLS today"}, "454")]
)
def test_a_server_that_refuses_to_talk_keeps_every_letter_due_and_none_goes_in_the_clear(
    guarded_mail_server: MailServer, orders: dict[str, str], words: str
) -> None:
    letters = [a_letter(), a_letter(occurrence="2")]
    guarded_mail_server.order(**orders)

    assert delivery.sweep() == 0

    for letter in letters:
        state, attempts, doubts, said = _known_of(letter)
        assert (state, attempts, doubts) == (LetterState.RETRYING, 0, 0)
        assert words in said
    assert guarded_mail_server.kept() == []
    guarded_mail_server.order()
    delivery._reach.found()
    assert delivery.sweep() == 2


def test_a_wrong_password_is_no_fault_of_the_letter(guarded_mail_server: MailServer, settings: Any) -> None:
    letter = a_letter()
    settings.EMAIL_HOST_PASSWORD = "perime"

    assert delivery.sweep() == 0

    state, attempts, _doubts, words = _known_of(letter)
    assert (state, attempts) == (LetterState.RETRYING, 0)
    assert words.startswith("535")


def test_a_server_that_is_down_for_three_days_loses_and_fails_no_letter(settings: Any) -> None:
    with mail_server() as server:
        for name, value in server.settings.items():
            setattr(settings, name, value)
        server.stop()
        letter = a_letter()
        Letter.objects.update(queued_at=datetime.now(UTC) - timedelta(days=3))

        assert delivery.sweep() == 0
        assert _known_of(letter)[:2] == (LetterState.RETRYING, 0)

        server.start()
        delivery._reach.found()
        assert delivery.sweep() == 1


def test_a_server_out_of_reach_is_left_alone_for_a_while(settings: Any) -> None:
    with mail_server() as server:
        for name, value in server.settings.items():
            setattr(settings, name, value)
        server.stop()
        a_letter()
        delivery.sweep()
        server.start()

        assert delivery.sweep() == 0
        assert 0 < delivery._reach.again_at - time.monotonic() <= 2


def test_one_bad_address_and_one_bad_message_do_not_keep_the_others(mail_server: MailServer) -> None:
    bad_address, bad_message, good = (
        a_letter("nulle@exemple.invalid"),
        a_letter(occurrence="2"),
        a_letter(occurrence="3"),
    )
    Letter.objects.filter(pk=bad_message.pk).update(subject="Objet\nBcc: tous@exemple.invalid")
    mail_server.order(rcpt={"nulle@exemple.invalid": "550 no such box"})

    assert delivery.sweep() == 1

    assert _known_of(bad_address)[0] == LetterState.FAILED
    assert _known_of(bad_message)[0] == LetterState.FAILED
    assert [message["message_id"] for message in mail_server.kept()] == [good.message_id]


def test_a_slow_server_is_waited_for(mail_server: MailServer) -> None:
    letter = a_letter()
    mail_server.order(slow=2)

    assert delivery.sweep() == 1
    assert _known_of(letter)[0] == LetterState.SENT


def test_a_claim_lost_before_the_message_is_handed_over_keeps_it_back(mail_server: MailServer) -> None:
    """The laying out of its file took longer than a claim lasts, and another process holds the letter now."""
    held_since = datetime.now(UTC)

    @renderer("laid_out_slowly")
    def lay_out(key: str) -> StoredFile:
        Letter.objects.filter(state=LetterState.SENDING).update(claimed_at=held_since)
        return store_bytes(b"%PDF-1.7 enfin")

    letter = a_letter(enclosures=[Enclosure("x.pdf", "application/pdf", renderer="laid_out_slowly", key="1")])

    assert delivery.sweep() == 0
    assert mail_server.kept() == []
    assert _known_of(letter)[0] == LetterState.SENDING
    Letter.objects.update(claimed_at=datetime.now(UTC) - timedelta(minutes=1))
    assert delivery.sweep() == 1


def test_a_letter_with_a_file_to_lay_out_is_in_no_doubt_while_that_is_done(mail_server: MailServer) -> None:
    seen: list[tuple[str, datetime | None]] = []

    @renderer("seen_laid_out")
    def lay_out(key: str) -> StoredFile:
        seen.extend(Letter.objects.values_list("state", "handed_at"))
        return store_bytes(b"%PDF-1.7 vu")

    a_letter(enclosures=[Enclosure("x.pdf", "application/pdf", renderer="seen_laid_out", key="1")])

    assert delivery.sweep() == 1
    assert seen == [(LetterState.SENDING, None)]


def test_lines_that_begin_with_a_dot_arrive_as_written(mail_server: MailServer) -> None:
    mail_server.order(whole=True)
    letter = a_letter()
    Letter.objects.filter(pk=letter.pk).update(text=".\n..\n.point\nfin\n")

    delivery.sweep()

    message = message_from_bytes(mail_server.kept()[0]["content"].encode(), policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == [".", "..", ".point", "fin"]


def test_an_invitation_is_offered_to_the_calendar_and_joined_as_a_file(mail_server: MailServer) -> None:
    mail_server.order(whole=True)
    event = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Audition – salle « Été »\r\nEND:VCALENDAR\r\n"
    media_type = "text/calendar; method=REQUEST"
    a_letter(enclosures=[Enclosure("audition.ics", media_type, stored=store_bytes(event.encode()))])

    assert delivery.sweep() == 1

    message = message_from_bytes(mail_server.kept()[0]["content"].encode(), policy=default)
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_filename() for part in parts] == [None, "audition.ics"]
    for part in parts:
        assert dict(part["Content-Type"].params) == {"method": "REQUEST", "charset": "utf-8"}
        assert part.get_content().splitlines() == event.splitlines()


def test_a_clock_set_back_an_hour_keeps_no_letter_waiting(mail_server: MailServer) -> None:
    """What a clock that was ahead has written: due in an hour, tried again in five, held since a future instant."""
    queued, retrying, held = a_letter(), a_letter(occurrence="2"), a_letter(occurrence="3")
    ahead = datetime.now(UTC) + timedelta(hours=1)
    Letter.objects.filter(pk=queued.pk).update(due_at=ahead)
    Letter.objects.filter(pk=retrying.pk).update(state=LetterState.RETRYING, due_at=ahead + timedelta(hours=4))
    Letter.objects.filter(pk=held.pk).update(state=LetterState.SENDING, claimed_at=ahead, attempts=1)

    assert delivery.sweep() == 3
