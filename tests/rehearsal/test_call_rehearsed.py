"""The 2018 call, played by six structures: each moment finds the procedure where it should be."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection

from applications import rehearsal as applications_rehearsal
from applications.actions.submission import submit
from applications.enums import CallState, CandidacyState, Provenance, Role
from applications.models import Award, Call, CallLine, Candidacy, CandidacyLine, Document, LateAttempt, Submission
from applications.rehearsal import deeds, script
from applications.rehearsal.cast import PARIS, Player, chosen
from hubs_portal import clock
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from hubs_portal.rehearsal import playing, timeline
from juries import rehearsal as juries_rehearsal
from juries.models import Jury
from juries.selectors.ranking import ranking
from tests.builders import a_call, a_signalled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("play")]
S = CandidacyState


@pytest.fixture
def play(rehearsal: None) -> None:
    timeline.register("applications", applications_rehearsal.part(only=6))


def player(slug: str) -> Player:
    return next(player for player in chosen(6) if player.slug == slug)


def candidacy(slug: str) -> Candidacy:
    return deeds.contact(player(slug)).candidacy


def states() -> dict[str, int]:
    return dict(Counter(Candidacy.objects.values_list("state", flat=True)))


def test_at_the_opening_the_call_is_published_and_nobody_is_there() -> None:
    playing.start("opening")

    call = Call.objects.get()
    roles = Counter(call.team.values_list("role", flat=True))
    assert (call.state, states(), roles) == (CallState.PUBLISHED, {}, {Role.MANAGER: 2, Role.OFFICER: 2})


def test_at_the_start_drafts_are_under_way_and_one_is_ready() -> None:
    playing.start()

    assert states() == {S.DRAFTING: 4, S.SUBMITTED: 2}
    assert submitted_now("atelier-francilien").version == 1


def submitted_now(slug: str) -> Submission:
    """Submitting needs nothing more."""
    member = deeds.contact(player(slug))
    return submit(member, revision=member.candidacy.dossier.revision, arrived_at=clock.now())


def test_once_closed_each_story_has_come_to_its_end() -> None:
    playing.start("closed")

    call = Call.objects.get()
    assert {slug: candidacy(slug).state for slug in (p.slug for p in chosen(6))} == {
        "atelier-francilien": S.FROZEN,
        "tisserands": S.FROZEN,
        "boucles-aure": S.FROZEN,
        "etoile-creuse": S.WITHDRAWN,
        "derniere-minute": S.NOT_SUBMITTED,
        "pont-du-lac": S.NOT_SUBMITTED,
    }
    assert (call.state, call.frozen_at) == (CallState.CLOSED, script.CLOSES + timedelta(seconds=60))
    one_submits_twice_and_the_second_version_counts()
    the_late_attempt_is_written_down_and_moves_nothing()
    a_deliberation_that_follows_is_promised_and_told_by_the_receipt()
    letters_carry_business_dates()
    the_journal_says_that_it_was_a_rehearsal()
    every_file_was_opened_before_the_next_one_came()


def one_submits_twice_and_the_second_version_counts() -> None:
    versions = candidacy("tisserands").submissions.order_by("version")
    assert [version.arrived_at for version in versions] == list(player("tisserands").submits)
    assert versions[0].digest != versions[1].digest


def the_late_attempt_is_written_down_and_moves_nothing() -> None:
    attempt = LateAttempt.objects.get()
    assert (attempt.candidacy, attempt.lateness, attempt.code) == (candidacy("derniere-minute"), 3.0, "too_late")
    assert attempt.candidacy.submissions.count() == 0


def a_deliberation_that_follows_is_promised_and_told_by_the_receipt() -> None:
    receipt = candidacy("boucles-aure").submissions.get().receipt
    assert [(p["requirement"], p["promised_on"]) for p in receipt.says["promises"]] == [("deliberation", "2018-12-14")]


def letters_carry_business_dates() -> None:
    receipts = Letter.objects.filter(kind="submission_receipt", address=player("atelier-francilien").email)
    assert [letter.written_at for letter in receipts] == list(player("atelier-francilien").submits)
    assert "30 novembre 2018 à 15 h 20" in receipts[0].text.replace("\u00a0", " ")
    reminders = Letter.objects.filter(kind="draft_reminder", address=player("pont-du-lac").email).order_by("written_at")
    assert [script.CLOSES - letter.written_at for letter in reminders] == [
        timedelta(days=7),
        timedelta(days=2),
        timedelta(days=1),
        timedelta(hours=3),
    ]
    assert Letter.objects.filter(written_at__year__gt=2018).count() == 0


def the_journal_says_that_it_was_a_rehearsal() -> None:
    lines = CandidacyLine.objects.values_list("origin", flat=True)
    assert {*lines, *CallLine.objects.values_list("origin", flat=True)} == {"répétition"}


def every_file_was_opened_before_the_next_one_came() -> None:
    assert set(Document.objects.values_list("state", "verdict")) == {("readable", "")}
    assert Document.objects.filter(pages__isnull=True).count() == 0


def test_some_candidacies_came_by_mail_and_an_officer_typed_them_in() -> None:
    timeline.register("applications", applications_rehearsal.part(only=12))
    playing.start()

    by_mail = Candidacy.objects.filter(provenance=Provenance.EMAIL)
    authors = {row.journal.get(act="signal").actor_label for row in by_mail}
    assert authors == {"Nadia Benali <nadia.benali@equipe.example>"}


def test_somebody_who_rehearses_may_do_it_in_their_place() -> None:
    playing.start()
    submitted_now("atelier-francilien")

    playing.jump("closed", asked_at=datetime.now(PARIS))

    assert candidacy("atelier-francilien").state == S.FROZEN
    assert candidacy("atelier-francilien").submissions.count() == 1


def test_a_database_with_a_candidacy_it_did_not_make_is_refused() -> None:
    a_signalled(a_call())

    with pytest.raises(Refusal) as refusal:
        playing.start()

    assert (refusal.value.code, Candidacy.objects.count()) == ("used_database", 1)


def test_no_letter_waits_for_a_nudge_that_would_flood_the_broker(django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks() as callbacks:  # type: ignore[operator] # a fixture that is a function
        playing.start()

    assert callbacks == []


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="once is enough, and this is what `make run` does")
def test_sixty_structures_play_the_whole_funnel(caplog: pytest.LogCaptureFixture) -> None:
    timeline.register("applications", applications_rehearsal.part())
    timeline.register("juries", juries_rehearsal.part())
    caplog.set_level("INFO", logger="hubs_portal.rehearsal.playing")
    found, results = {}, {}
    playing.start("opening")
    for moment in [moment.key for moment in timeline.moments()][1:]:
        playing.jump(moment, asked_at=datetime.now(PARIS))
        found[moment], results[moment] = states(), Letter.objects.filter(kind="result").count()

    over = {S.NOT_SUBMITTED: 16, S.WITHDRAWN: 2}
    excluded = {S.INADMISSIBLE: 4, S.INELIGIBLE: 3, S.NOT_SHORTLISTED: 15}
    assert found == {
        "start": {S.DRAFTING: 43, S.SUBMITTED: 11, S.SIGNALLED: 2, S.WITHDRAWN: 1},
        "eve": {S.DRAFTING: 37, S.SUBMITTED: 17, S.SIGNALLED: 4, S.WITHDRAWN: 2},
        "last_minutes": {S.SUBMITTED: 39, S.DRAFTING: 15, S.SIGNALLED: 4, S.WITHDRAWN: 2},
        "closed": {S.FROZEN: 42, **over},
        "examination": {
            **over,
            S.FROZEN: 14,
            S.INCOMPLETE: 6,
            S.ADMISSIBLE: 6,
            S.ELIGIBLE: 7,
            S.SHORTLISTED: 8,
            S.INELIGIBLE: 1,
        },
        "hearings": {
            **over,
            S.FROZEN: 3,
            S.INCOMPLETE: 5,
            S.ADMISSIBLE: 4,
            S.ELIGIBLE: 4,
            S.ASSESSED: 3,
            S.SHORTLISTED: 8,
            S.HEARD: 7,
            S.INADMISSIBLE: 2,
            S.INELIGIBLE: 1,
            S.NOT_SHORTLISTED: 5,
        },
        "deliberation": {**over, **excluded, S.HEARD: 20},
        "release_eve": {**over, **excluded, S.HEARD: 20},
        "released": {**over, **excluded, S.AWARDED: 11, S.RESERVE: 2, S.NOT_SELECTED: 7},
    }
    assert results == {**dict.fromkeys(found, 0), "released": 45}
    assert caplog.messages == []  # no act was refused by a rule
    the_peak_was_in_the_last_hours()
    every_step_of_the_funnel_was_written_down()
    letters_were_written_to_everybody_concerned()
    the_envelope_goes_to_the_best_and_to_the_indian_ocean()


def the_peak_was_in_the_last_hours() -> None:
    last = Submission.objects.latest_of_each().exclude(candidacy__state=S.WITHDRAWN)
    assert last.filter(arrived_at__gte=script.CLOSES - timedelta(hours=24)).count() == 26
    assert last.filter(arrived_at__gte=script.CLOSES - timedelta(hours=1)).count() == 9
    assert LateAttempt.objects.count() == 1


def every_step_of_the_funnel_was_written_down() -> None:
    steps = dict(Counter(CandidacyLine.objects.values_list("act", flat=True)))
    figures = (
        "signal",
        "freeze",
        "admit",
        "find_eligible",
        "assess",
        "shortlist",
        "hear",
        "award",
        "reserve",
        "reject",
    )
    assert [steps[act] for act in figures] == [60, 42, 38, 35, 35, 20, 20, 11, 2, 7]
    assert [steps[act] for act in ("refuse", "find_ineligible", "set_aside")] == [4, 3, 15]


def letters_were_written_to_everybody_concerned() -> None:
    kinds = dict(Counter(Letter.objects.values_list("kind", flat=True)))
    after = ("completion_request", "completion_received", "eligibility_decision", "not_shortlisted")
    hearings = ("hearing_invitation", "hearing_moved", "hearing_cancelled", "jury_invitation", "dossiers_to_read")
    timed = (
        "completion_reminder",
        "hearing_left",
        "hearing_reminder",
        "juror_reminder",
        "jury_invitation_reminder",
    )
    assert {kind: kinds.get(kind, 0) for kind in after + hearings + timed + ("result",)} == {
        "completion_request": 12,
        "completion_received": 8,
        "eligibility_decision": 94,
        "not_shortlisted": 33,
        "hearing_invitation": 103,  # two for jurors who joined their panel after the convocation
        "hearing_moved": 5,
        "hearing_cancelled": 4,
        "jury_invitation": 11,
        "dossiers_to_read": 38,
        "completion_reminder": 4,
        "hearing_left": 3,
        "hearing_reminder": 25,
        "juror_reminder": 48,
        "jury_invitation_reminder": 0,
        "result": 45,
    }


def the_envelope_goes_to_the_best_and_to_the_indian_ocean() -> None:
    standings = ranking(Jury.objects.get())
    outcomes = dict(Award.objects.values_list("candidacy", "outcome"))
    in_order = [outcomes[row.candidacy.pk] for row in standings]
    assert in_order == ["awarded"] * 10 + ["reserve", "awarded", "reserve"] + ["not_selected"] * 7
    amounts = [amount for amount in Award.objects.values_list("amount", flat=True) if amount]
    assert sum(amounts) == 4_785_000
    assert all(300_000 <= amount <= 500_000 for amount in amounts)
    assert standings[11].candidacy.organisation.name == "L’Escale Numérique"
