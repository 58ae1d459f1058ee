"""Letters to strange addresses, about strange names, through servers that answer strangely: none stops the others."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from hubs_portal.files import store_bytes
from hubs_portal.letters import delivery
from hubs_portal.letters.compose import Addressee, Enclosure, write_letter
from hubs_portal.letters.models import Letter, LetterState
from tests import builders
from tests.post import MailServer

pytestmark = pytest.mark.django_db
HOSTILE = "Lou\r\nBcc: x@y.fr \u2028 \u202e« fils » & <b>{{ 7|add:7 }}</b> {% now %} {structure} 🦊 =1+1"


@pytest.fixture(autouse=True)
def in_reach() -> Iterator[None]:
    delivery._reach.found()
    yield
    delivery._reach.found()


def a_letter(address: str, *, name: str = "Lou", occurrence: str = "", **changes: Any) -> Letter:
    return write_letter(
        "password_reset",
        to=Addressee(address, name),
        subject_key="user:1",
        occurrence=occurrence,
        at=builders.NOW,
        context={"link": "https://exemple.invalid/lien"},
        **changes,
    )


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("contact@société.invalid", "contact@xn--socit-esab.invalid"),
        ('"a b"@exemple.invalid', '"a b"@exemple.invalid'),
        ('"a@b"@exemple.invalid', '"a@b"@exemple.invalid'),
        (f"{'a' * 64}@{'b' * 60}.{'c' * 60}.invalid", f"{'a' * 64}@{'b' * 60}.{'c' * 60}.invalid"),
    ],
)
def test_a_letter_leaves_for_every_address_the_portal_takes(
    mail_server: MailServer, address: str, envelope: str
) -> None:
    mail_server.order(whole=True)
    letter = a_letter(address, reply_to=address)

    left = delivery.sweep()

    letter.refresh_from_db()
    assert (left, letter.state, letter.error) == (1, LetterState.SENT, "")
    assert [kept["to"] for kept in mail_server.kept()] == [[envelope]]
    message = _received(mail_server)
    assert [a.addr_spec for a in message["To"].addresses] == [envelope]
    assert [a.addr_spec for a in message["Reply-To"].addresses] == [envelope]


@pytest.mark.parametrize("orders", [{"mail": "550 no\x00 thanks"}, {"data": "451 later\x00"}, {"end": "550 no\x00"}])
def test_a_server_that_answers_with_odd_bytes_stops_no_other_letter(mail_server: MailServer, orders: Any) -> None:
    mail_server.order(**orders)
    letters = [a_letter("a@exemple.invalid"), a_letter("b@exemple.invalid")]

    delivery.sweep()

    states = {letter.state for letter in Letter.objects.filter(pk__in=[letter.pk for letter in letters])}
    assert states <= {LetterState.FAILED, LetterState.RETRYING}
    assert not any("\x00" in letter.error for letter in Letter.objects.all())


def test_a_hostile_name_ends_no_head_and_names_no_file(mail_server: MailServer) -> None:
    mail_server.order(whole=True)
    pdf = Enclosure(f"{HOSTILE}.pdf", "application/pdf", stored=store_bytes(b"%PDF-1.4"))
    a_letter("a@exemple.invalid", name=HOSTILE, enclosures=[pdf])

    delivery.sweep()

    message = _received(mail_server)
    assert (message["Bcc"], message["Cc"], message["To"]) == (None, None, "a@exemple.invalid")
    (joined,) = message.iter_attachments()
    assert joined.get_filename() == "b_ {% now %} {structure} 🦊 =1+1.pdf"
    page = message.get_body(("html",))
    assert page is not None
    assert "&lt;b&gt;{{ 7|add:7 }}&lt;/b&gt;" in page.get_content()


def test_a_calendar_of_the_kit_in_any_encoding_leaves_as_a_file(mail_server: MailServer) -> None:
    mail_server.order(whole=True)
    content = "BEGIN:VCALENDAR\r\nSUMMARY:été".encode("latin-1")
    a_letter("a@exemple.invalid", enclosures=[Enclosure("dates.ics", "text/calendar", stored=store_bytes(content))])

    delivery.sweep()

    (joined,) = _received(mail_server).iter_attachments()
    assert (joined.get_filename(), joined.get_content()) == ("dates.ics", content)


# ---------------------------------------------------------------- sizes


def a_file_of(megabytes: int, name: str, link: str = "https://exemple.invalid/kit") -> Enclosure:
    content = name.encode() + bytes(megabytes * 2**20 - len(name))
    return Enclosure(name, "application/pdf", stored=store_bytes(content), link=link)


def test_what_is_too_large_together_is_left_out_and_the_letter_says_where_it_is(mail_server: MailServer) -> None:
    kit = [a_file_of(5, "a.pdf"), a_file_of(4, "b.pdf"), a_file_of(3, "c.pdf")]

    letter = a_letter("a@exemple.invalid", enclosures=kit)

    assert [attachment.name for attachment in letter.attachments.all()] == ["a.pdf", "c.pdf"]
    assert "à télécharger\u00a0:\n- b.pdf : https://exemple.invalid/kit\n" in letter.text
    assert 'href="https://exemple.invalid/kit"' in letter.html
    assert delivery.sweep() == 1


def test_what_is_too_large_and_nowhere_else_is_said_by_whoever_writes_the_code() -> None:
    with pytest.raises(ValueError, match="too large"):
        a_letter("a@exemple.invalid", enclosures=[a_file_of(9, "a.pdf", link="")])

    assert not Letter.objects.exists()


def _received(server: MailServer) -> EmailMessage:
    (kept,) = server.kept()
    return message_from_bytes(kept["content"].encode(), EmailMessage, policy=default)
