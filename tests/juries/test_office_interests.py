"""Interests in the office: a word for each juror and candidacy, ties examined, recusals decided and told apart."""

import pytest
from django.urls import reverse

from juries.actions import hearings, interests
from juries.enums import RecusalOrigin, Verdict
from juries.models import InterestDeclaration, Recusal
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import AT, Office, sentences

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    """The chair has a tie to examine with the first candidacy; a juror stays out of it; the other said nothing."""
    made = Office(1)
    interests.declare_interest(made.chair, made.first, verdict=Verdict.TO_EXAMINE, reason="Mon ancien poste.", at=AT)
    interests.declare_interest(made.seats[0], made.first, verdict=Verdict.RECUSED, reason="Ma sœur.", at=AT)
    return made


def the_tie() -> InterestDeclaration:
    return InterestDeclaration.objects.get(verdict=Verdict.TO_EXAMINE)


def test_declarations_are_a_table_of_words(client: TimedClient, office: Office) -> None:
    client.at(AT).force_login(office.officer)

    answer = client.get(office.url("interests"))

    (table,) = answer.context["tables"]
    words = [[str(mark.word) for mark in marks] for _candidacy, marks in table.rows]
    assert [seat.pk for seat in table.seats] == [office.chair.pk, *(seat.pk for seat in office.seats)]
    assert words == [["lien à examiner", "déport", "rien déclaré"]]
    assert "Mon ancien poste." in sentences(answer)
    assert "Par sa déclaration" in sentences(answer)


def test_an_observer_is_not_told_of_ties_and_follows_no_closed_door(client: TimedClient, office: Office) -> None:
    hearings.book_hearing(builders.a_slot(office.panel), office.first, by=office.manager, at=AT)
    kinds = {}
    for user in (office.officer, office.observer):
        client.at(AT).force_login(user)
        home = sentences(client.get(reverse("admin:index")))
        kinds[user] = [office.url(name) in home for name in ("interests", "convene_all", "scores")]

    assert list(kinds.values()) == [[True, True, True], [False, False, True]]


def test_a_manager_clears_a_tie_with_a_conclusion(client: TimedClient, office: Office) -> None:
    client.at(AT).force_login(office.manager)
    tie = the_tie()

    silent = client.post(office.url("tie_clear", tie.pk), {"clear-reason": ""})
    still = the_tie()
    done = client.post(office.url("tie_clear", tie.pk), {"clear-reason": "Lien éteint depuis 2012."}, follow=True)

    tie.refresh_from_db()
    assert (silent.status_code, still.examined_at) == (422, None)
    assert (tie.verdict, tie.examined_by, tie.examination) == (Verdict.NONE, office.manager, "Lien éteint depuis 2012.")
    assert "Liens levés après examen" in sentences(done)
    assert client.get(office.url("tie", tie.pk)).status_code == 404


def test_a_manager_turns_a_tie_into_a_recusal(client: TimedClient, office: Office) -> None:
    client.at(AT).force_login(office.manager)

    client.post(office.url("tie_recuse", the_tie().pk), {"recuse-reason": "Lien trop récent."})

    kept = Recusal.objects.get(seat=office.chair)
    assert (kept.candidacy, kept.origin, kept.reason) == (office.first, RecusalOrigin.OFFICE, "Lien trop récent.")


def test_somebody_is_recused_directly_and_asking_twice_changes_nothing(client: TimedClient, office: Office) -> None:
    client.at(AT).force_login(office.manager)
    typed = {"seat": office.seats[1].pk, "candidacy": office.first.pk, "reason": "Conseil municipal."}

    for _ in range(2):
        client.post(office.url("recuse"), typed)
    wrong = client.post(office.url("recuse"), {**typed, "reason": ""})

    assert Recusal.objects.filter(seat=office.seats[1]).count() == 1
    assert (wrong.status_code, wrong.context["form"]["seat"].value()) == (422, str(office.seats[1].pk))


def test_whoever_stays_out_of_a_candidacy_reads_no_reason_about_it(client: TimedClient, office: Office) -> None:
    seat = builders.a_juror(office.jury)
    seat.user = office.officer
    seat.save()
    interests.recuse(seat, office.first, reason="Officier recusé.", by=office.manager, at=AT)
    client.at(AT).force_login(office.officer)

    index = sentences(client.get(office.url("interests")))
    journal = sentences(client.get(office.url("journal")))

    for reason in ("Mon ancien poste.", "Ma sœur.", "Officier recusé."):
        assert reason not in index
        assert reason not in journal
    assert client.get(office.url("tie", the_tie().pk)).status_code == 404
