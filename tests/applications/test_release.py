"""The release: one act after a second signature publishes, writes and moves everything, or nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from applications import letters
from applications.actions import conclusion
from applications.enums import CallState, CandidacyState, Outcome, Role
from applications.models import Award, Call, Candidacy, Publication
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests import builders
from tests.builders.examined import AFTER, a_frozen_call, a_heard, team_of

JURY = Actor.machine("jury")


def common_ground() -> list[Candidacy]:
    return [a_heard(candidacy) for candidacy in a_frozen_call(builders.a_call(), submitted=3)]


@pytest.fixture
def heard(ground: list[Candidacy]) -> list[Candidacy]:
    return ground


@pytest.fixture
def managers(heard: list[Candidacy]) -> list[User]:
    return team_of(heard[0].call, Role.MANAGER)


def decide(heard: list[Candidacy], *, amount: int = 400_000) -> None:
    ends = [(Outcome.AWARDED, Decimal(amount)), (Outcome.RESERVE, None), (Outcome.NOT_SELECTED, None)]
    for candidacy, (outcome, granted) in zip(heard, ends, strict=True):
        conclusion.conclude(candidacy, outcome=outcome, amount=granted, reasons="Avis du jury.", by=JURY, at=AFTER)


def everything(call_id: int) -> dict[str, Any]:
    """What a release moves."""
    return {
        "call": Call.objects.get(pk=call_id).state,
        "states": list(Candidacy.objects.order_by("pk").values_list("state", "notified_state")),
        "letters": Letter.objects.filter(kind="result").count(),
        "released": Publication.objects.filter(released_at__isnull=False).count(),
    }


def test_the_outcome_stays_out_of_states_journals_and_letters_until_the_release(heard: list[Candidacy]) -> None:
    before = everything(heard[0].call_id)

    decide(heard)

    assert everything(heard[0].call_id) == before
    for candidacy in heard:
        said = candidacy.journal.order_by("-sequence")[0]
        assert (said.act, said.note, said.details) == ("conclude", "", {})


def test_the_second_signature_releases_everything_at_once(heard: list[Candidacy], managers: list[User]) -> None:
    decide(heard)
    publication = conclusion.request_release(heard[0].call, by=managers[0], at=AFTER)

    conclusion.release_results(publication, by=managers[1], at=AFTER + timedelta(hours=1))

    ends = [CandidacyState.AWARDED, CandidacyState.RESERVE, CandidacyState.NOT_SELECTED]
    assert everything(heard[0].call_id) == {
        "call": CallState.RELEASED,
        "states": [(end, end) for end in ends],
        "letters": 6,  # the contact and the legal representative of each
        "released": 1,
    }


def test_the_request_of_somebody_who_left_the_team_is_no_first_signature(
    heard: list[Candidacy], managers: list[User]
) -> None:
    decide(heard)
    publication = conclusion.request_release(heard[0].call, by=managers[0], at=AFTER)
    heard[0].call.team.filter(user=managers[0]).delete()
    before = everything(heard[0].call_id)

    with pytest.raises(Refusal) as refusal:
        conclusion.release_results(publication, by=managers[1], at=AFTER)

    assert refusal.value.code == "asker_left"
    assert everything(heard[0].call_id) == before


def test_the_manager_who_asked_does_not_sign(heard: list[Candidacy], managers: list[User]) -> None:
    decide(heard)
    publication = conclusion.request_release(heard[0].call, by=managers[0], at=AFTER)
    before = everything(heard[0].call_id)

    with pytest.raises(Refusal) as refusal:
        conclusion.release_results(publication, by=managers[0], at=AFTER)

    assert refusal.value.code == "same_manager"
    assert everything(heard[0].call_id) == before


def test_a_release_that_fails_half_way_leaves_nothing(
    heard: list[Candidacy], managers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(heard)
    publication = conclusion.request_release(heard[0].call, by=managers[0], at=AFTER)
    before = everything(heard[0].call_id)
    whole, written = letters.result, []

    def fails_at_the_third(candidacy: Candidacy, award: Award, **kwargs: Any) -> None:
        written.append(candidacy)
        if len(written) == 3:
            raise OSError("no space left on device")
        whole(candidacy, award, **kwargs)

    monkeypatch.setattr(letters, "result", fails_at_the_third)
    with pytest.raises(OSError, match="no space"):
        conclusion.release_results(publication, by=managers[1], at=AFTER)

    assert everything(heard[0].call_id) == before


def test_a_release_is_not_asked_for_while_a_candidacy_is_undecided(
    heard: list[Candidacy], managers: list[User]
) -> None:
    with pytest.raises(Refusal) as refusal:
        conclusion.request_release(heard[0].call, by=managers[0], at=AFTER)

    assert [str(item) for item in refusal.value.items] == [
        f"{candidacy.number}\u00a0: auditionnée, sans issue." for candidacy in heard
    ]
    assert Publication.objects.count() == 0


def test_grants_never_exceed_the_envelope(heard: list[Candidacy], managers: list[User]) -> None:
    decide(heard, amount=5_000_001)

    with pytest.raises(Refusal) as refusal:
        conclusion.request_release(heard[0].call, by=managers[0], at=AFTER)

    assert refusal.value.code == "not_ready"


def test_once_the_release_is_asked_for_no_outcome_changes(heard: list[Candidacy], managers: list[User]) -> None:
    decide(heard)
    conclusion.request_release(heard[0].call, by=managers[0], at=AFTER)

    with pytest.raises(Refusal) as refusal:
        decide(heard, amount=1)

    assert refusal.value.code == "release_requested"
    assert Award.objects.get(outcome=Outcome.AWARDED).amount == Decimal(400_000)


def test_the_public_page_shows_the_award_and_the_reserve_and_nobody_else(
    heard: list[Candidacy], managers: list[User]
) -> None:
    decide(heard)
    publication = conclusion.request_release(heard[0].call, by=managers[0], at=AFTER)

    conclusion.release_results(publication, by=managers[1], at=AFTER)

    shown = conclusion.published_results(heard[0].call)
    assert [line["structure"] for line in shown["awarded"]] == [heard[0].organisation.name]
    assert shown["awarded"][0]["amount"] == "400000.00"
    assert [line["structure"] for line in shown["reserve"]] == [heard[1].organisation.name]
