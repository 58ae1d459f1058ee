"""The hearing on the candidate's pages: nothing before the convocation, then when, where, and one answer to give."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from icalendar import Calendar

from applications.actions import membership
from applications.enums import Rights, Role
from applications.models import Candidacy, Member
from hubs_portal.letters.models import Letter
from juries.actions import hearings
from juries.enums import HearingState
from juries.models import Hearing, JuryLine, Panel
from tests import builders
from tests.builders import TimedClient
from tests.builders.examined import a_frozen_call, a_shortlisted, team_of

AT = builders.JURY_TIME
START = builders.HEARING_TIME  # Monday 10 December 2018, 09:00 in Paris
NOW = datetime(2018, 12, 5, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@dataclass
class World:
    """A shortlisted candidacy, the panel that will hear it, and the browser of its contact."""

    candidacy: Candidacy
    panel: Panel
    member: Member
    client: TimedClient

    def url(self, name: str = "hearing") -> str:
        return reverse(name, args=[self.candidacy.number])

    def page(self, name: str = "hearing") -> str:
        return str(self.client.get(self.url(name)).text).replace("\u00a0", " ")

    def convened(self) -> Hearing:
        return builders.a_convened(self.panel, self.candidacy)

    def state(self) -> tuple[str, datetime | None]:
        row = Hearing.objects.get(candidacy=self.candidacy)
        return row.state, row.confirmed_at


def common_ground() -> tuple[Candidacy, Panel, Member]:
    call = builders.a_call()
    member = builders.a_signalled(call)
    builders.a_complete_dossier(member, territories=("971", "01"))
    builders.a_submission(member)
    a_frozen_call(call, submitted=0)
    candidacy = a_shortlisted(Candidacy.objects.get(pk=member.candidacy_id))
    jury = builders.a_jury(call)
    seats = [builders.a_juror(jury) for _ in range(2)]
    panel = builders.a_panel(jury, seats, [candidacy])
    builders.without_ties(*seats)
    return candidacy, panel, builders.joined(member, at=AT)


@pytest.fixture
def world(client: TimedClient, ground: tuple[Candidacy, Panel, Member]) -> World:
    candidacy, panel, member = ground
    assert member.user
    client.force_login(member.user)
    return World(candidacy, panel, member, client.at(NOW))


def missing_from(page: str, *expected: str) -> list[str]:
    return [text for text in expected if text not in page]


def test_a_hearing_only_proposed_does_not_exist_for_the_candidate(world: World) -> None:
    manager = builders.the_manager(world.panel.jury)
    hearings.book_hearing(builders.a_slot(world.panel), world.candidacy, by=manager, at=AT)

    answers = [world.client.get(world.url(name)).status_code for name in ("hearing", "hearing_ics")]

    assert [*answers, world.client.post(world.url()).status_code] == [404, 404, 404]
    assert ["audition/" in world.page(name) for name in ("dossier",)] == [False]
    assert world.state() == (HearingState.PROPOSED, None)


def test_the_convocation_says_when_where_how_long_and_whom_to_call(world: World) -> None:
    world.convened()

    expected = (
        "lundi 10 décembre 2018 à 9 h 00 (heure de Paris)",
        "Heure locale, Guadeloupe : lundi 10 décembre 2018 à 4 h 00.",
        "Salle 2",
        "12, rue de l’Exemple, Paris",
        "15 minutes de présentation, puis 20 minutes de questions.",
        "Vous serez libre à 9 h 35",
        "01 99 00 20 18",
        "Je confirme notre venue",
        world.url("hearing_ics"),
        "AUDITION À CONFIRMER",
    )
    assert missing_from(world.page(), *expected) == []


def test_the_letter_the_dossier_and_the_desk_lead_to_it(world: World) -> None:
    world.convened()

    letter = Letter.objects.get(kind="hearing_invitation", address=world.member.email)
    desk = world.client.get(reverse("desk")).text.replace("\u00a0", " ")
    assert [world.url() in letter.text, f'href="{world.url()}"' in world.page("dossier")] == [True, True]
    assert "Confirmer ma venue le 10 déc. 2018, 9 h 00" in desk
    assert f'href="{world.url()}"' in desk


def test_a_video_hearing_gives_its_link(world: World) -> None:
    where = hearings.Somewhere("Visio A", link="https://visio.exemple.invalid/a")
    manager = builders.the_manager(world.panel.jury)
    (slot,) = hearings.propose_slots(world.panel, [START], where=where, by=manager, at=AT)
    builders.a_convened(world.panel, world.candidacy, slot)

    assert missing_from(world.page(), 'href="https://visio.exemple.invalid/a"', "Essayez le lien") == []


def test_confirming_is_done_once_recorded_and_shown(world: World) -> None:
    world.convened()

    answers = [world.client.post(world.url()) for _ in range(2)]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, world.url())] * 2
    assert world.state() == (HearingState.CONFIRMED, NOW)
    (line,) = JuryLine.objects.filter(act="confirm")
    assert line.actor == world.member.user
    assert missing_from(world.page(), "Venue confirmée le 5 déc. 2018, 10 h 00") == []
    assert "Je confirme notre venue" not in world.page()
    assert "Confirmer ma venue" not in world.client.get(reverse("desk")).text


@pytest.mark.parametrize(("rights", "may"), [(Rights.VIEW, False), (Rights.EDIT, True), (Rights.SUBMIT, True)])
def test_those_the_convocation_was_sent_to_may_answer_it(world: World, rights: Rights, may: bool) -> None:
    world.convened()
    colleague = builders.joined(builders.an_invited(world.member, rights=rights, at=AT), at=AT)
    assert colleague.user
    world.client.force_login(colleague.user)

    shown, answer = world.page(), world.client.post(world.url())

    assert ("Je confirme notre venue" in shown, answer.status_code) == (may, 302 if may else 404)
    assert world.state()[0] == (HearingState.CONFIRMED if may else HearingState.CONVENED)
    assert "lundi 10 décembre 2018" in shown


def test_a_hearing_moved_says_so_and_asks_again(world: World) -> None:
    hearing = world.convened()
    world.client.post(world.url())
    manager, slot = builders.the_manager(world.panel.jury), builders.a_slot(world.panel, START + timedelta(days=1))
    hearings.move(hearing, slot, reason="Une jurée est retenue.", by=manager, at=NOW)

    expected = (
        "Déplacée le 5 décembre 2018",
        "Elle était fixée au lundi 10 décembre 2018 à 9 h 00",
        "Motif : Une jurée est retenue.",
        "mardi 11 décembre 2018 à 9 h 00",
        "Je confirme notre venue",
    )
    assert missing_from(world.page(), *expected) == []


def test_a_hearing_cancelled_says_why_and_leaves_the_calendar(world: World) -> None:
    hearing = world.convened()
    hearings.cancel(hearing, reason="La salle est fermée.", by=builders.the_manager(world.panel.jury), at=NOW)

    shown = world.page()

    assert missing_from(shown, "Votre audition est annulée", "Motif : La salle est fermée.", "Retirer de mon") == []
    assert "Je confirme notre venue" not in shown
    assert "METHOD:CANCEL" in world.client.get(world.url("hearing_ics")).text
    assert (world.client.post(world.url()).status_code, world.state()[0]) == (409, HearingState.CANCELLED)


def test_a_cancelled_hearing_gives_way_to_the_next_convocation(world: World) -> None:
    manager = builders.the_manager(world.panel.jury)
    hearings.cancel(world.convened(), reason="La salle est fermée.", by=manager, at=NOW)
    slot = builders.a_slot(world.panel, START + timedelta(days=2))
    booked = hearings.book_hearing(slot, world.candidacy, by=manager, at=NOW)
    before = world.page()
    hearings.convene(booked, by=manager, at=NOW)

    assert ("Votre audition est annulée" in before, "mercredi 12 décembre" in before) == (True, False)
    assert missing_from(world.page(), "mercredi 12 décembre 2018 à 9 h 00", "Je confirme notre venue") == []


def test_the_calendar_file_is_the_letters_own_event(world: World) -> None:
    hearing = world.convened()

    response = world.client.get(world.url("hearing_ics"))

    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert response.headers["Content-Type"].startswith("text/calendar")
    assert str(event["UID"]).startswith(str(hearing.uid))
    assert [event.decoded(name) for name in ("DTSTART", "DTEND")] == [START, START + timedelta(minutes=35)]


def test_once_its_hour_has_come_there_is_nothing_to_confirm(world: World) -> None:
    world.convened()
    world.client.at(START)

    answer = world.client.post(world.url())

    assert (answer.status_code, world.state()) == (409, (HearingState.CONVENED, None))
    assert "L’heure de l’audition est passée" in answer.text


def test_after_it_the_page_says_what_follows_whatever_was_written_down(world: World) -> None:
    world.convened()
    world.client.at(START + timedelta(minutes=35))

    shown = world.page()

    assert missing_from(shown, "Le jury rend son avis après la dernière audition.", "31 janvier 2019") == []
    assert "Je confirme notre venue" not in shown


@pytest.mark.parametrize("who", ["stranger", "removed", "juror", "officer"])
def test_nobody_else_obtains_the_candidates_page(world: World, who: str) -> None:
    world.convened()
    removed = builders.joined(builders.an_invited(world.member, rights=Rights.SUBMIT, at=AT), at=AT)
    membership.remove(world.member, removed, at=AT)
    stranger = builders.joined(builders.a_signalled(builders.a_call()))
    people = {
        "stranger": stranger.user,
        "removed": removed.user,
        "juror": world.panel.jury.seats.all()[0].user,
        "officer": team_of(world.candidacy.call, Role.OFFICER)[0],
    }
    user = people[who]
    assert user
    world.client.force_login(user)

    answers = [world.client.get(world.url(name)).status_code for name in ("hearing", "hearing_ics")]

    assert [*answers, world.client.post(world.url()).status_code] == [404, 404, 404]
    assert world.state()[0] == HearingState.CONVENED


def test_nobody_signed_in_is_asked_to_sign_in(world: World) -> None:
    world.convened()
    world.client.logout()

    assert [world.client.get(world.url()).status_code, world.client.post(world.url()).status_code] == [302, 401]
    assert world.state()[0] == HearingState.CONVENED


def test_the_page_costs_few_queries(world: World, django_assert_max_num_queries: Any) -> None:
    hearing = world.convened()
    slot = builders.a_slot(world.panel, START + timedelta(days=1))
    hearings.move(hearing, slot, reason="Une jurée.", by=builders.the_manager(world.panel.jury), at=NOW)
    world.page()

    with django_assert_max_num_queries(15):
        world.page()
