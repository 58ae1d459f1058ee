"""The pages of a rehearsal: jumps, mailbox, accounts; none of them exists where real candidacies are received."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from hubs_portal.letters import delivery
from hubs_portal.letters.models import Letter
from hubs_portal.rehearsal import playing, timeline
from hubs_portal.rehearsal.timeline import Account, Act, Moment, Part
from tests.builders import TimedClient, a_call, a_signalled, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rehearsal")]
DAY = datetime(2018, 11, 28, 8, tzinfo=UTC)
START = Moment("start", "Le début", DAY, is_start=True)
LATER = Moment("later", "Plus tard", DAY + timedelta(hours=9))


@pytest.fixture
def started(rehearsal: None) -> Iterator[None]:
    """A rehearsal in which one call is opened before the start, and somebody may be played."""
    acts = (Act(DAY - timedelta(days=3), "un appel ouvre", lambda at: a_call()),)
    people = [
        Account("ana@structure.example", "Ana", "Candidats", "Dépose."),
        Account("odile@equipe.example", "Odile", "Équipe", "Instruit."),
    ]
    timeline.register("pages", Part(moments=(START, LATER), acts=lambda: acts, accounts=lambda: people))
    playing.start()
    a_user(email="ana@structure.example")
    a_user(email="odile@equipe.example", is_staff=True)
    return iter(())


def names() -> list[tuple[str, list[int]]]:
    return [
        ("rehearsal_jump", []),
        ("rehearsal_accounts", []),
        ("rehearsal_enter", []),
        ("rehearsal_mailbox", []),
        ("rehearsal_letter", [1]),
        ("rehearsal_letter_page", [1]),
        ("rehearsal_attachment", [1, 1]),
    ]


@pytest.mark.parametrize(("name", "arguments"), names())
def test_nothing_of_it_exists_where_real_candidacies_are_received(
    client: TimedClient, settings: LazySettings, name: str, arguments: list[int]
) -> None:
    address = reverse(name, args=arguments)
    settings.REHEARSAL = False
    method = client.post if name in {"rehearsal_jump", "rehearsal_enter"} else client.get

    assert method(address).status_code == 404
    settings.ROOT_URLCONF = "hubs_portal.urls"  # and there it is not even routed
    assert method(address).status_code == 404


def test_the_bar_is_on_every_page_with_the_business_clock(started: None, client: TimedClient) -> None:
    page = client.at(DAY).get("/").content.decode()

    assert "mercredi" in page.replace("\u00a0", " ")
    assert '<option value="later" selected>Plus tard</option>' in page


def test_a_jump_comes_back_to_the_page_one_was_on(started: None, client: TimedClient) -> None:
    jumped = client.post(
        reverse("rehearsal_jump"), {"moment": "later"}, headers={"Referer": "http://testserver/verifier/?numero=x"}
    )

    assert (jumped.status_code, jumped.url) == (302, "/verifier/?numero=x")


def test_a_jump_says_where_one_is(started: None, client: TimedClient) -> None:
    address = {"Referer": "http://testserver/verifier/"}
    page = client.post(reverse("rehearsal_jump"), {"moment": "later"}, headers=address, follow=True)

    assert "Vous êtes maintenant à ce moment" in page.content.decode()


def test_a_jump_comes_home_when_the_page_is_not_there(started: None, client: TimedClient) -> None:
    address = {"Referer": "http://testserver/appels/unknown/"}
    page = client.post(reverse("rehearsal_jump"), {"moment": "later"}, headers=address, follow=True)

    assert page.redirect_chain == [("/", 302)]
    assert "La page où vous étiez n’existe pas à ce moment" in page.content.decode()


def test_a_jump_never_leads_to_another_site(started: None, client: TimedClient) -> None:
    address = {"Referer": "https://elsewhere.example/appels/"}

    assert client.post(reverse("rehearsal_jump"), {"moment": "later"}, headers=address).url == "/"


def test_an_unknown_moment_is_refused_in_a_sentence(started: None, client: TimedClient) -> None:
    page = client.post(reverse("rehearsal_jump"), {"moment": "never"}, follow=True)

    assert "Ce moment n’existe pas dans la répétition." in page.content.decode()


def test_the_accounts_are_shown_with_their_password_and_one_click_enters(started: None, client: TimedClient) -> None:
    page = client.get(reverse("rehearsal_accounts")).content.decode()
    entered = client.post(reverse("rehearsal_enter"), {"email": "ana@structure.example"})

    assert timeline.PASSWORD in page
    assert "Entrer comme Ana" in page
    assert (entered.status_code, entered.url) == (302, reverse("entrance"))
    assert client.session["_auth_user_id"]


def test_a_clerk_enters_the_office(started: None, client: TimedClient) -> None:
    assert client.post(reverse("rehearsal_enter"), {"email": "odile@equipe.example"}).url == reverse("admin:index")


def test_only_the_accounts_of_the_rehearsal_are_entered_by_a_click(started: None, client: TimedClient) -> None:
    a_user(email="real@structure.example")

    assert client.post(reverse("rehearsal_enter"), {"email": "real@structure.example"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_the_mailbox_finds_a_letter_by_its_address_or_its_kind(client: TimedClient) -> None:
    call = a_call()
    a_signalled(call, contact_email="ana@structure.example")
    a_signalled(call, contact_email="boris@structure.example")

    found = client.get(reverse("rehearsal_mailbox"), {"q": "ana signalling"}).context["page_obj"].object_list

    assert [(letter.address, letter.kind) for letter in found] == [("ana@structure.example", "signalling")]


@pytest.mark.parametrize("number", [1, 30])
def test_the_mailbox_asks_as_many_queries_for_one_letter_as_for_thirty(
    client: TimedClient, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    call = a_call()
    for _n in range(number):
        a_signalled(call)
    client.get(reverse("rehearsal_mailbox"))

    with django_assert_num_queries(4):
        client.get(reverse("rehearsal_mailbox"))


def test_a_personal_link_stays_readable_once_the_letter_has_left(client: TimedClient) -> None:
    a_signalled(a_call(), contact_email="ana@structure.example")
    letter = Letter.objects.get()
    Letter.objects.update(secret=True)
    delivery.sweep()

    page = client.get(reverse("rehearsal_letter", args=[letter.pk])).content.decode()

    assert Letter.objects.get().state == "sent"
    assert "/rejoindre/" in page


def test_the_laid_out_letter_is_shut_in(client: TimedClient) -> None:
    a_signalled(a_call())
    letter = Letter.objects.get()

    answer = client.get(reverse("rehearsal_letter_page", args=[letter.pk]))

    assert answer.content.decode() == letter.html
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_a_file_that_left_with_a_letter_is_there(client: TimedClient) -> None:
    a_signalled(a_call())
    letter = Letter.objects.get()
    attachment = letter.attachments.get()

    answer = client.get(reverse("rehearsal_attachment", args=[letter.pk, attachment.pk]))

    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_the_command_starts_once_and_names_the_accounts(started: None) -> None:
    said = StringIO()

    call_command("rehearse", "start", stdout=said)

    assert "La répétition a déjà commencé" in said.getvalue()
    assert "ana@structure.example" in said.getvalue()


def test_the_command_names_the_moments_it_knows(started: None) -> None:
    with pytest.raises(CommandError, match=r"start, later"):
        call_command("rehearse", "jump", "never")


def test_the_command_is_refused_where_real_candidacies_are_received(settings: LazySettings) -> None:
    settings.REHEARSAL = False

    with pytest.raises(CommandError, match="n’est pas une répétition"):
        call_command("rehearse")
