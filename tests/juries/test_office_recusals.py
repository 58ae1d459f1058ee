"""Observers learn of no recusal: their pages are the same, word for word, whether a juror stays out or not."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from hubs_portal.accounts.models import User
from juries.actions import interests
from juries.models import Hearing
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import AT, Office, sentences

pytestmark = pytest.mark.django_db
LATER = builders.HEARING_TIME + timedelta(days=1)
_CHANGING = re.compile(r'(nonce|value)="[^"]*"|Espace libre[^<]*')
REASON = "Associée de la coopérative."


def pages(office: Office) -> list[str]:
    hearings = Hearing.objects.values_list("pk", flat=True)
    return [
        reverse("admin:index"),
        *(reverse("admin:applications_candidacy_change", args=[row.pk]) for row in office.candidacies),
        *(office.url(name) for name in ("change", "panels", "hearings", "scores")),
        office.url("panel", office.panel.pk),
        *(office.url("hearing", pk) for pk in hearings),
    ]


def read(client: TimedClient, user: User, office: Office) -> dict[str, str]:
    """What each page says, without what changes with every answer, and the room other programs leave on the disk."""
    client.at(builders.HEARING_TIME).force_login(user)
    answers = {address: client.get(address) for address in pages(office)}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: _CHANGING.sub("", sentences(answer)) for address, answer in answers.items()}


@pytest.fixture
def office() -> Office:
    """A candidacy heard and scored, another convened."""
    made = Office(2)
    builders.without_ties(made.chair, *made.seats)
    builders.a_scored_candidacy(made.panel, made.first, dict.fromkeys([made.chair, *made.seats], "4 3.5 2"))
    builders.a_locked_sheet(made.seats[0], made.candidacies[1], "4 4 4")
    builders.a_convened(made.panel, made.candidacies[1])
    return made


def test_an_observer_reads_the_same_pages_whether_a_juror_stays_out_or_not(client: TimedClient, office: Office) -> None:
    before = read(client, office.observer, office)

    for candidacy in office.candidacies:
        interests.recuse(office.seats[0], candidacy, reason=REASON, by=office.manager, at=LATER)

    after = read(client, office.observer, office)
    assert {address for address, said in after.items() if said != before[address]} == set()
    assert [word for said in after.values() for word in ("déport", "Déport", REASON) if word in said] == []


def test_who_works_for_the_call_still_reads_them(client: TimedClient, office: Office) -> None:
    interests.recuse(office.seats[0], office.candidacies[1], reason=REASON, by=office.manager, at=AT)

    told = [address for address, said in read(client, office.officer, office).items() if "déport" in said]

    hearing = Hearing.objects.get(candidacy=office.candidacies[1])
    assert set(told) >= {
        reverse("admin:applications_candidacy_change", args=[office.candidacies[1].pk]),
        office.url("panel", office.panel.pk),
        office.url("hearing", hearing.pk),
        office.url("scores"),
    }


def test_a_juror_kept_out_before_a_hearing_is_for_an_observer_a_member_of_its_panel(
    client: TimedClient, office: Office
) -> None:
    hearing = Hearing.objects.get(candidacy=office.candidacies[1])
    interests.recuse(office.seats[0], office.candidacies[1], reason=REASON, by=office.manager, at=AT)
    client.at(AT).force_login(office.observer)

    shown = client.get(office.url("hearing", hearing.pk))

    assert [seat.pk for seat in shown.context["people"].able] == [office.chair.pk, *(s.pk for s in office.seats)]
