"""A problem reported: written down once, at its second, told to those who may answer, and answered."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import incidents
from applications.actions.membership import remove
from applications.enums import IncidentState, Rights, Role
from applications.models import CallLetter, Candidacy, CandidacyLetter, CandidacyLine, Incident, Member, TeamMember
from applications.selectors.messages import letters_of
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests.builders import CLOSES, NOW, TimedClient, a_call, a_manager, a_signalled, a_siret, a_user, an_invited, joined
from tests.builders.examined import team_of

pytestmark = pytest.mark.django_db
AT_1658 = CLOSES - timedelta(minutes=2)


def a_problem(member: Member, happened: str = "Le bouton ne répond pas.", at: datetime = AT_1658) -> Incident:
    return incidents.report_problem(member, happened=happened, doing="Je déposais.", arrived_at=at)


def counts() -> dict[str, int]:
    """Letters by kind, the first of every candidacy aside."""
    kinds = Letter.objects.exclude(kind="signalling").values_list("kind", flat=True)
    return {kind: list(kinds).count(kind) for kind in set(kinds)}


def enter(client: TimedClient, member: Member) -> None:
    assert member.user
    client.force_login(member.user)


def page(name: str, *args: object) -> str:
    return reverse(name, args=args)


# ---------------------------------------------------------------- reporting


def test_a_problem_is_written_down_with_a_letter_to_its_author_and_one_to_each_officer_and_manager() -> None:
    member = a_signalled(a_call())
    call = member.candidacy.call
    TeamMember.objects.create(call=call, user=a_user(), role=Role.OBSERVER)

    incident = a_problem(member)

    assert (incident.number, incident.state, incident.reported_at, incident.closes_at, incident.is_in_time) == (
        f"{member.candidacy.number}-1",
        IncidentState.OPEN,
        AT_1658,
        CLOSES,
        True,
    )
    assert counts() == {"problem_received": 1, "incident_alert": 3}
    working = {member.user.email for member in call.team.exclude(role=Role.OBSERVER).select_related("user")}
    assert set(Letter.objects.filter(kind="incident_alert").values_list("address", flat=True)) == working
    assert CallLetter.objects.filter(call=call, candidacy=member.candidacy).count() == 3
    line = CandidacyLine.objects.filter(subject=member.candidacy).latest("sequence")
    assert (line.act, line.actor_label, line.details) == (
        "report_problem",
        member.actor.label,
        {"incident": incident.number},
    )
    assert Candidacy.objects.get(pk=member.candidacy_id).state == "signalled"


def test_the_letter_says_the_second_the_local_hour_and_that_the_clock_goes_on() -> None:
    member = a_signalled(a_call(), territories=["971"])

    a_problem(member, at=AT_1658 + timedelta(seconds=7))

    letter = Letter.objects.get(kind="problem_received")
    text = letter.text.replace("\u00a0", " ")
    for words in (
        "16 h 58 min 07 s (heure de Paris)",
        "Heure locale, Guadeloupe : vendredi 30 novembre 2018 à 11 h 58.",
        "n’arrête pas l’heure",
        "01 99 00 20 18",
        "Le bouton ne répond pas.",
        f"{member.candidacy.number}-1",
    ):
        assert words in text
    assert letters_of(member.candidacy)[0] == letter


def test_after_the_closing_the_letter_says_that_it_is_no_submission() -> None:
    incident = a_problem(a_signalled(a_call()), at=CLOSES)

    text = Letter.objects.get(kind="problem_received").text
    assert incident.is_in_time is False
    assert "Il ne vaut pas dépôt" in text
    assert (Incident.objects.in_time().count(), Incident.objects.after_closing().count()) == (0, 1)


def test_the_same_words_sent_twice_are_one_problem_until_it_is_answered() -> None:
    member = a_signalled(a_call())

    first, again = a_problem(member), a_problem(member, at=AT_1658 + timedelta(seconds=1))

    assert (first, Incident.objects.count(), counts()) == (again, 1, {"problem_received": 1, "incident_alert": 3})
    officer = team_of(member.candidacy.call, Role.OFFICER)[0]
    incidents.answer_problem(first, text="Réessayez.", by=officer, at=AT_1658)
    assert a_problem(member, at=AT_1658 + timedelta(minutes=1)).rank == 2


@pytest.mark.parametrize("happened", ["", "  \n "])
def test_nothing_said_leaves_no_trace(happened: str) -> None:
    member = a_signalled(a_call())

    with pytest.raises(Refusal, match="ce qui arrive"):
        a_problem(member, happened)

    assert (Incident.objects.count(), counts()) == (0, {})


def test_a_sixth_problem_in_an_hour_is_refused_with_the_telephone_and_leaves_no_trace() -> None:
    member = a_signalled(a_call())
    for n in range(5):
        a_problem(member, f"Problème {n}", at=AT_1658 + timedelta(seconds=n))

    with pytest.raises(Refusal, match="téléphonez"):
        a_problem(member, "Encore", at=AT_1658 + timedelta(minutes=1))

    assert (Incident.objects.count(), counts()["incident_alert"]) == (5, 15)
    assert a_problem(member, "Encore", at=AT_1658 + timedelta(hours=1, seconds=5)).rank == 6


def test_somebody_taken_off_the_dossier_reports_nothing_on_it() -> None:
    contact = joined(a_signalled(a_call()))
    colleague = an_invited(contact)
    remove(contact, colleague, at=NOW)

    with pytest.raises(Member.DoesNotExist):
        a_problem(colleague)

    assert Incident.objects.count() == 0


# ---------------------------------------------------------------- the candidate's pages


def test_a_contact_without_account_reports_a_problem_in_one_post_at_1658(client: TimedClient) -> None:
    call = a_call()
    client.post(page("signal", call.slug), _signal_form(client, call.slug))
    member = Member.objects.get()
    address = page("problem", member.candidacy.number)
    client.at(AT_1658)

    shown = client.get(address)
    posted = client.post(address, {"happened": "La page est blanche.", "doing": ""})
    twice = client.post(address, {"happened": "La page est blanche.", "doing": ""})

    assert shown.status_code == 200
    assert posted.url == twice.url == page("problem_reported", member.candidacy.number, 1)
    assert Incident.objects.get().author.endswith("(adresse non confirmée)")
    said = client.get(posted.url).content.decode()
    assert f"{member.candidacy.number}-1" in said
    assert "16 h 58 min 00 s" in said.replace("\u00a0", " ")


def _signal_form(client: TimedClient, slug: str) -> dict[str, str]:
    token = client.get(page("signal", slug)).context["form"].initial["token"]
    return {
        "siret": a_siret(77),
        "name": "Association",
        "legal_form": "association",
        "contact_name": "Dominique",
        "contact_email": "dominique@exemple.invalid",
        "token": token,
    }


@pytest.mark.parametrize(("typed", "status"), [({"happened": " "}, 422), ({"happened": "x" * 4001}, 422), ({}, 422)])
def test_what_cannot_be_taken_is_kept_on_the_page_with_why(
    client: TimedClient, typed: dict[str, str], status: int
) -> None:
    member = a_signalled(a_call(), user=a_user())
    enter(client, member)

    answer = client.post(page("problem", member.candidacy.number), {"doing": "Je gardais ceci.", **typed})

    assert (answer.status_code, Incident.objects.count()) == (status, 0)
    assert "Je gardais ceci." in answer.content.decode()


def test_a_refused_flood_keeps_what_was_typed(client: TimedClient) -> None:
    member = a_signalled(a_call(), user=a_user())
    enter(client, member)
    for n in range(5):
        a_problem(member, f"Problème {n}", at=NOW)

    answer = client.post(page("problem", member.candidacy.number), {"happened": "Un sixième problème."})

    assert answer.status_code == 409
    assert "Un sixième problème." in answer.content.decode()
    assert "téléphonez" in answer.content.decode()


def test_a_problem_is_read_by_those_of_its_dossier_only(client: TimedClient, another_client: TimedClient) -> None:
    call = a_call()
    member, rival = a_signalled(call, user=a_user()), a_signalled(call, user=a_user())
    viewer = joined(an_invited(member, rights=Rights.VIEW))
    a_problem(member)
    addresses = [page("problem", member.candidacy.number), page("problem_reported", member.candidacy.number, 1)]

    for user, status in (
        (member.user, 200),
        (viewer.user, 200),
        (rival.user, 404),
        (team_of(call, Role.MANAGER)[0], 404),
    ):
        assert user
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [status, status]
    assert [another_client.get(address).status_code for address in addresses] == [302, 302]
    enter(client, rival)
    assert client.post(addresses[0], {"happened": "Chez un autre."}).status_code == 404
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("instant", [NOW, CLOSES + timedelta(hours=2)])
def test_the_page_is_reached_from_the_desk_and_the_dossier_before_and_after_the_closing(
    client: TimedClient, instant: datetime
) -> None:
    member = a_signalled(a_call(), user=a_user())
    enter(client, member)
    client.at(instant)

    address = page("problem", member.candidacy.number)
    for shown in (page("desk"), page("dossier", member.candidacy.number)):
        assert f'href="{address}"' in client.get(shown).content.decode()


def test_its_pages_cost_fifteen_queries_at_most(client: TimedClient, django_assert_max_num_queries: object) -> None:
    member = a_signalled(a_call(), user=a_user())
    enter(client, member)
    for n in range(5):
        a_problem(member, f"Problème {n}")

    for address in (page("problem", member.candidacy.number), page("problem_reported", member.candidacy.number, 1)):
        with django_assert_max_num_queries(15):  # type: ignore[operator] # a fixture without a type
            assert client.get(address).status_code == 200


# ---------------------------------------------------------------- answering


def test_an_officer_answers_and_the_answer_leaves_to_whoever_reported_it() -> None:
    member = a_signalled(a_call())
    incident = a_problem(member)
    officer = team_of(member.candidacy.call, Role.OFFICER)[0]

    incidents.answer_problem(incident, text="Réessayez dans une minute.", by=officer, at=AT_1658)

    letter = Letter.objects.get(kind="problem_answered")
    assert (letter.address, "Réessayez dans une minute." in letter.text) == (member.email, True)
    assert CandidacyLetter.objects.get(letter=letter).candidacy == member.candidacy
    assert Incident.objects.get().state == IncidentState.ANSWERED
    assert CandidacyLine.objects.filter(subject=member.candidacy).latest("sequence").act == "answer_problem"


def test_when_whoever_reported_it_left_the_dossier_its_contact_has_the_answer() -> None:
    contact = joined(a_signalled(a_call()))
    colleague = an_invited(contact)
    incident = a_problem(colleague)
    remove(contact, colleague, at=AT_1658)

    incidents.answer_problem(incident, text="Réglé.", by=team_of(contact.candidacy.call, Role.OFFICER)[0], at=AT_1658)

    assert Letter.objects.get(kind="problem_answered").address == contact.email


def test_a_colleague_s_answer_is_read_before_another_leaves() -> None:
    incident = a_problem(a_signalled(a_call()))
    officer = team_of(incident.candidacy.call, Role.OFFICER)[0]
    incidents.answer_problem(incident, text="Première.", by=officer, at=AT_1658, seen=0)

    with pytest.raises(Refusal, match="Un collègue"):
        incidents.answer_problem(incident, text="Seconde.", by=officer, at=AT_1658, seen=0)

    assert counts()["problem_answered"] == 1
    incidents.answer_problem(incident, text="Seconde.", by=officer, at=AT_1658, seen=1)
    assert counts()["problem_answered"] == 2


def test_a_closed_problem_is_no_more_answered_and_closing_writes_to_nobody() -> None:
    incident = a_problem(a_signalled(a_call()))
    officer = team_of(incident.candidacy.call, Role.OFFICER)[0]
    before = counts()

    with pytest.raises(Refusal, match="pourquoi"):
        incidents.close_problem(incident, by=officer, at=AT_1658, note=" ")
    incidents.close_problem(incident, by=officer, at=AT_1658, note="Réglé par téléphone.")
    with pytest.raises(Refusal, match="clos"):
        incidents.answer_problem(incident, text="Trop tard.", by=officer, at=AT_1658)

    assert (Incident.objects.get().state, counts()) == (IncidentState.CLOSED, before)


def test_observers_strangers_and_superusers_answer_nothing() -> None:
    incident = a_problem(a_signalled(a_call()))
    observer = TeamMember.objects.create(call=incident.candidacy.call, user=a_user(), role=Role.OBSERVER).user
    before = counts()

    for user in (observer, a_manager(a_call()), a_user(is_superuser=True)):
        with pytest.raises(Refusal, match="équipe"):
            incidents.answer_problem(incident, text="Non.", by=user, at=AT_1658)
        with pytest.raises(Refusal, match="équipe"):
            incidents.close_problem(incident, by=user, at=AT_1658, note="Non.")

    assert (Incident.objects.get().state, counts()) == (IncidentState.OPEN, before)


# ---------------------------------------------------------------- the office


def an_observer(incident: Incident) -> User:
    user = a_user(is_staff=True)
    TeamMember.objects.create(call=incident.candidacy.call, user=user, role=Role.OBSERVER)
    return user


def test_the_office_lists_the_problems_of_its_calls_and_filters_them(client: TimedClient) -> None:
    call = a_call()
    early, late = a_problem(a_signalled(call)), a_problem(a_signalled(call), at=CLOSES)
    elsewhere = a_problem(a_signalled(a_call()))
    officer = team_of(call, Role.OFFICER)[0]
    incidents.answer_problem(early, text="Fait.", by=officer, at=AT_1658)
    client.force_login(officer)
    address = page("admin:applications_incident_changelist")

    def shown(query: str) -> list[bool]:
        text = client.get(f"{address}?{query}").content.decode()
        return [f">{incident.number}<" in text for incident in (early, late, elsewhere)]

    assert shown("") == [True, True, False]
    assert shown("state=open") == [False, True, False]
    assert shown("when=before") == [True, False, False]
    assert shown("when=after") == [False, True, False]
    assert client.get(page("admin:applications_incident_change", elsewhere.pk)).status_code == 404


def test_the_list_costs_the_same_for_one_problem_and_for_thirty(client: TimedClient) -> None:
    call = a_call()
    members = [a_signalled(call) for _ in range(8)]
    a_problem(members[0], "Le premier")
    client.force_login(team_of(call, Role.OFFICER)[0])
    addresses = [page("admin:applications_incident_changelist"), page("admin:index")]

    def cost() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    cost()
    one = cost()
    for n in range(29):
        a_problem(members[n % 8], f"Problème {n}")

    assert cost() == one
    assert one[0] <= 15
    assert one[1] <= 25


def test_from_its_page_an_officer_answers_then_closes_and_an_observer_only_reads(client: TimedClient) -> None:
    incident = a_problem(a_signalled(a_call()))
    address = page("admin:applications_incident_change", incident.pk)
    client.force_login(an_observer(incident))
    read, refused = client.get(address), client.post(address, {"act": "answer", "answer": "Non.", "seen": "0"})

    client.force_login(team_of(incident.candidacy.call, Role.OFFICER)[0])
    empty = client.post(address, {"act": "answer", "answer": " ", "seen": "0"})
    answered = client.post(address, {"act": "answer", "answer": "Réessayez.", "seen": "0"})
    stale = client.post(address, {"act": "answer", "answer": "Gardé.", "seen": "0"})
    closed = client.post(address, {"act": "close", "reason": "Fini."})
    shown = client.get(address).content.decode()

    assert [r.status_code for r in (read, refused, empty, answered, stale, closed)] == [200, 404, 422, 302, 409, 302]
    assert "Envoyer la réponse" not in read.content.decode()
    assert "Gardé." in stale.content.decode()
    assert "Fini." in shown
    assert "Envoyer la réponse" not in shown
    assert counts()["problem_answered"] == 1
    assert client.post(address, {"act": "other"}).status_code == 404


def test_open_problems_stand_on_the_morning_s_page_by_age(client: TimedClient) -> None:
    call = a_call()
    incident = a_problem(a_signalled(call), at=NOW - timedelta(hours=3))
    client.force_login(team_of(call, Role.OFFICER)[0])

    shown = client.get(page("admin:index")).content.decode().replace("\u00a0", " ")
    incidents.answer_problem(incident, text="Fait.", by=team_of(call, Role.OFFICER)[0], at=NOW)
    then = client.get(page("admin:index")).content.decode()

    assert "1 problème signalé sans réponse" in shown
    assert "depuis 3 heures" in shown
    assert "problème signalé sans réponse" not in then
