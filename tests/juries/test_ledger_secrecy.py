"""The ledger tells of no recusal: neither by a juror's letter that is there, nor by one that is missing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter, LetterState
from juries.actions import hearings, interests
from juries.models import Hearing, JuryLetter, Seat
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import AT, Office, sentences

pytestmark = pytest.mark.django_db
LATER = builders.HEARING_TIME + timedelta(days=1)
LEDGER = "admin:hubs_portal_letter_changelist"


def listed(client: TimedClient, user: User, **query: object) -> set[int]:
    client.at(LATER).force_login(user)
    answer = client.get(reverse(LEDGER), query)
    return {letter.pk for letter in answer.context["cl"].result_list}


def addresses() -> list[str]:
    queries = ["", "?kind=hearing_invitation", "?kind=dossiers_to_read", "?state=queued", "?state=failed", "?to=jury"]
    return [reverse(LEDGER) + query for query in queries] + [reverse("admin:hubs_portal_letter_to_tell")]


@pytest.fixture
def office() -> Office:
    made = Office(2)
    builders.without_ties(made.chair, *made.seats)
    return made


def to_jurors() -> set[int]:
    return set(JuryLetter.objects.values_list("letter", flat=True))


def test_an_observer_sees_no_jurors_letter_so_that_none_is_missing(client: TimedClient, office: Office) -> None:
    interests.recuse(office.seats[0], office.first, reason="Lien.", by=office.manager, at=AT)
    builders.a_convened(office.panel, office.first)
    Letter.objects.update(state=LetterState.FAILED)
    (convoked,) = JuryLetter.objects.filter(candidacy=office.first, seat=office.seats[1])

    seen = listed(client, office.observer)

    assert (seen & to_jurors(), len(seen) > 0) == (set(), True)
    for name in ("change", "page"):
        assert client.get(reverse(f"admin:hubs_portal_letter_{name}", args=[convoked.letter_id])).status_code == 404
    pages = "".join(sentences(client.get(address)) for address in [*addresses(), reverse("admin:index")])
    assert [seat.user.email for seat in Seat.objects.all() if seat.user.email in pages] == []


def test_an_observers_ledger_is_the_same_whether_a_juror_stays_out_or_not(client: TimedClient, office: Office) -> None:
    def read() -> list[str]:
        client.at(LATER).force_login(office.observer)
        said = [sentences(client.get(address)) for address in addresses()]
        return [re.sub(r'(nonce|value)="[^"]*"|\d\d:\d\d|\d+ (seconde|minute)s?', "", page) for page in said]

    before = read()
    interests.recuse(office.seats[0], office.first, reason="Lien.", by=office.manager, at=AT)

    assert read() == before


def test_who_works_for_the_call_sees_the_jurors_letters(client: TimedClient, office: Office) -> None:
    builders.a_convened(office.panel, office.first)

    assert to_jurors() <= listed(client, office.officer) == listed(client, office.manager)
    (convoked,) = JuryLetter.objects.filter(candidacy=office.first, seat=office.seats[1])
    shown = client.get(reverse("admin:hubs_portal_letter_change", args=[convoked.letter_id]))
    assert office.first.number in sentences(shown)


def test_a_manager_who_stays_out_of_a_candidacy_sees_no_jurors_letter_about_it(
    client: TimedClient, office: Office
) -> None:
    Seat.objects.filter(pk=office.seats[0].pk).update(user=office.colleague)
    office.seats[0].refresh_from_db()
    interests.recuse(office.seats[0], office.first, reason="Lien.", by=office.manager, at=AT)
    for candidacy in office.candidacies:
        builders.a_convened(office.panel, candidacy)

    seen = listed(client, office.colleague)

    about = {row.letter_id: row.candidacy_id for row in JuryLetter.objects.exclude(candidacy=None)}
    assert {about[pk] for pk in seen & set(about)} == {office.candidacies[1].pk}
    assert listed(client, office.colleague, q=office.first.number) & to_jurors() == set()
    hidden = next(pk for pk, candidacy in about.items() if candidacy == office.first.pk)
    assert client.get(reverse("admin:hubs_portal_letter_change", args=[hidden])).status_code == 404


def test_convening_warns_of_addresses_that_let_the_last_letter_fall(client: TimedClient, office: Office) -> None:
    slot = builders.a_slot(office.panel, at=AT)
    hearings.book_hearing(slot, office.first, by=office.manager, at=AT)
    contact = office.first.members.get(is_contact=True)
    Letter.objects.filter(address=contact.email).update(state=LetterState.FAILED)
    client.at(AT).force_login(office.manager)

    said = sentences(client.get(office.url("convene_all")))

    assert Hearing.objects.count() == 1
    assert f"{office.first.number} – {contact.email} – {contact.phone}" in said
