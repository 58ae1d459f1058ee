"""« Mon jury »: where one lands, what to do next, the agenda, the letters, the ranking, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from juries.actions import attendance, scoring
from juries.models import Jury, ScoreSheet, Seat
from tests import builders
from tests.builders import TimedClient
from tests.builders.juries import HEARING_TIME, JURY_TIME
from tests.builders.jurors import JuryAtWork, as_juror, page

pytestmark = pytest.mark.django_db


def next_step(client: TimedClient, seat: Seat) -> str:
    client.force_login(seat.user)
    (mandate,) = client.get(page("juror_desk")).context["mandates"]
    return mandate.next.url if mandate.next else ""


def states(client: TimedClient) -> list[str]:
    (mandate,) = client.get(page("juror_desk")).context["mandates"]
    return [card.state for card in mandate.cards]


def test_after_signing_in_everybody_lands_at_their_own_desk(client: TimedClient) -> None:
    jury = builders.a_jury(builders.a_call())
    juror, nobody = builders.a_juror(jury, charter=False), builders.a_user()
    manager, root = builders.the_manager(jury), builders.a_user(is_superuser=True, is_staff=True)

    landed = {}
    for name, user in {"juror": juror.user, "nobody": nobody, "manager": manager, "root": root}.items():
        client.force_login(user)
        landed[name] = client.get(page("entrance")).headers["Location"]

    assert landed == {
        "juror": page("juror_desk"),
        "nobody": page("desk"),
        "manager": page("admin:index"),
        "root": page("admin:index"),
    }


def test_the_navigation_shows_the_jury_to_its_members_alone(
    client: TimedClient, django_assert_num_queries: Any
) -> None:
    jury = builders.a_jury(builders.a_call())
    juror = builders.a_juror(jury)

    shown = {}
    for name, user in {"anonymous": None, "juror": juror.user, "root": builders.a_user(is_superuser=True)}.items():
        client.logout()
        if user:
            client.force_login(user)
        shown[name] = 'href="/jury/"' in client.get(page("legal")).content.decode()
    client.logout()
    with django_assert_num_queries(2):  # the clock, and the service to telephone
        client.get(page("legal"))

    assert shown == {"anonymous": False, "juror": True, "root": False}


def test_each_step_of_a_mandate_calls_for_the_next(client: TimedClient) -> None:
    world = JuryAtWork(candidacies=1)
    seat, number = world.seats[0], world.mine.number
    client.at(JURY_TIME)
    newcomer = builders.a_juror(world.jury, charter=False)
    assert next_step(client, newcomer) == page("juror_charter", newcomer.pk)
    assert next_step(client, seat) == page("juror_declarations", seat.pk)
    assert states(client) == ["undeclared"]

    builders.without_ties(*world.seats)
    assert (next_step(client, seat), states(client)) == (page("juror_dossier", number), ["to_read"])

    builders.a_locked_sheet(seat, world.mine, "4 3 2")
    assert (next_step(client, seat), states(client)) == ("", ["locked"])

    hearing = builders.a_convened(world.panel, world.mine)
    assert next_step(client, seat) == page("juror_hearing", hearing.pk)

    over = hearing.slot.ends_at
    attendance.hold_hearing(hearing, present=world.seats, by=world.manager, at=over)
    scoring.reopen_after_hearing(hearing, by=world.manager, at=over)
    client.at(over)
    assert (next_step(client, seat), states(client)) == (page("juror_sheet", number), ["reopened"])

    sheet = ScoreSheet.objects.get(seat=seat, stage="after")
    scoring.sign_sheet(sheet, at=over)
    assert (next_step(client, seat), states(client)) == ("", ["signed"])


def test_scores_that_are_late_are_said_to_be(client: TimedClient) -> None:
    world = JuryAtWork(candidacies=1, jurors=1)
    builders.without_ties(*world.seats)
    Jury.objects.filter(pk=world.jury.pk).update(scores_due_on=JURY_TIME.date())

    on_the_day = as_juror(client, world.seats[0]).get(page("juror_desk")).content.decode()
    after = client.at(JURY_TIME + timedelta(days=1)).get(page("juror_desk")).content.decode()

    assert ("En retard" in on_the_day, "En retard" in after) == (False, True)


@pytest.mark.parametrize("n", [1, 30])
def test_the_desk_costs_the_same_for_one_dossier_and_for_thirty(
    client: TimedClient, n: int, django_assert_num_queries: Any
) -> None:
    world = JuryAtWork(candidacies=n, jurors=1)
    seat = world.seats[0]
    builders.without_ties(seat)
    for candidacy in world.candidacies:
        scoring.open_sheet(seat, candidacy, at=JURY_TIME)
    as_juror(client, seat)

    with django_assert_num_queries(9):
        assert client.get(page("juror_desk")).status_code == 200
    with django_assert_num_queries(10):
        assert client.get(page("juror_declarations", seat.pk)).status_code == 200


def test_the_agenda_the_room_and_the_calendar_say_the_same(
    client: TimedClient, django_assert_max_num_queries: Any
) -> None:
    world = JuryAtWork(candidacies=1)
    seat, other = world.seats
    builders.without_ties(*world.seats, world.stranger)
    builders.a_locked_sheet(seat, world.mine, "4 3 2")
    builders.a_locked_sheet(other, world.mine, "1 1 1")
    hearing = builders.a_convened(world.panel, world.mine)
    as_juror(client, seat)

    with django_assert_max_num_queries(10):
        agenda = client.get(page("juror_hearings"))
    with django_assert_max_num_queries(15):
        room = client.get(page("juror_hearing", hearing.pk))
    event = Calendar.from_ical(client.get(page("juror_hearing_calendar", hearing.pk)).content).walk("VEVENT")[0]

    assert [[e.hearing for e in those] for _day, those in agenda.context["days"]] == [[hearing]]
    assert [part.minutes for part in room.context["parts"]] == [15, 20, 10]
    assert [seat.pk for seat in room.context["panel"]] == [s.pk for s in world.seats]
    assert [score.value for _c, score in room.context["lines"]] == [4, 3, 2]
    assert (event["uid"], event.decoded("dtstart"), event.decoded("dtend")) == (
        f"{hearing.uid}@hubs.invalid",
        hearing.slot.starts_at,
        hearing.slot.ends_at,
    )
    as_juror(client, world.stranger)
    assert client.get(page("juror_hearings")).context["days"] == []
    for name in ("juror_hearing", "juror_hearing_calendar"):
        assert client.get(page(name, hearing.pk)).status_code == 404


def test_letters_are_ones_own_and_personal_links_stay_in_the_mailbox(client: TimedClient) -> None:
    world = JuryAtWork(candidacies=1)
    builders.a_convened(world.panel, world.mine)
    seat, other = world.seats
    as_juror(client, seat)

    listed = list(client.get(page("juror_letters")).context["page_obj"])
    pages = {letter.kind: client.get(page("juror_letter", letter.pk)) for letter in listed}
    theirs = other.letters.first()
    assert theirs

    assert sorted(pages) == ["dossiers_to_read", "hearing_invitation", "jury_invitation"]
    assert {r.status_code for r in pages.values()} == {200}
    assert pages["jury_invitation"].context["text"] == ""
    (enclosed,) = pages["hearing_invitation"].context["attachments"]
    served = client.get(page("juror_letter_attachment", enclosed.letter_id, enclosed.pk))
    assert b"BEGIN:VCALENDAR" in b"".join(served.streaming_content)
    assert client.get(page("juror_letter", theirs.letter_id)).status_code == 404


def test_the_ranking_shows_what_one_has_finished(client: TimedClient, django_assert_max_num_queries: Any) -> None:
    world = JuryAtWork()
    first, second = world.seats
    builders.a_scored_candidacy(world.panel, world.mine, {first: "5 5 5", second: "3 3 3"})
    as_juror(client, first).at(HEARING_TIME)

    with django_assert_max_num_queries(15):
        rows = client.get(page("juror_ranking", first.pk)).context["rows"]

    assert [(row.candidacy, row.rank, row.shown, row.voters) for row in rows] == [(world.mine, 1, 80, 2)]
    assert client.get(page("juror_ranking", second.pk)).status_code == 404
