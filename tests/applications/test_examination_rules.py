"""What an examination may not do: decide around a colleague, go on without a word, exclude while time runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from applications.actions import checklist, screening
from applications.actions.checklist import Tick
from applications.enums import CandidacyState, CheckVerdict, ExclusionStage, Role
from applications.models import Candidacy, CandidacyLine, CompletionRequest, Exclusion, ScreeningCheck
from applications.rules.examination import proposed_due
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests import builders
from tests.builders.examined import AFTER, a_frozen_call, team_of

LATER = AFTER + timedelta(days=8)


@pytest.fixture
def candidacy(db: None) -> Candidacy:
    (frozen,) = a_frozen_call(builders.a_call())
    return frozen


@pytest.fixture
def officer(candidacy: Candidacy) -> User:
    return team_of(candidacy.call, Role.OFFICER)[0]


@pytest.fixture
def colleague(candidacy: Candidacy) -> User:
    return team_of(candidacy.call, Role.MANAGER)[0]


def everything(candidacy: Candidacy) -> tuple[str, int, int, int, int]:
    """What a refused act must leave as it was."""
    state = Candidacy.objects.get(pk=candidacy.pk).state
    rows = (CandidacyLine, Letter, ScreeningCheck, Exclusion)
    return (state, *(model._default_manager.count() for model in rows))  # type: ignore[return-value]


def refused(candidacy: Candidacy, act: Callable[[], object]) -> str:
    before = everything(candidacy)
    with pytest.raises(Refusal) as refusal:
        act()
    assert everything(candidacy) == before
    return refusal.value.code


def an_exclusion(candidacy: Candidacy, by: User, stage: ExclusionStage = ExclusionStage.ADMISSIBILITY) -> Exclusion:
    return screening.propose_exclusion(candidacy, stage=stage, rule="Article 3", reason="Hors champ.", by=by, at=AFTER)


def a_request(candidacy: Candidacy, by: User) -> CompletionRequest:
    accounts = candidacy.call.requirements.get(code="accounts")
    return screening.request_completion(candidacy, {accounts: "Exercice 2017."}, due_at=LATER, by=by, at=AFTER)


def test_nobody_decides_around_an_exclusion_that_waits_for_a_colleague(
    candidacy: Candidacy, officer: User, colleague: User
) -> None:
    an_exclusion(candidacy, officer)

    assert refused(candidacy, lambda: screening.admit(candidacy, by=colleague, at=AFTER)) == "exclusion_pending"
    assert refused(candidacy, lambda: a_request(candidacy, colleague)) == "exclusion_pending"


def test_nobody_finds_eligible_what_a_colleague_proposes_to_exclude(
    candidacy: Candidacy, officer: User, colleague: User
) -> None:
    screening.admit(candidacy, by=officer, at=AFTER)
    an_exclusion(candidacy, officer, ExclusionStage.ELIGIBILITY)

    assert refused(candidacy, lambda: screening.find_eligible(candidacy, by=colleague, at=AFTER)) == "exclusion_pending"


def test_going_on_in_spite_of_a_negative_line_is_explained(candidacy: Candidacy, officer: User) -> None:
    screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, comment="Non signé.", by=officer, at=AFTER)

    assert refused(candidacy, lambda: screening.admit(candidacy, note=" ", by=officer, at=AFTER)) == "unexplained"
    screening.admit(candidacy, note="Signé en séance.", by=officer, at=AFTER)

    assert candidacy.journal.get(act="admit").note == "Signé en séance."


def test_a_negative_line_of_form_does_not_ask_twice_for_an_explanation(candidacy: Candidacy, officer: User) -> None:
    screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, comment="Non signé.", by=officer, at=AFTER)
    screening.admit(candidacy, note="Signé en séance.", by=officer, at=AFTER)

    screening.find_eligible(candidacy, by=officer, at=AFTER)

    assert Candidacy.objects.get().state == CandidacyState.ELIGIBLE


def test_a_negative_condition_is_explained_before_finding_eligible(candidacy: Candidacy, officer: User) -> None:
    screening.tick(candidacy, "families", CheckVerdict.NO, comment="Pas d’acteur privé.", by=officer, at=AFTER)
    screening.admit(candidacy, by=officer, at=AFTER)

    assert refused(candidacy, lambda: screening.find_eligible(candidacy, by=officer, at=AFTER)) == "unexplained"


def test_a_candidate_is_not_excluded_while_their_time_runs(candidacy: Candidacy, officer: User) -> None:
    a_request(candidacy, officer)
    just_before = LATER - timedelta(microseconds=1)
    given = {"stage": ExclusionStage.ADMISSIBILITY, "rule": "Article 3", "reason": "Comptes absents.", "by": officer}

    assert refused(candidacy, lambda: screening.propose_exclusion(candidacy, at=just_before, **given)) == "time_runs"  # type: ignore[arg-type]
    screening.propose_exclusion(candidacy, at=LATER, **given)  # type: ignore[arg-type]

    assert Exclusion.objects.count() == 1


def test_a_document_sent_after_the_decision_was_told_moves_nothing(candidacy: Candidacy, officer: User) -> None:
    request = a_request(candidacy, officer)
    screening.admit(candidacy, by=officer, at=AFTER)
    screening.find_eligible(candidacy, by=officer, at=AFTER)
    member, file = candidacy.members.get(), builders.a_file(builders.a_pdf("Comptes"))

    code = refused(candidacy, lambda: screening.complete(member, request.items.get(), file, name="c.pdf", at=AFTER))

    assert code == "answered"
    assert request.items.filter(stored__isnull=True).count() == 1


def test_a_checklist_does_not_change_once_the_examination_is_over(candidacy: Candidacy, officer: User) -> None:
    screening.admit(candidacy, by=officer, at=AFTER)
    screening.find_eligible(candidacy, by=officer, at=AFTER)

    code = refused(candidacy, lambda: screening.tick(candidacy, "budget", CheckVerdict.YES, by=officer, at=AFTER))

    assert code == "examined"


# --- several lines at once


def a_tick(code: str, verdict: CheckVerdict, comment: str = "", seen: tuple[str, str] = ("", "")) -> Tick:
    return Tick(code=code, label=code, verdict=verdict, comment=comment, seen=seen)


def test_only_lines_that_differ_are_written(candidacy: Candidacy, officer: User, colleague: User) -> None:
    screening.tick(candidacy, "budget", CheckVerdict.YES, by=colleague, at=AFTER)

    written = checklist.tick_lines(
        candidacy,
        [a_tick("budget", CheckVerdict.YES), a_tick("missions", CheckVerdict.NA)],
        by=officer,
        at=AFTER,
    )

    assert written == 1
    assert {(c.code, c.verdict, c.checked_by) for c in ScreeningCheck.objects.all()} == {
        ("budget", "yes", colleague),
        ("missions", "na", officer),
    }


def test_a_stale_page_writes_over_nobody(candidacy: Candidacy, officer: User, colleague: User) -> None:
    screening.tick(candidacy, "budget", CheckVerdict.NO, comment="Écart.", by=colleague, at=AFTER)
    ticks = [a_tick("missions", CheckVerdict.YES), a_tick("budget", CheckVerdict.YES)]

    code = refused(candidacy, lambda: checklist.tick_lines(candidacy, ticks, by=officer, at=AFTER))

    assert code == "overtaken"


def test_what_was_seen_may_be_replaced(candidacy: Candidacy, officer: User, colleague: User) -> None:
    screening.tick(candidacy, "budget", CheckVerdict.NO, comment="Écart.", by=colleague, at=AFTER)

    checklist.tick_lines(candidacy, [a_tick("budget", CheckVerdict.YES, seen=("no", "Écart."))], by=officer, at=AFTER)

    check = ScreeningCheck.objects.get()
    assert (check.verdict, check.comment, check.checked_by) == ("yes", "", officer)


# --- when a completion is due


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (datetime(2018, 12, 3, 9, tzinfo=UTC), datetime(2018, 12, 11, 16, tzinfo=UTC)),  # a Tuesday
        (datetime(2018, 12, 7, 9, tzinfo=UTC), datetime(2018, 12, 17, 16, tzinfo=UTC)),  # not a Saturday: Monday
        (datetime(2018, 12, 17, 9, tzinfo=UTC), datetime(2018, 12, 26, 16, tzinfo=UTC)),  # not Christmas
        (datetime(2018, 7, 2, 9, tzinfo=UTC), datetime(2018, 7, 10, 15, tzinfo=UTC)),  # 17:00 in summer too
    ],
)
def test_the_date_proposed_is_a_working_day_at_five_in_paris(asked: datetime, due: datetime) -> None:
    assert proposed_due(asked) == due
