"""What time sends: on the clocks of Paris, once, and never what somebody has just been told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from applications import letters, reminders
from applications.actions import agreement, drafting, screening, withdrawal
from applications.actions.extension import propose_extension, sign_extension
from applications.enums import Role
from applications.models import Call, Candidacy, CompletionItem, Member, Requirement, Territory
from hubs_portal.letters import timed
from hubs_portal.letters.models import Letter
from hubs_portal.templatetags.french import left_until
from tests.builders import CLOSES, NOW, a_call, a_complete_dossier, a_file, a_signalled, a_submission
from tests.builders.awarded import RELEASE, an_awarded
from tests.builders.examined import AFTER, a_frozen_call, team_of

PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2018, 9, 20, 8, tzinfo=UTC)


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type, misc]


def a_draft(call: Call | None = None, *, at: datetime = LONG_AGO, **said: Any) -> Member:
    return a_signalled(call or a_call(), at=at, **said)


def reminded(kind: str = "draft_reminder") -> list[str]:
    """The steps of the reminders written, in their order."""
    found = Letter.objects.filter(kind=kind).order_by("pk").values_list("occurrence", flat=True)
    return [occurrence.split(" ")[0] for occurrence in found]


# ---------------------------------------------------------------- the hours


@pytest.mark.parametrize(
    ("closes", "week_before"),
    [
        # Clocks went back on Sunday 28 October 2018: a week is an hour longer.
        (paris(2018, 11, 2, 17), datetime(2018, 10, 26, 15, tzinfo=UTC)),
        # They went forward on Sunday 31 March 2019: a week is an hour shorter.
        (paris(2019, 4, 5, 17), datetime(2019, 3, 29, 16, tzinfo=UTC)),
        # A closing in the hour that comes twice, and one whose eve has no such hour.
        (datetime(2018, 10, 28, 1, 30, tzinfo=UTC), datetime(2018, 10, 21, 0, 30, tzinfo=UTC)),
        (paris(2019, 4, 7, 2, 30), datetime(2019, 3, 31, 1, 30, tzinfo=UTC)),
        (CLOSES, datetime(2018, 11, 23, 16, tzinfo=UTC)),
    ],
)
def test_a_week_before_is_the_same_hour_on_the_clocks_of_paris(closes: datetime, week_before: datetime) -> None:
    step = reminders.steps_before(closes)[0]

    assert (step.name, step.at) == ("J-7", week_before)


def test_three_hours_are_three_hours_even_on_the_night_the_clocks_change() -> None:
    closes = paris(2018, 10, 28, 5)

    step = reminders.steps_before(closes)[-1]

    assert (step.name, closes - step.at) == ("H-3", 3 * HOUR)


@pytest.mark.parametrize(
    ("closes", "at", "words"),
    [
        (CLOSES, CLOSES - timedelta(days=2) + timedelta(seconds=40), "2 jours"),
        (CLOSES, CLOSES - timedelta(days=2) + 3 * HOUR, "1 jour, 21 heures"),
        (CLOSES, CLOSES - 3 * HOUR + timedelta(seconds=40), "3 heures"),
        (paris(2018, 10, 29, 17), paris(2018, 10, 27, 17), "2 jours"),
        (paris(2019, 4, 1, 17), paris(2019, 3, 30, 17), "2 jours"),
    ],
)
def test_what_is_left_is_said_in_round_figures(closes: datetime, at: datetime, words: str) -> None:
    assert left_until(closes, at).replace("\u00a0", " ") == words


@pytest.mark.django_db
@pytest.mark.parametrize("night", [paris(2018, 10, 28, 12), paris(2019, 3, 31, 12)])
def test_each_minute_of_the_night_the_clocks_change_writes_each_reminder_once(night: datetime) -> None:
    """A closing on Tuesday at 02:30: J-2 falls in the hour that comes twice, or in the one that is skipped."""
    closes = datetime(night.year, night.month, night.day, 2, 30, tzinfo=PARIS) + timedelta(days=2)
    a_draft(a_call(opens_at=night - timedelta(days=60), closes_at=closes.astimezone(UTC)), at=night - timedelta(days=9))
    reminders.remind_drafts(at=night - timedelta(days=3))

    written = [n * 10 * MINUTE for n in range(60) if reminders.remind_drafts(at=night - 12 * HOUR + n * 10 * MINUTE)]

    assert reminded() == ["J-7", "J-2"]
    assert len(written) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "hour"),
    [
        ("974", "vendredi 2 novembre 2018 à 20 h 00"),  # La Réunion keeps its hour when Paris changes
        ("971", "vendredi 2 novembre 2018 à 12 h 00"),
        ("988", "samedi 3 novembre 2018 à 3 h 00"),
    ],
)
def test_overseas_candidates_read_the_closing_on_their_own_clock_across_the_change(code: str, hour: str) -> None:
    call = a_call(closes_at=paris(2018, 11, 2, 17))
    a_draft(call, territories=Territory.objects.filter(code=code))

    reminders.remind_drafts(at=paris(2018, 10, 26, 17))

    text = Letter.objects.get(kind="draft_reminder").text.replace("\u00a0", " ")
    assert f" : {hour}." in text
    assert "il vous reste 1 semaine" in Letter.objects.get(kind="draft_reminder").subject.replace("\u00a0", " ")


# ---------------------------------------------------------------- drafts


@pytest.mark.django_db
def test_drafts_are_reminded_four_times_at_their_hours_and_never_between() -> None:
    a_draft()
    before = [step.at for step in reminders.steps_before(CLOSES)]

    counts = [
        (reminders.remind_drafts(at=hour - timedelta(seconds=1)), reminders.remind_drafts(at=hour)) for hour in before
    ]

    assert counts == [(0, 1)] * 4
    assert reminded() == ["J-7", "J-2", "J-1", "H-3"]
    assert (reminders.remind_drafts(at=CLOSES), reminders.remind_drafts(at=CLOSES + HOUR)) == (0, 0)


@pytest.mark.django_db
def test_whoever_reads_english_is_told_in_english_what_is_missing() -> None:
    a_draft(language="en")

    reminders.remind_drafts(at=CLOSES - timedelta(days=1))

    text = Letter.objects.get(kind="draft_reminder").text
    assert "Enter the signatory’s name and position." in text
    assert "Indiquez" not in text
    assert "Répondez" not in text
    assert "Joignez" not in text


@pytest.mark.django_db
def test_after_three_hours_without_a_scheduler_one_letter_leaves_the_last_due() -> None:
    a_draft()

    reminders.remind_drafts(at=CLOSES - timedelta(days=2) + 3 * HOUR)
    reminders.remind_drafts(at=CLOSES - timedelta(days=2) + 3 * HOUR + MINUTE)

    assert reminded() == ["J-2"]


@pytest.mark.django_db
def test_a_clock_set_back_an_hour_writes_nothing_again_nor_an_earlier_reminder() -> None:
    a_draft()
    reminders.remind_drafts(at=CLOSES - timedelta(days=1) + 10 * MINUTE)

    again = reminders.remind_drafts(at=CLOSES - timedelta(days=1) - 50 * MINUTE)

    assert (again, reminded()) == (0, ["J-1"])


@pytest.mark.django_db
def test_whoever_submitted_is_not_reminded_even_of_a_draft_that_went_further() -> None:
    member = a_draft()
    a_complete_dossier(member, at=LONG_AGO)
    a_submission(member, arrived_at=LONG_AGO + HOUR)
    drafting.save_organisation(member, {"city": "Nantua"}, at=NOW)

    assert reminders.remind_drafts(at=CLOSES - timedelta(days=1)) == 0


@pytest.mark.django_db
def test_whoever_withdrew_is_left_alone_and_reminded_again_once_they_resume() -> None:
    member = a_draft()
    withdrawal.withdraw(member, at=CLOSES - timedelta(days=9))
    assert reminders.remind_drafts(at=CLOSES - timedelta(days=7)) == 0

    withdrawal.resume(member, at=CLOSES - timedelta(days=5))

    assert reminders.remind_drafts(at=CLOSES - timedelta(days=5) + MINUTE) == 0, "the receipt has just said the same"
    assert reminders.remind_drafts(at=CLOSES - timedelta(days=2)) == 1


@pytest.mark.django_db
def test_whoever_signals_after_a_reminder_fell_due_waits_for_the_next() -> None:
    a_draft(at=CLOSES - timedelta(days=1) + MINUTE)

    assert reminders.remind_drafts(at=CLOSES - timedelta(days=1) + 2 * MINUTE) == 0
    assert reminders.remind_drafts(at=CLOSES - 3 * HOUR) == 1


@pytest.mark.django_db
def test_a_closing_put_off_gives_new_reminders_and_none_the_letter_has_just_told() -> None:
    call = a_call()
    a_draft(call)
    reminders.remind_drafts(at=CLOSES - timedelta(days=1))
    author, other = team_of(call, Role.MANAGER)
    later = CLOSES + timedelta(days=4)
    proposed = propose_extension(call, new_closes_at=later, reason="Panne.", by=author, at=CLOSES - 2 * HOUR)
    sign_extension(proposed, by=other, at=CLOSES - 2 * HOUR)

    at_once = reminders.remind_drafts(at=CLOSES - HOUR)
    then = [reminders.remind_drafts(at=later - timedelta(days=n)) for n in (2, 1)]

    assert (at_once, then) == (0, [1, 1])
    assert reminded() == ["J-1", "J-2", "J-1"]


@pytest.mark.django_db
def test_a_dossier_that_breaks_is_logged_and_keeps_nobody_else_waiting(caplog: pytest.LogCaptureFixture) -> None:
    call = a_call()
    first, poison, last = [a_draft(call).candidacy for _ in range(3)]

    def write(pk: int, at: datetime) -> int:
        letters.draft_reminder(Candidacy.objects.get(pk=pk), step="J-1", lacks=list, at=at)
        if pk == poison.pk:
            raise ValueError("poison")
        return 1

    source = timed.Source("poisoned", lambda at: [first.pk, poison.pk, last.pk], write)

    assert timed.write_due_of(source, at=NOW) == 2
    assert list(Letter.objects.filter(kind="draft_reminder").values_list("subject_key", flat=True)) == [
        last.key,
        first.key,
    ]
    assert [record.getMessage() for record in caplog.records] == [f"timed letters: poisoned {poison.pk}"]


@pytest.mark.django_db
def test_a_list_that_cannot_be_made_keeps_no_other_source_waiting(caplog: pytest.LogCaptureFixture) -> None:
    def broken(at: datetime) -> list[int]:
        raise ValueError("poison")

    assert timed.write_due_of(timed.Source("broken", broken, lambda pk, at: 1), at=NOW) == 0
    assert [record.getMessage() for record in caplog.records] == ["timed letters: broken cannot be listed"]


# ---------------------------------------------------------------- completions


def an_incomplete(due_at: datetime, *, at: datetime = AFTER) -> Candidacy:
    (candidacy,) = a_frozen_call(a_call())
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    wanted = Requirement.objects.filter(call=candidacy.call, code__in=["mandate", "statutes"]).order_by("code")
    asked = dict.fromkeys(wanted, "Il manque une signature.")
    screening.request_completion(candidacy, asked, due_at=due_at, by=officer, at=at)
    return Candidacy.objects.get(pk=candidacy.pk)


DUE = paris(2018, 12, 12, 17)


def remind_completions(at: datetime) -> int:
    return timed.write_due_of(reminders.COMPLETIONS, at=at)


@pytest.mark.django_db
def test_two_days_before_its_end_a_request_still_open_is_reminded_once_with_what_is_missing() -> None:
    candidacy = an_incomplete(DUE)
    request = candidacy.completion_requests.get()
    first, _second = request.items.order_by("requirement__code")
    screening.complete(candidacy.members.get(), first, a_file(), name="pouvoir.pdf", at=AFTER + HOUR)

    counts = [remind_completions(DUE - timedelta(days=2) + after) for after in (-MINUTE, MINUTE, 2 * MINUTE)]

    letter = Letter.objects.get(kind="completion_reminder")
    text = letter.text.replace("\u00a0", " ")
    assert counts == [0, 1, 0]
    assert letter.subject.replace("\u00a0", " ").endswith("il vous reste 2 jours pour envoyer des pièces")
    assert ("Statuts : Il manque" in text, "Pouvoir du signataire" in text) == (True, False)
    assert "mercredi 12 décembre 2018 à 17 h 00 (heure de Paris)" in text


@pytest.mark.django_db
def test_a_request_that_is_answered_or_past_is_not_reminded() -> None:
    candidacy = an_incomplete(DUE)
    for item in CompletionItem.objects.filter(request__candidacy=candidacy):
        screening.complete(candidacy.members.get(), item, a_file(), name="piece.pdf", at=AFTER + HOUR)

    assert [remind_completions(DUE - timedelta(days=1)), remind_completions(DUE)] == [0, 0]


@pytest.mark.django_db
def test_a_request_examined_in_the_meantime_is_not_reminded() -> None:
    candidacy = an_incomplete(DUE)
    screening.admit(candidacy, by=team_of(candidacy.call, Role.OFFICER)[0], at=AFTER + HOUR)

    assert remind_completions(DUE - timedelta(days=1)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("delay", "written"), [(timedelta(days=2, hours=12), 0), (timedelta(days=3, hours=1), 1)])
def test_a_short_delay_is_not_reminded_the_day_it_was_given(delay: timedelta, written: int) -> None:
    an_incomplete(AFTER + delay)

    found = [remind_completions(AFTER + n * HOUR) for n in range(0, 76, 4)]

    assert sum(found) == written


@pytest.mark.django_db
def test_overseas_candidates_read_the_end_of_their_time_on_their_own_clock() -> None:
    candidacy = an_incomplete(DUE)
    candidacy.territories.add(Territory.objects.get(pk="974"))

    remind_completions(DUE - timedelta(days=2))

    text = Letter.objects.get(kind="completion_reminder").text.replace("\u00a0", " ")
    assert "Heure locale, La Réunion : mercredi 12 décembre 2018 à 20 h 00." in text


@pytest.mark.django_db
def test_the_request_itself_says_the_end_of_their_time_on_the_clock_of_overseas_candidates() -> None:
    candidacy = an_incomplete(DUE)
    candidacy.territories.add(Territory.objects.get(pk="974"))
    candidacy.members.update(email="lu@exemple.invalid", user=None)

    letters.completion_request(candidacy.completion_requests.get(), at=DUE - timedelta(days=9))

    letter = Letter.objects.get(kind="completion_request", address="lu@exemple.invalid")
    said = "Heure locale, La Réunion : mercredi 12 décembre 2018 à 20 h 00."
    assert said in letter.text.replace("\u00a0", " ")
    assert said in unescape(letter.html).replace("\u00a0", " ")


# ---------------------------------------------------------------- financial reports


def a_signed(report_due_on: date) -> Candidacy:
    candidacy = an_awarded(Decimal(450_000))
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    sent = agreement.send_agreement(
        candidacy, a_file(), name="c.pdf", schedule="50 %", return_by=date(2019, 3, 1), by=officer, at=RELEASE
    )
    signed = datetime(2019, 2, 20, 9, tzinfo=UTC)
    agreement.record_agreement_signed(
        sent, signed_on=date(2019, 2, 19), report_due_on=report_due_on, by=officer, at=signed
    )
    return candidacy


def remind_reports(at: datetime) -> int:
    return timed.write_due_of(reminders.REPORTS, at=at)


@pytest.mark.django_db
def test_a_financial_report_is_reminded_sixty_and_fifteen_days_before_and_the_day_after() -> None:
    a_signed(date(2020, 6, 30))
    mornings = [paris(2020, 5, 1, 9), paris(2020, 6, 15, 9), paris(2020, 7, 1, 9)]

    counts = [(remind_reports(m - MINUTE), remind_reports(m) > 0, remind_reports(m + MINUTE)) for m in mornings]

    assert counts == [(0, True, 0)] * 3
    assert list(dict.fromkeys(reminded("report_due"))) == ["J-60", "J-15", "J+1"]
    last = Letter.objects.filter(kind="report_due").order_by("-pk")[0]
    assert "attendu depuis le 30 juin 2020" in last.subject.replace("\u00a0", " ")


@pytest.mark.django_db
def test_a_report_that_came_is_not_reminded_nor_one_just_announced() -> None:
    candidacy = a_signed(date(2019, 4, 10))
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    assert remind_reports(paris(2019, 2, 21, 9)) == 0, "the letter of the signature has just said so"

    agreement.record_report_received(
        candidacy.agreement, received_on=date(2019, 3, 1), by=officer, at=datetime(2019, 3, 1, 12, tzinfo=UTC)
    )

    assert [remind_reports(paris(2019, 3, 27, 9)), remind_reports(paris(2019, 4, 11, 9))] == [0, 0]


# ---------------------------------------------------------------- two schedulers at once


def in_threads(acts: list[Callable[[], Any]]) -> list[Any]:
    def one(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_schedulers_at_once_write_each_reminder_once(caplog: pytest.LogCaptureFixture) -> None:
    call = a_call()
    members = [a_draft(call) for _ in range(12)]

    counts = in_threads([lambda: timed.write_due(at=CLOSES - timedelta(days=1))] * 4)

    assert sum(counts) == len(members) == len(reminded())
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
