"""The evening's digest: once a day, when it has something to say, whatever the schedulers do."""

from datetime import UTC, datetime, timedelta

import pytest

from applications import digest
from applications.actions import extension, incidents
from applications.actions.submission import submit
from applications.enums import CallState, Role
from applications.models import Call, CallLetter, EveningRun, Publication, TeamMember
from applications.rules.deadline import TooLate
from applications.tasks import timed_letters
from hubs_portal import clock
from hubs_portal.letters.models import Letter, LetterState
from tests.builders import CLOSES, a_call, a_signalled, a_submission, a_user, many_ready
from tests.builders.examined import a_frozen_call, team_of

pytestmark = pytest.mark.django_db
DAY = datetime(2018, 11, 28, 8, tzinfo=UTC)  # Wednesday, 09:00 in Paris
EVENING = datetime(2018, 11, 28, 18, tzinfo=UTC)  # 19:00 in Paris


def digests() -> list[Letter]:
    return list(Letter.objects.filter(kind="evening_digest").order_by("pk"))


def an_observer(call: Call) -> TeamMember:
    return TeamMember.objects.create(call=call, user=a_user(is_staff=True), role=Role.OBSERVER)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_at_seven_in_paris_each_member_of_the_team_is_told_what_came() -> None:
    call = a_call()
    an_observer(call)
    a_signalled(call, at=DAY)
    a_submission(a_signalled(call, at=DAY - timedelta(days=3)), arrived_at=DAY)

    before = digest.write_digests(at=EVENING - timedelta(seconds=1))
    written = digest.write_digests(at=EVENING)

    assert (before, written, len(digests())) == (0, 4, 4)
    text = plain(digests()[0].text)
    assert "Signalées : 1 (2 en tout)" in text
    assert "Déposées : 1 (1 en tout)" in text
    assert CallLetter.objects.filter(call=call, letter__kind="evening_digest").count() == 4


def test_on_a_day_with_nothing_to_say_nobody_is_written_to() -> None:
    call = a_call()
    a_signalled(call, at=DAY - timedelta(days=3))

    assert (digest.write_digests(at=EVENING), digests()) == (0, [])
    assert EveningRun.objects.get().on == EVENING.date()


@pytest.mark.parametrize("state", [CallState.DRAFT, CallState.RELEASED, CallState.ARCHIVED])
def test_a_call_that_does_not_live_has_no_digest(state: CallState) -> None:
    call = a_call()
    a_signalled(call, at=DAY)
    Call.objects.filter(pk=call.pk).update(state=state, frozen_at=EVENING)

    assert digest.write_digests(at=EVENING) == 0


# ---------------------------------------------------------------- clocks and schedulers


def test_two_schedulers_and_three_dead_hours_write_it_once() -> None:
    a_signalled(a_call(), at=DAY)

    late = digest.write_digests(at=EVENING + timedelta(hours=3))
    again = [digest.write_digests(at=EVENING + timedelta(hours=3, minutes=n)) for n in range(3)]

    assert (late, again) == (3, [0, 0, 0])


def test_a_clock_set_back_one_hour_writes_nothing_twice() -> None:
    a_signalled(a_call(), at=DAY)
    instants = [EVENING + timedelta(minutes=30), EVENING - timedelta(minutes=30), EVENING, EVENING + timedelta(hours=1)]

    assert [digest.write_digests(at=instant) for instant in instants] == [3, 0, 0, 0]


def test_what_came_after_seven_waits_for_the_next_evening_even_when_the_scheduler_was_late() -> None:
    call = a_call()
    a_signalled(call, at=DAY)
    a_signalled(call, at=EVENING + timedelta(minutes=10))

    digest.write_digests(at=EVENING + timedelta(hours=2))
    digest.write_digests(at=EVENING + timedelta(days=1))

    said = [plain(letter.text) for letter in digests()]
    assert len(said) == 6
    assert all("Signalées : 1 (1 en tout)" in text for text in said[:3])
    assert all("Signalées : 1 (2 en tout)" in text for text in said[3:])


def test_an_evening_the_scheduler_slept_through_is_told_with_the_next() -> None:
    call = a_call()
    digest.write_digests(at=EVENING - timedelta(days=1))
    a_signalled(call, at=DAY)

    morning = digest.write_digests(at=EVENING + timedelta(hours=13))
    digest.write_digests(at=EVENING + timedelta(days=1))

    assert morning == 0
    assert "Signalées : 1 (1 en tout)" in plain(digests()[0].text)


@pytest.mark.parametrize(
    ("seven", "day"),
    [(datetime(2018, 10, 27, 17, tzinfo=UTC), "27"), (datetime(2018, 10, 28, 18, tzinfo=UTC), "28")],
)
def test_seven_is_seven_on_both_sides_of_a_time_change(seven: datetime, day: str) -> None:
    a_signalled(a_call(), at=seven - timedelta(hours=5))

    assert (digest.write_digests(at=seven - timedelta(seconds=1)), digest.write_digests(at=seven)) == (0, 3)
    assert f"{day} octobre 2018" in plain(digests()[0].subject)


def test_the_worker_writes_it_with_the_other_timed_letters() -> None:
    a_signalled(a_call(), at=DAY)
    clock.shift(EVENING - clock.read().real + timedelta(seconds=5))

    timed_letters()
    timed_letters()

    assert len(digests()) == 3


# ---------------------------------------------------------------- what it says


def test_it_counts_problems_late_attempts_and_letters_that_did_not_arrive() -> None:
    call = a_call()
    (member,) = many_ready(call, 1)
    incidents.report_problem(member, happened="Rien ne va.", arrived_at=CLOSES - timedelta(minutes=2))
    with pytest.raises(TooLate):
        submit(member, revision=1, arrived_at=CLOSES)
    Letter.objects.filter(kind="problem_received").update(state=LetterState.FAILED)
    (officer,) = team_of(call, Role.OFFICER)
    Letter.objects.filter(kind="late_attempt", address=officer.email).update(state=LetterState.UNCERTAIN)

    digest.write_digests(at=CLOSES + timedelta(hours=2))

    (text,) = (plain(letter.text) for letter in digests() if letter.address == officer.email)
    for words in (
        "Tentatives hors délai : 1",
        "1 problème signalé est sans réponse, depuis le",
        "1 lettre n’est pas arrivée : téléphonez.",
        "1 lettre est peut-être arrivée : téléphonez.",
    ):
        assert words in text
    assert "Rien ne va." not in text


def test_each_reads_what_waits_for_them_and_nobody_a_decision() -> None:
    call = a_call()
    a_frozen_call(call, submitted=2)
    observer = an_observer(call)

    digest.write_digests(at=CLOSES + timedelta(hours=2))

    said = {letter.address: plain(letter.text) for letter in digests()}
    for user in (*team_of(call, Role.OFFICER), *team_of(call, Role.MANAGER)):
        assert "À examiner : 2" in said[user.email]
    assert observer.user.email not in said or "À examiner" not in said[observer.user.email]


def test_a_signature_waits_for_the_manager_who_did_not_ask() -> None:
    call = a_call()
    author, other = team_of(call, Role.MANAGER)
    extension.propose_extension(call, new_closes_at=CLOSES + timedelta(days=3), reason="Panne.", by=author, at=DAY)

    digest.write_digests(at=EVENING)

    assert [letter.address for letter in digests()] == [other.email]
    assert "Report de la clôture à signer : 1" in plain(digests()[0].text)


def test_a_release_waits_for_the_manager_who_did_not_ask() -> None:
    call = a_call()
    author, other = team_of(call, Role.MANAGER)
    Publication.objects.create(call=call, requested_by=author, requested_at=DAY)

    digest.write_digests(at=EVENING)

    assert [letter.address for letter in digests()] == [other.email]
    assert "Publication des résultats à signer : 1" in plain(digests()[0].text)
