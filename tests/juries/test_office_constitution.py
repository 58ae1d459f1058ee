"""The office constitutes a jury, changes it while it binds nobody, invites and removes its members."""

from datetime import date
from typing import Any

import pytest

from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from juries.actions import amendment, constitution
from juries.enums import SeatRole, Stage
from juries.models import Jury, JuryLine, Seat
from juries.rules.charter import PROPOSED_EN, PROPOSED_FR
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import AT, Office, page, sentences

pytestmark = pytest.mark.django_db


def given(call_id: int, **changes: Any) -> dict[str, Any]:
    return {
        "call": call_id,
        "name": "Jury national",
        "quorum": 3,
        "ranking_stage": "after",
        "scores_due_on": "2018-12-07",
        "presentation_minutes": 10,
        "questions_minutes": 25,
        "exchange_minutes": 5,
        "charter_fr": "Je m’engage.",
        "charter_en": "I undertake.",
        **changes,
    }


def test_a_manager_constitutes_a_jury_from_a_charter_marked_as_a_proposal(client: TimedClient) -> None:
    call = builders.a_call()
    client.at(AT).force_login(builders.a_manager(call))

    shown = client.get(page("add"))
    answer = client.post(page("add"), given(call.pk))

    jury = Jury.objects.get()
    initial = shown.context["form"].initial
    assert (initial["charter_fr"], initial["charter_en"]) == (PROPOSED_FR, PROPOSED_EN)
    assert "sont des propositions" in sentences(shown)
    assert answer.headers["Location"] == page("change", jury.pk)
    assert (jury.call, jury.name, jury.quorum, jury.scores_due_on) == (call, "Jury national", 3, date(2018, 12, 7))
    assert (jury.presentation_minutes, jury.questions_minutes, jury.exchange_minutes) == (10, 25, 5)
    assert [line.act for line in jury.journal.all()] == ["constitute"]


def test_a_jury_badly_described_keeps_what_was_typed_and_one_of_another_call_is_not_offered(
    client: TimedClient,
) -> None:
    call, other = builders.a_call(), builders.a_call()
    builders.a_jury(call, name="Jury national")
    client.at(AT).force_login(builders.a_manager(call))

    wrong = client.post(page("add"), given(call.pk, presentation_minutes=0, questions_minutes=0))
    taken = client.post(page("add"), given(call.pk))
    elsewhere = client.post(page("add"), given(other.pk))

    assert [wrong.status_code, taken.status_code, elsewhere.status_code] == [422, 409, 422]
    assert "porte déjà ce nom" in sentences(taken)
    assert taken.context["form"]["charter_fr"].value() == "Je m’engage."
    assert Jury.objects.count() == 1


def test_only_managers_constitute_juries(client: TimedClient) -> None:
    call = builders.a_call()
    for user in (builders.an_officer(call), builders.a_user(is_staff=True, is_superuser=True)):
        client.at(AT).force_login(user)
        assert client.get(page("add")).status_code == client.post(page("add"), given(call.pk)).status_code == 403

    assert not Jury.objects.exists()


# ---------------------------------------------------------------- what may change


def test_a_jury_that_binds_nobody_changes_and_the_journal_says_what() -> None:
    jury = builders.a_jury(builders.a_call(), quorum=2)

    amendment.amend_jury(
        jury, {"quorum": 3, "exchange_minutes": 20, "charter_fr": "Autre."}, by=builders.the_manager(jury), at=AT
    )

    jury.refresh_from_db()
    line = jury.journal.latest("sequence")
    assert (jury.quorum, jury.exchange_minutes, jury.charter_fr) == (3, 20, "Autre.")
    assert (line.act, line.details["before"]) == ("amend", {"quorum": 2, "exchange_minutes": 10})
    assert line.details["after"] == {"quorum": 3, "exchange_minutes": 20}
    assert line.details["charter"] == jury.charter_digest


def test_changing_nothing_writes_nothing() -> None:
    jury = builders.a_jury(builders.a_call(), quorum=2)

    amendment.amend_jury(jury, {"quorum": 2, "name": f"{jury.name} "}, by=builders.the_manager(jury), at=AT)

    assert [line.act for line in jury.journal.all()] == ["constitute"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"charter_en": "Other."}, "charter_signed"),
        ({"quorum": 3}, "hearings_convened"),
        ({"ranking_stage": Stage.BEFORE}, "hearings_convened"),
        ({"questions_minutes": 5}, "hearings_convened"),
    ],
)
def test_what_binds_somebody_does_not_change_any_more(change: dict[str, Any], code: str) -> None:
    office = Office(1)
    builders.a_convened(office.panel, office.first)
    before = Jury.objects.filter(pk=office.jury.pk).values().get()

    with pytest.raises(Refusal) as refused:
        amendment.amend_jury(office.jury, {**change, "name": "Autre"}, by=office.manager, at=AT)
    amendment.amend_jury(office.jury, {"scores_due_on": date(2018, 12, 20)}, by=office.manager, at=AT)

    assert refused.value.code == code
    assert Jury.objects.filter(pk=office.jury.pk).values().get() == before | {"scores_due_on": date(2018, 12, 20)}


def test_the_page_locks_what_is_bound_and_a_forged_form_moves_nothing_of_it(client: TimedClient) -> None:
    office = Office(1)
    builders.a_convened(office.panel, office.first)
    client.at(AT).force_login(office.manager)

    shown = client.get(office.url("amend"))
    client.post(office.url("amend"), given(office.call.pk, name="Jury renommé", quorum=9))

    office.jury.refresh_from_db()
    locked = {name for name, field in shown.context["form"].fields.items() if field.disabled}
    assert {"quorum", "charter_fr", "exchange_minutes", "ranking_stage"} <= locked
    assert (office.jury.name, office.jury.quorum) == ("Jury renommé", 2)


def test_an_officer_does_not_amend_a_jury() -> None:
    call = builders.a_call()
    jury = builders.a_jury(call)

    with pytest.raises(Refusal) as refused:
        amendment.amend_jury(jury, {"quorum": 5}, by=builders.an_officer(call), at=AT)

    jury.refresh_from_db()
    assert (refused.value.code, jury.quorum) == ("not_on_the_team", 2)


# ---------------------------------------------------------------- seats


def test_a_manager_invites_the_chair_then_jurors(client: TimedClient) -> None:
    jury = builders.a_jury(builders.a_call())
    client.at(AT).force_login(builders.the_manager(jury))
    typed = {"name": "Ada Présidente", "email": "Ada@Exemple.invalid", "role": "chair", "capacity": "Préfète"}

    answer = client.post(page("invite", jury.pk), {**typed, "language": "en"}, follow=True)
    again = client.post(page("invite", jury.pk), {**typed, "role": "juror", "language": "en"})

    seat = Seat.objects.get()
    assert (seat.role, seat.capacity, seat.user.email, seat.user.language) == (
        SeatRole.CHAIR,
        "Préfète",
        "ada@exemple.invalid",
        "en",
    )
    assert "invitation envoyée" in sentences(answer)
    assert (again.status_code, again.context["form"]["name"].value()) == (409, "Ada Présidente")
    assert Letter.objects.filter(kind="jury_invitation").count() == 1


def test_an_invitation_is_sent_again_until_the_charter_is_signed(client: TimedClient) -> None:
    jury = builders.a_jury(builders.a_call())
    waiting, sworn = builders.a_juror(jury, charter=False), builders.a_juror(jury)
    client.at(builders.HEARING_TIME).force_login(builders.the_manager(jury))

    client.post(page("invite_again", jury.pk, waiting.pk))
    refused = client.post(page("invite_again", jury.pk, sworn.pk), follow=True)

    kept = Letter.objects.filter(kind="jury_invitation")
    assert [kept.filter(address=seat.user.email).count() for seat in (waiting, sworn)] == [2, 1]
    assert "elle siège déjà" in sentences(refused)
    assert JuryLine.objects.filter(act="invite_again").count() == 1


def test_somebody_removed_is_named_with_the_reason_and_may_be_invited_anew(client: TimedClient) -> None:
    jury = builders.a_jury(builders.a_call())
    seat = builders.a_juror(jury)
    client.at(AT).force_login(builders.the_manager(jury))

    silent = client.post(page("remove", jury.pk, seat.pk), {"reason": " "})
    answer = client.post(page("remove", jury.pk, seat.pk), {"reason": "Changement de fonctions."}, follow=True)
    form = client.get(page("invite", jury.pk) + f"?mandat={seat.pk}").context["form"]

    seat.refresh_from_db()
    assert silent.status_code == 422
    assert seat.removed_at == AT
    assert "ne siège plus" in sentences(answer)
    assert "Changement de fonctions." in sentences(answer)
    assert form.initial["email"] == seat.user.email


def test_somebody_who_declined_is_shown_with_their_reason_to_the_team_but_not_to_observers(
    client: TimedClient,
) -> None:
    call = builders.a_call()
    jury = builders.a_jury(call)
    constitution.decline_invitation(builders.a_juror(jury, charter=False), reason="Trop loin.", at=AT)
    observer = builders.a_user(is_staff=True)
    call.team.create(user=observer, role="observer")
    said = {}
    for user in (builders.the_manager(jury), observer):
        client.at(AT).force_login(user)
        said[user] = "Trop loin." in sentences(client.get(page("change", jury.pk)))

    assert list(said.values()) == [True, False]


def test_the_working_page_says_what_waits(client: TimedClient) -> None:
    office = Office(1, scores_due_on=date(2018, 12, 5))
    builders.a_juror(office.jury, charter=False)
    client.at(builders.HEARING_TIME).force_login(office.officer)

    waits = client.get(office.url("change")).context["board"].waits

    assert {wait.kind: wait.n for wait in waits} == {"late": 3, "unheard": 1, "silent": 1}
    assert {wait.kind: wait.is_now for wait in waits} == {"late": True, "unheard": True, "silent": False}


def test_the_journal_says_acts_and_reasons_and_never_a_decision(client: TimedClient) -> None:
    office = Office(1)
    constitution.remove_juror(office.seats[1], reason="Indisponible.", by=office.manager, at=AT)
    client.at(AT).force_login(office.officer)

    answer = client.get(office.url("journal"))

    labels = {event.label for event in answer.context["events"]}
    assert {"jury constitué", "charte signée", "candidatures attribuées", "mandat retiré"} <= labels
    assert "Indisponible." in sentences(answer)
