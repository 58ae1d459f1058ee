import pytest

from applications.enums import CandidacyState as S
from applications.workflow import CANDIDACY
from hubs_portal.workflow import StepRefused, Workflow


def test_a_step_leads_where_the_table_says() -> None:
    step = CANDIDACY.step("submit", S.DRAFTING)

    assert (step.target, step.notified_by) == (S.SUBMITTED, "submission_receipt")


def test_a_step_the_table_does_not_allow_is_refused_with_the_present_state() -> None:
    with pytest.raises(StepRefused) as refusal:
        CANDIDACY.step("award", S.DRAFTING)

    assert refusal.value.code == "wrong_state"
    assert "en préparation" in str(refusal.value)


def test_every_state_but_the_first_is_reached_by_a_step() -> None:
    reached = {step.target for step in CANDIDACY}

    assert set(S) - reached == {S.SIGNALLED}


def test_a_step_is_written_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Workflow(("open", {S.SIGNALLED}, S.DRAFTING, None), ("open", {S.DRAFTING}, S.SUBMITTED, None))
