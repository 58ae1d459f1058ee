"""The ledger of letters: every letter of the call, and what nobody may infer from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import correspondence
from applications.enums import Role
from applications.models import Call, CandidacyLine, LetterCall
from hubs_portal import beats
from hubs_portal.accounts.models import User
from hubs_portal.letters.delivery import sweep
from hubs_portal.letters.health import Health
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.letters.resending import version
from hubs_portal.refusals import Refusal
from juries.models import JuryLine
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.calls import CLOSES, NOW
from tests.builders.ledgers import many_letters, some_calls

pytestmark = pytest.mark.django_db
LATER = CLOSES + timedelta(hours=1)


def page(name: str, *args: object) -> str:
    return reverse(f"admin:hubs_portal_letter_{name}", args=args)


def sentences(response: Any) -> str:
    return " ".join(response.content.decode().split())


def listed(client: TimedClient, **query: object) -> list[int]:
    """The letters a page of the list shows."""
    return [letter.pk for letter in client.get(page("changelist"), query).context["cl"].result_list]


def observer(call: Call) -> User:
    user = builders.a_user(is_staff=True)
    call.team.create(user=user, role=Role.OBSERVER)
    return user


@pytest.fixture
def call() -> Call:
    return builders.a_call()


@pytest.fixture
def officer(call: Call) -> User:
    return builders.an_officer(call)


def a_troubled(call: Call, state: LetterState = LetterState.UNCERTAIN, *, error: str = "timed out") -> Letter:
    builders.a_signalled(call)
    Letter.objects.update(state=state, attempts=2, doubts=2, error=error, claimed_at=datetime.now(UTC))
    return Letter.objects.get()


# ---------------------------------------------------------------- which letters


def test_the_team_sees_the_letters_of_its_call_and_of_no_other(client: TimedClient, call: Call, officer: User) -> None:
    builders.a_signalled(call)
    mine = list(Letter.objects.values_list("pk", flat=True))
    builders.a_signalled(builders.a_call())
    client.force_login(officer)

    assert listed(client) == mine
    theirs = Letter.objects.exclude(pk__in=mine).get()
    assert [client.get(page(name, theirs.pk)).status_code for name in ("change", "page")] == [404, 404]


def test_a_linked_letter_is_in_the_drawer_of_its_call(call: Call) -> None:
    builders.a_signalled(call)
    jury = builders.a_jury(call)
    builders.a_juror(jury)

    filed = dict(Letter.objects.values_list("kind", "drawer"))

    assert filed == {"signalling": f"call:{call.pk}", "jury_invitation": f"call:{call.pk}:jury"}


def test_letters_are_found_by_a_whole_address_or_a_whole_number(client: TimedClient, call: Call, officer: User) -> None:
    first, _second = builders.a_signalled(call), builders.a_signalled(call)
    client.force_login(officer)
    letter = Letter.objects.get(address=first.email)

    found = [listed(client, q=words) for words in (first.email.upper(), first.candidacy.number.lower(), "exemple", "@")]

    assert found == [[letter.pk], [letter.pk], [], []]


def test_letters_are_filtered_by_state_kind_period_and_reader(client: TimedClient, call: Call, officer: User) -> None:
    builders.a_signalled(call, at=NOW - timedelta(days=10))
    builders.a_juror(builders.a_jury(call, at=NOW), charter=False, at=NOW)
    Letter.objects.filter(kind="signalling").update(state=LetterState.FAILED)
    client.force_login(officer)
    kinds = dict(Letter.objects.values_list("pk", "kind"))
    queries: list[dict[str, object]] = [
        {"state": "failed"},
        {"state": "queued"},
        {"kind": "signalling"},
        {"since": 7},
        {"to": "jury"},
        {"call": call.pk},
    ]

    found = [[kinds[pk] for pk in listed(client, **query)] for query in queries]

    signalling, invitation = ["signalling"], ["jury_invitation"]
    assert found == [signalling, invitation, signalling, invitation, invitation, invitation + signalling]


def test_another_persons_call_is_no_filter(client: TimedClient, call: Call, officer: User) -> None:
    other = builders.a_call()
    builders.a_signalled(other)
    client.force_login(officer)

    assert listed(client, call=other.pk) == []


# ---------------------------------------------------------------- what is sealed


def test_an_address_that_only_a_sealed_dossier_names_is_not_shown_nor_searched(
    client: TimedClient, call: Call, officer: User
) -> None:
    member = builders.a_signalled(call)
    builders.a_submission(member)
    letter = Letter.objects.get(address="presidence@exemple.invalid")
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.FAILED, error=f"550 <{letter.address}> unknown")
    client.force_login(officer)
    pages = [
        page("changelist"),
        page("to_tell"),
        page("change", letter.pk),
        reverse("admin:applications_candidacy_change", args=[member.candidacy_id]),
    ]

    def shown() -> list[bool]:
        return ["presidence@" in sentences(client.get(address)) for address in pages]

    assert (shown(), listed(client, q=letter.address)) == ([False] * 4, [])
    client.at(LATER)
    assert (shown(), listed(client, q=letter.address)) == ([True] * 4, [letter.pk])


# ---------------------------------------------------------------- to telephone


def test_a_letter_told_by_telephone_leaves_the_list_and_the_journal_says_who(
    client: TimedClient, call: Call, officer: User
) -> None:
    letter = a_troubled(call)
    client.force_login(officer)
    before = sentences(client.get(page("to_tell")))

    for _ in range(2):
        client.post(page("tell", letter.pk), {"seen": version(letter), "back": "list"})

    assert ("01 99 00 20 18" in before.replace("\u00a0", " "), "timed out" in before) == (True, True)
    assert "J’ai téléphoné" not in sentences(client.get(page("to_tell")))
    line = CandidacyLine.objects.get(act="tell_by_telephone")
    assert (line.actor, line.details) == (officer, {"kind": "signalling", "address": letter.address})
    assert list(LetterCall.objects.values_list("letter", "by", "at")) == [(letter.pk, officer.pk, NOW)]


def test_a_letter_sent_again_that_fails_again_waits_for_somebody_again(
    client: TimedClient, call: Call, officer: User
) -> None:
    letter = a_troubled(call, LetterState.FAILED)
    correspondence.tell_by_telephone(letter, by=officer, at=NOW)
    correspondence.resend_letter(letter, by=officer, at=NOW)
    Letter.objects.update(state=LetterState.FAILED, error="550 again")
    client.force_login(officer)

    assert "550 again" in sentences(client.get(page("to_tell")))


@pytest.mark.parametrize("act", ["tell", "resend"])
def test_an_observer_acts_on_no_letter(client: TimedClient, call: Call, act: str) -> None:
    letter = a_troubled(call)
    client.force_login(observer(call))

    answer = client.post(page(act, letter.pk))

    assert (
        answer.status_code,
        LetterCall.objects.count(),
        CandidacyLine.objects.filter(act__contains="tel").count(),
    ) == (
        403,
        0,
        0,
    )
    assert Letter.objects.get().state == LetterState.UNCERTAIN
    assert '<button type="submit" class="button' not in sentences(client.get(page("to_tell")))


def test_a_letter_that_left_is_not_told_by_telephone(call: Call, officer: User) -> None:
    builders.a_signalled(call)
    sweep()

    with pytest.raises(Refusal, match="n’attend pas"):
        correspondence.tell_by_telephone(Letter.objects.get(), by=officer, at=NOW)

    assert not LetterCall.objects.exists()


# ---------------------------------------------------------------- sent again


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.FAILED, LetterState.UNCERTAIN])
def test_a_letter_that_is_settled_is_sent_again_from_the_beginning(
    call: Call, officer: User, state: LetterState
) -> None:
    letter = a_troubled(call, state if state != LetterState.SENT else LetterState.FAILED)
    if state == LetterState.SENT:
        Letter.objects.update(state=state, sent_at=datetime.now(UTC))
        letter.refresh_from_db()
    before = datetime.now(UTC)

    correspondence.resend_letter(letter, by=officer, at=NOW)

    again = Letter.objects.get()
    assert (again.state, again.attempts, again.doubts, again.error, again.claimed_at, again.handed_at) == (
        LetterState.QUEUED,
        0,
        0,
        "",
        None,
        None,
    )
    assert again.due_at == again.queued_at >= before
    assert (again.message_id == letter.message_id) == (state != LetterState.SENT)


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.SENDING, LetterState.RETRYING])
def test_a_letter_on_its_way_is_not_sent_again(call: Call, officer: User, state: LetterState) -> None:
    letter = a_troubled(call, state)

    with pytest.raises(Refusal):
        correspondence.resend_letter(letter, by=officer, at=NOW)

    assert Letter.objects.values_list("state", "attempts", "error").get() == (state, 2, "timed out")
    assert not CandidacyLine.objects.filter(act="resend_letter").exists()


def test_two_clicks_are_one_resend_even_when_the_first_has_already_left(
    client: TimedClient, call: Call, officer: User
) -> None:
    letter = a_troubled(call, LetterState.FAILED)
    client.force_login(officer)

    for _ in range(2):
        client.post(page("resend", letter.pk), {"seen": version(letter)})
        sweep()

    assert Letter.objects.values_list("state", "attempts").get() == (LetterState.SENT, 1)
    assert CandidacyLine.objects.filter(act="resend_letter").count() == 1


def test_a_secret_letter_that_left_says_why_it_is_not_sent_again(
    client: TimedClient, call: Call, officer: User
) -> None:
    builders.a_juror(builders.a_jury(call), charter=False)
    sweep()
    client.force_login(officer)

    said = sentences(client.get(page("change", Letter.objects.get().pk)))

    assert "la personne doit en demander une autre" in said
    assert "Renvoyer</button>" not in said


def test_who_asks_for_a_jurors_letter_again_is_in_the_journal_of_the_jury(
    client: TimedClient, call: Call, officer: User
) -> None:
    builders.a_juror(builders.a_jury(call), charter=False)
    Letter.objects.update(state=LetterState.FAILED)
    letter = Letter.objects.get()
    client.force_login(officer)

    client.post(page("resend", letter.pk), {"seen": version(letter)})

    line = JuryLine.objects.get(act="resend_letter")
    assert (line.actor, line.details) == (officer, {"kind": "jury_invitation", "address": letter.address})


# ---------------------------------------------------------------- a letter as it left


def test_the_page_of_a_letter_says_what_became_of_it_and_shows_it_in_a_sandbox(
    client: TimedClient, call: Call, officer: User
) -> None:
    letter = a_troubled(call, LetterState.FAILED, error="550 5.1.1 unknown")
    client.force_login(officer)

    answer = client.get(page("change", letter.pk))

    said = sentences(answer)
    for words in ("2 essais", "550 5.1.1 unknown", letter.message_id.strip("<>"), "non distribuée", "Renvoyer"):
        assert words in said, words
    assert f'src="{page("page", letter.pk)}" sandbox title' in said
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


# ---------------------------------------------------------------- health


def test_the_post_is_well_while_letters_leave_and_processes_beat() -> None:
    now = datetime.now(UTC)
    for name in (beats.WORKER, beats.SCHEDULER):
        beats.Beat.objects.create(name=name, at=now - timedelta(minutes=1))

    assert Health.at(now).is_well


@pytest.mark.parametrize("ill", ["letter", "worker", "scheduler", "never seen"])
def test_two_minutes_without_a_sign_are_an_alarm_on_the_home_page(
    client: TimedClient, call: Call, officer: User, ill: str
) -> None:
    now = datetime.now(UTC)
    for name in (beats.WORKER, beats.SCHEDULER):
        beats.Beat.objects.create(name=name, at=now - timedelta(minutes=3 if ill == name else 0))
    builders.a_signalled(call)
    if ill == "letter":
        Letter.objects.update(queued_at=now - timedelta(minutes=3), due_at=now - timedelta(minutes=3))
    if ill == "never seen":
        beats.Beat.objects.all().delete()
    client.force_login(officer)

    pages = [sentences(client.get(address)) for address in (reverse("admin:index"), page("changelist"))]

    assert ["is-unmet" in said for said in pages] == [True, True]
    assert "Les lettres ne partent pas" in pages[1]


def test_a_letter_a_far_server_puts_off_is_no_alarm(call: Call) -> None:
    now = datetime.now(UTC)
    for name in (beats.WORKER, beats.SCHEDULER):
        beats.Beat.objects.create(name=name, at=now)
    builders.a_signalled(call)
    Letter.objects.update(
        state=LetterState.RETRYING, queued_at=now - timedelta(hours=5), due_at=now + timedelta(minutes=20)
    )

    health = Health.at(now)

    assert (health.is_well, health.age) == (True, timedelta(hours=5))


def test_the_health_address_tells_ages_and_nothing_of_anybody(client: TimedClient, call: Call) -> None:
    builders.a_signalled(call)

    answer = client.get("/healthz/detail")

    names = ["oldest_due_letter", "last_beat_of_worker", "last_beat_of_scheduler", "oldest_unscanned_file"]
    lines = answer.content.decode().splitlines()
    assert (answer.status_code, [name in line for name, line in zip(names, lines, strict=True)]) == (200, [True] * 4)
    assert "exemple" not in answer.content.decode()


# ---------------------------------------------------------------- what it costs


def test_the_ledger_costs_the_same_for_two_letters_for_thirty_and_for_five_thousand(client: TimedClient) -> None:
    calls = some_calls(2, candidacies=30)
    user = builders.a_user(is_staff=True)
    for call in calls:
        call.team.create(user=user, role=Role.OFFICER)
    client.at(LATER).force_login(user)
    addresses = ["", "?state=failed", f"?call={calls[0].pk}", "?q=REG01-0001", "?to=jury"]

    def costs() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page("changelist") + address).status_code == 200
            found.append(len(captured))
        return found

    measured = []
    for n in (2, 28, 4_970):
        many_letters(calls, n)
        measured.append(costs())

    assert measured == [measured[0]] * 3
    assert max(measured[0]) <= 15
