"""Juries are constituted by managers; jurors come in by a personal link, sign, and leave."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.enums import Role
from hubs_portal.accounts import links
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from juries.actions import constitution, panels
from juries.enums import SeatRole
from juries.models import Jury, JuryLine, PanelCandidacy, Seat
from tests import builders
from tests.builders.examined import team_of

AT = builders.JURY_TIME
LATER = AT + timedelta(days=1)
pytestmark = pytest.mark.django_db


def test_only_managers_constitute_a_jury() -> None:
    call = builders.a_call()
    (officer,) = team_of(call, Role.OFFICER)

    with pytest.raises(Refusal) as refused:
        constitution.constitute_jury(
            call, name="Jury", charter=constitution.Charter("Charte."), quorum=2, by=officer, at=AT
        )

    assert refused.value.code == "not_on_the_team"
    assert Jury.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"quorum": 0}, {"name": " "}, {"charter": constitution.Charter(" ")}])
def test_a_jury_has_a_name_a_charter_and_a_quorum(wrong: dict[str, object]) -> None:
    call = builders.a_call()

    with pytest.raises(Refusal) as refused:
        builders.a_jury(call, **wrong)  # type: ignore[arg-type]

    assert refused.value.code == "incomplete_jury"


def test_an_invitation_opens_an_account_and_sends_one_letter_with_a_personal_link() -> None:
    jury = builders.a_jury(builders.a_call())

    seat = builders.a_juror(jury, charter=False)

    letter = Letter.objects.get(recipient=seat.user)
    token = letter.text.split("/jury/invitation/")[1].split("/")[0]
    assert (letter.kind, letter.secret, letter.of_jury.seat) == ("jury_invitation", True, seat)
    assert links.read("seat", token) == seat.pk
    assert not seat.user.has_usable_password()


def test_somebody_who_has_an_account_keeps_it() -> None:
    jury, known = builders.a_jury(builders.a_call()), builders.a_user()

    seat = constitution.invite_juror(
        jury, email=known.email.upper(), name="Un autre nom", by=builders.the_manager(jury), at=AT
    )

    assert (seat.user, User.objects.get(pk=known.pk).name) == (known, known.name)


def test_a_jury_has_one_chair_and_nobody_sits_twice() -> None:
    jury = builders.a_jury(builders.a_call())
    chair = builders.a_chair(jury)

    with pytest.raises(Refusal) as second:
        builders.a_chair(jury)
    with pytest.raises(Refusal) as twice:
        constitution.invite_juror(jury, email=chair.user.email, name="", by=builders.the_manager(jury), at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(jury=jury, user=builders.a_user(), role=SeatRole.CHAIR, invited_at=AT)

    assert (second.value.code, twice.value.code, jury.seats.count()) == ("chair_taken", "already_seated", 1)


def test_a_charter_is_signed_once_as_it_stood() -> None:
    jury = builders.a_jury(builders.a_call())
    seat = builders.a_juror(jury, charter=False)

    signed = constitution.sign_charter(seat, at=LATER)
    again = constitution.sign_charter(seat, at=LATER + timedelta(days=1))

    assert (signed.accepted_at, again.charter_signed_at, again.charter_digest) == (LATER, LATER, jury.charter_digest)
    assert JuryLine.objects.filter(act="sign_charter").count() == 1


def test_who_declines_no_longer_sits_and_may_be_asked_again() -> None:
    jury = builders.a_jury(builders.a_call())
    seat = builders.a_juror(jury, charter=False)

    constitution.decline_invitation(seat, reason="Indisponible.", at=AT)

    assert list(Seat.objects.of(seat.user)) == []
    with pytest.raises(Refusal):
        constitution.sign_charter(seat, at=AT)
    again = constitution.invite_juror(jury, email=seat.user.email, name="", by=builders.the_manager(jury), at=LATER)
    assert (again.pk, again.invited_at, again.charter_signed_at) == (seat.pk, LATER, None)
    assert Letter.objects.filter(kind="jury_invitation").count() == 2


def test_dossiers_are_announced_once_per_assignment_to_those_who_signed() -> None:
    call = builders.a_call()
    candidacies = builders.some_shortlisted(call, 2)
    jury = builders.a_jury(call, scores_due_on=date(2018, 12, 8))
    sworn, newcomer = builders.a_juror(jury), builders.a_juror(jury, charter=False)

    builders.a_panel(jury, [sworn, newcomer], candidacies)

    letter = Letter.objects.get(kind="dossiers_to_read")
    assert letter.address == sworn.user.email
    assert "2 dossiers vous sont confiés" in letter.text
    assert "8 décembre 2018" in letter.text.replace("\u00a0", " ")

    constitution.sign_charter(newcomer, at=LATER)

    assert Letter.objects.filter(kind="dossiers_to_read").count() == 2


def test_a_candidacy_belongs_to_one_panel_and_an_assignment_is_all_or_nothing() -> None:
    call = builders.a_call()
    first, second = builders.some_shortlisted(call, 2)
    jury = builders.a_jury(call)
    builders.a_panel(jury, [builders.a_juror(jury)], [first])
    other = builders.a_panel(jury, [builders.a_juror(jury)])

    with pytest.raises(Refusal) as refused:
        panels.assign(other, [first, second], by=builders.the_manager(jury), at=AT)

    assert (refused.value.code, len(refused.value.items)) == ("misplaced", 1)
    assert list(PanelCandidacy.objects.values_list("candidacy", flat=True)) == [first.pk]


def test_a_candidacy_of_another_call_is_not_assigned() -> None:
    (candidacy,) = builders.some_shortlisted(builders.a_call())
    jury = builders.a_jury(builders.a_call(closes_at=builders.CLOSES + timedelta(days=400)))

    with pytest.raises(Refusal) as refused:
        builders.a_panel(jury, [], [candidacy])

    assert refused.value.code == "misplaced"
