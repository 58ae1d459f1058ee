"""Deliberation: reasons, quorum, envelope, two signatures, minutes."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications.enums import CandidacyState, Outcome, Role
from applications.models import Award, Call, Candidacy
from hubs_portal.journal import broken_lines
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from juries.actions import deliberation, interests
from juries.enums import DeliberationState
from juries.models import Decision, Deliberation, DeliberationSignature, JuryLine, Minutes
from juries.selectors.deliberation import granted, overlaps, to_decide
from tests import builders
from tests.builders.examined import team_of

LATER = builders.HEARING_TIME + timedelta(days=30)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


class World:
    """A jury that heard and scored two candidacies, an open deliberation, a chair and two managers."""

    def __init__(self) -> None:
        self.call = builders.a_call(envelope=Decimal(400_000))
        self.first, self.second = builders.some_shortlisted(self.call, 2)
        self.jury = builders.a_jury(self.call)
        self.chair = builders.a_chair(self.jury)
        self.seats = [builders.a_juror(self.jury) for _ in range(2)]
        self.panel = builders.a_panel(self.jury, [], [self.first, self.second], listeners=self.seats)
        builders.a_scored_candidacy(self.panel, self.first, {self.seats[0]: "5 4 3", self.seats[1]: "4 4 4"})
        builders.a_scored_candidacy(self.panel, self.second, {self.seats[0]: "3 3 3", self.seats[1]: "3 1 3"})
        self.manager, self.other_manager = team_of(self.call, Role.MANAGER)
        self.session = deliberation.open_deliberation(self.jury, by=self.manager, at=LATER)

    def decide(self, candidacy: Candidacy, amount: int | None = None) -> Decision:
        return deliberation.record_decision(
            self.session,
            candidacy,
            outcome=Outcome.AWARDED if amount else Outcome.NOT_SELECTED,
            amount=Decimal(amount) if amount else None,
            reasons="Le jury en est convenu.",
            by=self.chair.user,
            at=LATER,
        )

    def settled(self) -> Deliberation:
        self.decide(self.first, 200_000)
        self.decide(self.second)
        return deliberation.settle(self.session, by=self.chair.user, at=LATER)


def common_ground() -> World:
    return World()


@pytest.fixture
def world(ground: World) -> World:
    return ground


def traces(world: World) -> tuple[object, ...]:
    """Everything a signature would move."""
    return (
        Deliberation.objects.get().state,
        Minutes.objects.count(),
        Award.objects.count(),
        list(Candidacy.objects.order_by("pk").values_list("state", flat=True)),
        JuryLine.objects.count(),
    )


def test_a_decision_is_reasoned_and_only_an_award_has_an_amount(world: World) -> None:
    wrong: list[dict[str, Any]] = [
        {"outcome": Outcome.AWARDED, "amount": None, "reasons": "Oui."},
        {"outcome": Outcome.AWARDED, "amount": Decimal(0), "reasons": "Oui."},
        {"outcome": Outcome.AWARDED, "amount": Decimal(-5), "reasons": "Oui."},
        {"outcome": Outcome.RESERVE, "amount": Decimal(5), "reasons": "Oui."},
        {"outcome": Outcome.RESERVE, "amount": None, "reasons": " "},
    ]
    for said in wrong:
        with pytest.raises(Refusal):
            deliberation.record_decision(world.session, world.first, by=world.manager, at=LATER, **said)
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                deliberation=world.session,
                candidacy=world.first,
                decided_by=world.manager,
                decided_at=LATER,
                **{**said, "reasons": said["reasons"].strip()},
            )

    assert Decision.objects.count() == 0


def test_a_decision_takes_the_place_of_the_one_before(world: World) -> None:
    world.decide(world.first, 100_000)
    world.decide(world.first, 150_000)

    assert [(d.candidacy, d.amount) for d in Decision.objects.all()] == [(world.first, Decimal(150_000))]
    assert granted(world.session) == Decimal(150_000)


def test_jurors_and_superusers_decide_nothing(world: World) -> None:
    for somebody in (world.seats[0].user, builders.a_user(is_superuser=True), team_of(world.call, Role.OFFICER)[0]):
        with pytest.raises(Refusal) as refused:
            deliberation.record_decision(
                world.session, world.first, outcome=Outcome.RESERVE, reasons="Non.", by=somebody, at=LATER
            )
        assert refused.value.code == "not_leading"


def test_settling_lists_candidacies_without_a_decision(world: World) -> None:
    world.decide(world.first, 100_000)

    with pytest.raises(Refusal) as refused:
        deliberation.settle(world.session, by=world.chair.user, at=LATER)

    assert [str(item) for item in refused.value.items] == [f"{world.second.number} n’a pas de décision."]
    assert Deliberation.objects.get().state == DeliberationState.OPEN


def test_settling_lists_candidacies_whose_recusals_left_no_quorum(world: World) -> None:
    interests.recuse(world.seats[0], world.second, reason="Lien.", by=world.manager, at=LATER)
    world.decide(world.first, 100_000)
    world.decide(world.second)

    with pytest.raises(Refusal) as refused:
        deliberation.settle(world.session, by=world.chair.user, at=LATER)

    assert [str(item).replace("\u00a0", " ") for item in refused.value.items] == [
        f"{world.second.number} : 1 votant, le quorum est de 2."
    ]


def test_an_envelope_exceeded_needs_a_reason_and_one_met_exactly_needs_none(world: World) -> None:
    world.decide(world.first, 400_000)
    world.decide(world.second, 1)
    with pytest.raises(Refusal) as refused:
        deliberation.settle(world.session, by=world.chair.user, at=LATER)
    assert (refused.value.code, len(refused.value.items)) == ("not_ready", 1)

    with_reason = deliberation.settle(world.session, by=world.chair.user, at=LATER, envelope_reason="Reliquat promis.")

    assert (with_reason.state, with_reason.envelope_reason) == (DeliberationState.SETTLED, "Reliquat promis.")
    deliberation.resume(with_reason, reason="Trop.", by=world.chair.user, at=LATER)
    world.decide(world.second)
    exactly = deliberation.settle(world.session, by=world.chair.user, at=LATER)
    assert (granted(world.session), exactly.envelope_reason) == (Decimal(400_000), "")


def test_territories_that_two_awards_would_share_are_named(world: World) -> None:
    world.decide(world.first, 100_000)
    assert overlaps(world.session) == {}

    world.decide(world.second, 100_000)

    numbers = sorted([world.first.number, world.second.number])
    assert overlaps(world.session) == {"Ain": numbers, "Allier": numbers}


def test_settled_decisions_do_not_change_until_the_deliberation_is_taken_up_again(world: World) -> None:
    settled = world.settled()
    with pytest.raises(Refusal) as refused:
        world.decide(world.first, 1)
    assert refused.value.code == "settled"

    deliberation.resume(settled, reason="Erreur de montant.", by=world.chair.user, at=LATER)

    assert world.decide(world.first, 1).amount == 1


def test_one_person_cannot_sign_twice(world: World) -> None:
    settled = world.settled()
    deliberation.sign_deliberation(settled, by=world.chair.user, at=LATER)
    before = traces(world)

    with pytest.raises(Refusal) as refused:
        deliberation.sign_deliberation(settled, by=world.chair.user, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliberationSignature.objects.create(
            deliberation=settled, rank=2, user=world.chair.user, capacity="x", signed_at=LATER
        )

    assert refused.value.code == "same_signatory"
    assert traces(world) == before
    assert before[:3] == (DeliberationState.SETTLED, 0, 0)


def test_only_the_chair_and_managers_sign(world: World) -> None:
    settled = world.settled()

    with pytest.raises(Refusal) as refused:
        deliberation.sign_deliberation(settled, by=world.seats[0].user, at=LATER)

    assert refused.value.code == "not_leading"
    assert DeliberationSignature.objects.count() == 0


def test_nothing_is_signed_before_it_is_settled_nor_taken_up_again_once_signed(world: World) -> None:
    with pytest.raises(Refusal):
        deliberation.sign_deliberation(world.session, by=world.chair.user, at=LATER)
    settled = world.settled()
    deliberation.sign_deliberation(settled, by=world.chair.user, at=LATER)

    with pytest.raises(Refusal) as refused:
        deliberation.resume(settled, reason="Encore.", by=world.manager, at=LATER)

    assert refused.value.code == "signed"


def test_the_second_signature_produces_the_minutes_and_hands_the_decisions_over_under_embargo(world: World) -> None:
    settled = world.settled()
    deliberation.sign_deliberation(settled, by=world.chair.user, at=LATER)
    letters = Letter.objects.count()

    signed = deliberation.sign_deliberation(settled, by=world.manager, at=LATER + timedelta(hours=1))

    assert (signed.state, signed.signed_at) == (DeliberationState.SIGNED, LATER + timedelta(hours=1))
    assert dict(Award.objects.values_list("candidacy", "amount")) == {
        world.first.pk: Decimal(200_000),
        world.second.pk: None,
    }
    assert set(Candidacy.objects.filter(award__isnull=False).values_list("state", flat=True)) == {CandidacyState.HEARD}
    assert Letter.objects.count() == letters
    assert list(to_decide(signed)) == []


def test_the_minutes_say_who_sat_who_stayed_out_how_it_was_scored_and_who_signed(world: World) -> None:
    interests.recuse(world.chair, world.second, reason="Lien familial.", by=world.manager, at=LATER)
    world.decide(world.first, 200_000)
    deliberation.record_decision(
        world.session, world.second, outcome=Outcome.RESERVE, reasons="À revoir.", by=world.manager, at=LATER
    )
    settled = deliberation.settle(world.session, by=world.chair.user, at=LATER)
    for signatory in (world.chair.user, world.manager):
        deliberation.sign_deliberation(settled, by=signatory, at=LATER)

    says = Minutes.objects.get().says

    assert [member["role"] for member in says["composition"]] == ["chair", "juror", "juror"]
    assert [(r["name"], r["candidacy"], r["reason"]) for r in says["recusals"]] == [
        (world.chair.user.name, world.second.number, "Lien familial.")
    ]
    assert {tuple(hearing["present"]) for hearing in says["hearings"]} == {tuple(s.user.name for s in world.seats)}
    assert [(row["candidacy"], row["rank"], row["score"], row["voters"]) for row in says["ranking"]] == [
        (world.first.number, 1, "81.50", 2),
        (world.second.number, 2, "53.00", 2),
    ]
    assert says["ranking"][1]["spreads"] == {"territory": "0.0", "network": "2.0", "economy": "0.0"}
    assert {d["candidacy"]: (d["outcome"], d["amount"]) for d in says["decisions"]} == {
        world.first.number: ("awarded", "200000.00"),
        world.second.number: ("reserve", ""),
    }
    assert [s["capacity"] for s in says["signatures"]] == ["présidence du jury", "responsable"]
    assert "4 3" not in json.dumps(says)


def test_minutes_and_signatures_cannot_be_rewritten(world: World) -> None:
    settled = world.settled()
    for signatory in (world.manager, world.other_manager):
        deliberation.sign_deliberation(settled, by=signatory, at=LATER)

    for rows in (Minutes.objects.all(), DeliberationSignature.objects.all(), JuryLine.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()

    assert broken_lines(JuryLine) == []


def test_a_candidacy_not_heard_yet_keeps_the_list_open() -> None:
    call: Call = builders.a_call()
    (candidacy,) = builders.some_shortlisted(call)
    jury = builders.a_jury(call)
    builders.a_panel(jury, [builders.a_juror(jury) for _ in range(2)], [candidacy])
    manager = builders.the_manager(jury)
    session = deliberation.open_deliberation(jury, by=manager, at=LATER)

    with pytest.raises(Refusal) as refused:
        deliberation.settle(session, by=manager, at=LATER)

    assert [str(item) for item in refused.value.items] == [f"{candidacy.number} n’a pas encore été auditionnée."]
