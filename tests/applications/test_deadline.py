"""The deadline, exactly: judged by arrival alone, to the microsecond, whoever waits for whom."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from applications.actions.closing import close_call, close_due_calls
from applications.actions.extension import propose_extension, sign_extension
from applications.actions.steps import lock_call
from applications.actions.submission import submit
from applications.enums import CandidacyState, Role
from applications.models import Call, Candidacy, CandidacyLine, ClosingList, LateAttempt, Member, Submission
from applications.rules.deadline import FREEZE_DELAY, TooLate
from hubs_portal import clock
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests import builders

MICROSECOND = timedelta(microseconds=1)


def ready(call: Call) -> Member:
    """The contact of a complete dossier that was never submitted."""
    member = builders.a_signalled(call)
    builders.a_complete_dossier(member)
    return member


def revision_of(member: Member) -> int:
    return Candidacy.objects.get(pk=member.candidacy_id).dossier.revision


def traces(member: Member) -> dict[str, Any]:
    """Everything a submission would move."""
    candidacy = Candidacy.objects.get(pk=member.candidacy_id)
    return {
        "state": candidacy.state,
        "notified": candidacy.notified_state,
        "revision": candidacy.dossier.revision,
        "submissions": candidacy.submissions.count(),
        "journal": CandidacyLine.objects.filter(subject=candidacy).count(),
        "letters": candidacy.letters.count(),
    }


def in_threads(acts: list[Callable[[], Any]], workers: int) -> list[Any]:
    """Run the acts at once, each with a connection of its own; a refusal is a result."""

    def one(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, acts))


@pytest.mark.django_db
def test_a_submission_one_microsecond_before_the_closing_time_counts() -> None:
    member = ready(builders.a_call())
    closes_at = member.candidacy.call.closes_at

    submission = submit(member, revision=revision_of(member), arrived_at=closes_at - MICROSECOND)

    assert (submission.arrived_at, submission.closes_at, submission.version) == (closes_at - MICROSECOND, closes_at, 1)
    assert Candidacy.objects.get(pk=member.candidacy_id).state == CandidacyState.SUBMITTED
    assert LateAttempt.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("delay", [timedelta(0), MICROSECOND, timedelta(seconds=25)])
def test_a_submission_at_the_closing_time_or_after_is_refused_and_moves_nothing(delay: timedelta) -> None:
    member = ready(builders.a_call())
    arrived_at = member.candidacy.call.closes_at + delay
    before = traces(member)

    with pytest.raises(TooLate) as refusal:
        submit(member, revision=revision_of(member), arrived_at=arrived_at)

    assert refusal.value.code == "too_late"
    assert traces(member) == before
    attempt = LateAttempt.objects.get()
    assert (attempt.candidacy_id, attempt.arrived_at, attempt.closes_at, attempt.revision, attempt.code) == (
        member.candidacy_id,
        arrived_at,
        member.candidacy.call.closes_at,
        revision_of(member),
        "too_late",
    )


@pytest.mark.django_db
def test_the_same_request_sent_again_after_the_closing_time_has_the_receipt_it_had() -> None:
    member = ready(builders.a_call())
    closes_at = member.candidacy.call.closes_at
    first = submit(member, revision=revision_of(member), arrived_at=closes_at - MICROSECOND)
    before = traces(member)

    again = submit(member, revision=revision_of(member), arrived_at=closes_at + timedelta(seconds=3))

    assert again.receipt == first.receipt
    assert traces(member) == before
    assert LateAttempt.objects.count() == 0


@pytest.mark.django_db
def test_an_extension_signed_at_the_last_second_lets_later_submissions_in() -> None:
    call = builders.a_call()
    member = ready(call)
    first, second = (m.user for m in call.team.filter(role=Role.MANAGER).order_by("pk")[:2])
    later = call.closes_at + timedelta(hours=2)
    extension = propose_extension(
        call, new_closes_at=later, reason="Panne du réseau.", by=first, at=call.closes_at - timedelta(minutes=5)
    )
    sign_extension(extension, by=second, at=call.closes_at - timedelta(seconds=1))

    submission = submit(member, revision=revision_of(member), arrived_at=call.closes_at + timedelta(hours=1))

    assert submission.closes_at == later
    with pytest.raises(TooLate):
        submit(ready(Call.objects.get(pk=call.pk)), revision=1, arrived_at=later)


@pytest.mark.django_db
def test_an_extension_is_not_signed_by_the_manager_who_proposed_it() -> None:
    call = builders.a_call()
    manager = call.team.filter(role=Role.MANAGER).order_by("pk")[0].user
    extension = propose_extension(
        call, new_closes_at=call.closes_at + timedelta(days=1), reason="Panne.", by=manager, at=call.opens_at
    )

    with pytest.raises(Refusal) as refusal:
        sign_extension(extension, by=manager, at=call.opens_at)

    assert refusal.value.code == "same_manager"
    assert Call.objects.get(pk=call.pk).closes_at == call.closes_at
    assert Letter.objects.filter(kind="call_amended").count() == 0


@pytest.mark.django_db
def test_the_list_of_submissions_is_not_frozen_before_a_minute_has_passed() -> None:
    call = builders.a_call()

    assert close_call(call, at=call.closes_at + FREEZE_DELAY - MICROSECOND) is False
    assert Call.objects.get(pk=call.pk).frozen_at is None
    assert close_call(call, at=call.closes_at + FREEZE_DELAY) is True
    assert close_call(call, at=call.closes_at + FREEZE_DELAY) is False
    assert ClosingList.objects.count() == 1


@pytest.mark.django_db
def test_with_no_scheduler_at_all_time_alone_refuses() -> None:
    """Nothing closed the call: it is still « ouvert » in the database an hour later."""
    member = ready(builders.a_call())

    with pytest.raises(TooLate):
        submit(member, revision=1, arrived_at=member.candidacy.call.closes_at + timedelta(hours=1))

    assert Call.objects.get(pk=member.candidacy.call_id).frozen_at is None


@pytest.mark.django_db
def test_a_closing_killed_half_way_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    call = builders.a_call()
    members = [ready(call) for _ in range(3)]
    submit(members[0], revision=revision_of(members[0]), arrived_at=call.closes_at - MICROSECOND)
    at = call.closes_at + FREEZE_DELAY
    from applications.actions import closing  # noqa: PLC0415 - the module whose death is played

    settled: list[int] = []
    whole = closing._settle

    def dies_after_one(pk: int, **kwargs: Any) -> bool:
        if settled:
            raise KeyboardInterrupt
        settled.append(pk)
        return whole(pk, **kwargs)

    with monkeypatch.context() as dying:
        dying.setattr(closing, "_settle", dies_after_one)
        with pytest.raises(KeyboardInterrupt):
            close_due_calls(at=at)
    close_due_calls(at=at + timedelta(minutes=1))

    states = dict(Candidacy.objects.values_list("pk", "state"))
    assert states == {
        members[0].candidacy_id: CandidacyState.FROZEN,
        members[1].candidacy_id: CandidacyState.NOT_SUBMITTED,
        members[2].candidacy_id: CandidacyState.NOT_SUBMITTED,
    }
    assert Letter.objects.filter(kind="not_submitted").count() == 2
    assert ClosingList.objects.count() == 1


# ---------------------------------------------------------------- races, with real connections


@pytest.fixture
def many(transactional_db: None) -> tuple[Call, list[Member]]:
    """Three hundred complete dossiers of a call that closes in a few seconds of the real clock."""
    call = builders.a_call(closes_at=clock.now() + timedelta(days=1), opens_at=clock.now() - timedelta(days=30))
    return call, builders.many_ready(call, 300)


@pytest.mark.race
def test_three_hundred_submits_around_the_closing_time_are_all_judged_by_their_arrival(
    many: tuple[Call, list[Member]],
) -> None:
    call, members = many
    # Set straight in the row: an extension can only put the closing time off.
    closes_at = clock.now() + timedelta(seconds=5)
    Call.objects.filter(pk=call.pk).update(closes_at=closes_at)
    arrivals: dict[int, datetime] = {}

    def press(member: Member) -> Submission:
        arrivals[member.pk] = clock.now()
        return submit(member, revision=1, arrived_at=arrivals[member.pk])

    with officer_holding(call, closes_at):
        results = in_threads([lambda m=m: press(m) for m in members], workers=40)  # type: ignore[misc]

    verdicts = {member.pk: isinstance(result, Submission) for member, result in zip(members, results, strict=True)}
    assert verdicts == {pk: arrived_at < closes_at for pk, arrived_at in arrivals.items()}
    assert {True, False} == set(verdicts.values()), (
        "the closing time must fall inside the crowd for this to say something"
    )
    accepted = sum(verdicts.values())
    assert (Submission.objects.count(), LateAttempt.objects.count()) == (accepted, 300 - accepted)
    assert Candidacy.objects.filter(state=CandidacyState.SUBMITTED).count() == accepted


@contextmanager
def officer_holding(call: Call, until: datetime) -> Any:
    """On PostgreSQL, somebody of the team holds the row of the call across the closing time."""
    if connection.vendor != "postgresql":
        yield
        return
    held, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            lock_call(call.pk)
            held.set()
            done.wait(timeout=60)
        connection.close()

    with ThreadPoolExecutor(1) as officer:
        holding = officer.submit(hold)
        assert held.wait(timeout=10)
        try:
            yield
        finally:
            done.set()
            holding.result()
    assert clock.now() >= until - timedelta(seconds=60)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_thirty_clicks_on_one_dossier_make_one_submission_and_one_receipt() -> None:
    member = ready(builders.a_call())
    revision, arrived_at = revision_of(member), member.candidacy.call.closes_at - MICROSECOND

    results = in_threads([lambda: submit(member, revision=revision, arrived_at=arrived_at)] * 30, workers=15)

    assert {result.receipt.number for result in results} == {Submission.objects.get().receipt.number}
    assert Letter.objects.filter(kind="submission_receipt").values("address").distinct().count() == (
        Letter.objects.filter(kind="submission_receipt").count()
    )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_close_a_call_once() -> None:
    call = builders.a_call()
    for _ in range(3):
        ready(call)
    at = call.closes_at + FREEZE_DELAY

    in_threads([lambda: close_due_calls(at=at)] * 6, workers=6)

    assert ClosingList.objects.count() == 1
    assert set(Candidacy.objects.values_list("state", flat=True)) == {CandidacyState.NOT_SUBMITTED}
    assert Letter.objects.filter(kind="not_submitted").count() == 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_submit_in_flight_is_on_the_list_that_the_freeze_writes() -> None:
    call = builders.a_call()
    members = builders.many_ready(call, 20)
    arrived_at, at = call.closes_at - MICROSECOND, call.closes_at + FREEZE_DELAY
    acts: list[Callable[[], Any]] = [
        lambda m=m: submit(m, revision=1, arrived_at=arrived_at)  # type: ignore[misc]
        for m in members
    ]
    acts.insert(10, lambda: close_call(call, at=at))

    results = in_threads(acts, workers=10)

    accepted = sorted(result.candidacy.number for result in results if isinstance(result, Submission))
    refused = {result.code for result in results if isinstance(result, TooLate)}
    listed = [line["number"] for line in json.loads(ClosingList.objects.get().content)]
    assert listed == accepted
    assert refused <= {"frozen"}
