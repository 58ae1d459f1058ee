"""Examination: nothing is read before the closing, nobody is excluded by one person, what is missing is asked for."""

from datetime import timedelta

import pytest

from applications.actions import screening
from applications.enums import CandidacyState, CheckVerdict, ExclusionStage, Role
from applications.models import Candidacy, CompletionRequest, Exclusion, Member, ScreeningCheck
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests import builders
from tests.builders.examined import AFTER, a_frozen_call, team_of

RULE, REASON = "Règlement, article 3", "La structure n’est pas une personne morale."


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def common_ground() -> Candidacy:
    (frozen,) = a_frozen_call(builders.a_call())
    return frozen


@pytest.fixture
def candidacy(ground: Candidacy) -> Candidacy:
    return ground


def state(candidacy: Candidacy) -> tuple[str, str]:
    row = Candidacy.objects.get(pk=candidacy.pk)
    return row.state, row.notified_state


def test_nobody_examines_before_the_list_is_frozen() -> None:
    call = builders.a_call()
    member = builders.a_signalled(call)
    builders.a_submission(member)
    (officer,) = team_of(call, Role.OFFICER)

    with pytest.raises(Refusal) as refusal:
        screening.admit(member.candidacy, by=officer, at=builders.NOW)

    assert refusal.value.code == "sealed"
    assert state(member.candidacy) == (CandidacyState.SUBMITTED, CandidacyState.SUBMITTED)


@pytest.mark.parametrize("who", ["another call's officer", "an observer", "the superuser"])
def test_only_the_team_of_the_call_examines(candidacy: Candidacy, who: str) -> None:
    user = {
        "another call's officer": lambda: team_of(builders.a_call(), Role.OFFICER)[0],
        "an observer": lambda: candidacy.call.team.create(user=builders.a_user(), role=Role.OBSERVER).user,
        "the superuser": lambda: builders.a_user(is_staff=True, is_superuser=True),
    }[who]()

    with pytest.raises(Refusal) as refusal:
        screening.admit(candidacy, by=user, at=AFTER)

    assert refusal.value.code == "not_on_the_team"
    assert state(candidacy)[0] == CandidacyState.FROZEN


def test_admitting_tells_the_candidate_nothing_yet(candidacy: Candidacy) -> None:
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    letters = Letter.objects.count()

    screening.admit(candidacy, by=officer, at=AFTER)

    assert state(candidacy) == (CandidacyState.ADMISSIBLE, CandidacyState.SUBMITTED)
    assert Letter.objects.count() == letters


def test_a_line_is_ticked_with_who_and_why(candidacy: Candidacy) -> None:
    (officer,) = team_of(candidacy.call, Role.OFFICER)

    screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, comment="Non signé.", by=officer, at=AFTER)
    screening.tick(candidacy, "piece:mandate", CheckVerdict.YES, by=officer, at=AFTER)

    check = ScreeningCheck.objects.get()
    assert (check.code, check.verdict, check.comment, check.checked_by) == ("piece:mandate", "yes", "", officer)
    assert list(candidacy.journal.filter(act="tick").values_list("note", flat=True)) == ["Non signé.", ""]


def test_a_negative_line_must_be_explained(candidacy: Candidacy) -> None:
    (officer,) = team_of(candidacy.call, Role.OFFICER)

    with pytest.raises(Refusal) as refusal:
        screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, comment="  ", by=officer, at=AFTER)

    assert refusal.value.code == "no_comment"
    assert ScreeningCheck.objects.count() == 0


def test_an_exclusion_needs_a_colleague_and_then_the_candidate_has_the_reason(candidacy: Candidacy) -> None:
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    manager = team_of(candidacy.call, Role.MANAGER)[0]
    exclusion = screening.propose_exclusion(
        candidacy, stage=ExclusionStage.ADMISSIBILITY, rule=RULE, reason=REASON, by=officer, at=AFTER
    )
    assert state(candidacy)[0] == CandidacyState.FROZEN
    with pytest.raises(Refusal) as refusal:
        screening.confirm_exclusion(exclusion, by=officer, at=AFTER)
    assert refusal.value.code == "same_officer"

    screening.confirm_exclusion(exclusion, by=manager, at=AFTER)

    assert state(candidacy) == (CandidacyState.INADMISSIBLE, CandidacyState.INADMISSIBLE)
    letters = Letter.objects.filter(kind="eligibility_decision").order_by("pk")
    assert {letter.address for letter in letters} == {
        Member.objects.get(candidacy=candidacy).email,
        "presidence@exemple.invalid",
    }
    for letter in letters:
        assert RULE in letter.text
        assert REASON in letter.text
        assert "retenue" not in letter.subject


def test_a_dropped_exclusion_leaves_the_examination_going(candidacy: Candidacy) -> None:
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    exclusion = screening.propose_exclusion(
        candidacy, stage=ExclusionStage.ADMISSIBILITY, rule=RULE, reason=REASON, by=officer, at=AFTER
    )

    screening.drop_exclusion(exclusion, by=team_of(candidacy.call, Role.MANAGER)[0], at=AFTER)

    with pytest.raises(Refusal):
        screening.confirm_exclusion(exclusion, by=team_of(candidacy.call, Role.MANAGER)[0], at=AFTER)
    assert state(candidacy)[0] == CandidacyState.FROZEN
    assert Exclusion.objects.filter(confirmed_at__isnull=False).count() == 0


def test_missing_documents_are_asked_for_received_and_acknowledged(candidacy: Candidacy) -> None:
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    member = candidacy.members.get()
    accounts = candidacy.call.requirements.get(code="accounts")
    due_at = AFTER + timedelta(days=8)
    request = screening.request_completion(candidacy, {accounts: "Exercice 2017."}, due_at=due_at, by=officer, at=AFTER)
    assert state(candidacy) == (CandidacyState.INCOMPLETE, CandidacyState.INCOMPLETE)
    assert Letter.objects.filter(kind="completion_request").count() == 1

    screening.complete(
        member,
        request.items.get(),
        builders.a_file(builders.a_pdf("Comptes 2017")),
        name="comptes.pdf",
        at=due_at - timedelta(microseconds=1),
    )

    request = CompletionRequest.objects.get()
    assert request.answered_at == due_at - timedelta(microseconds=1)
    assert Letter.objects.filter(kind="completion_received").count() == 1
    screening.admit(candidacy, by=officer, at=due_at)
    assert state(candidacy)[0] == CandidacyState.ADMISSIBLE


def test_a_document_that_comes_too_late_moves_nothing(candidacy: Candidacy) -> None:
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    accounts = candidacy.call.requirements.get(code="accounts")
    due_at = AFTER + timedelta(days=8)
    request = screening.request_completion(candidacy, {accounts: "Exercice 2017."}, due_at=due_at, by=officer, at=AFTER)

    with pytest.raises(Refusal) as refusal:
        screening.complete(
            candidacy.members.get(), request.items.get(), builders.a_file(builders.a_pdf("x")), name="x.pdf", at=due_at
        )

    assert refusal.value.code == "too_late"
    assert request.items.filter(stored__isnull=True).count() == 1
