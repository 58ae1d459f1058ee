"""Scores in the office: states until a sheet is finished, marks only then, and never to whoever stays out."""

import pytest
from django.urls import reverse

from juries.actions import interests, panels, scoring
from juries.enums import Verdict
from juries.models import Seat
from juries.selectors.visible import sheets_open_to_office
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import AT, Office, sentences

pytestmark = pytest.mark.django_db
SECRET = "Une phrase que personne ne doit lire."


@pytest.fixture
def office() -> Office:
    """The chair has locked a sheet, a juror is writing theirs, the other has not begun."""
    made = Office(1)
    builders.without_ties(made.chair, *made.seats)
    builders.a_locked_sheet(made.chair, made.first, "4 3.5 2")
    sheet = scoring.open_sheet(made.seats[0], made.first, at=AT)
    scoring.write_scores(sheet, builders.marks_of(made.call, "1 1 1"), opinion=SECRET, at=AT)
    return made


def a_seat_for(office: Office, user: object) -> Seat:
    """Somebody of the team who also sits in the jury."""
    seat = builders.a_juror(office.jury)
    Seat.objects.filter(pk=seat.pk).update(user=user)
    return Seat.objects.get(pk=seat.pk)


def test_progress_is_told_by_state_alone(client: TimedClient, office: Office) -> None:
    client.at(AT).force_login(office.observer)

    answer = client.get(office.url("scores"))

    (table,) = answer.context["tables"]
    words = [[str(duty.before.word) for duty in duties] for _candidacy, duties in table.rows]
    assert words == [["verrouillée", "en cours", "à commencer"]]
    assert answer.context["lacking"] == 2
    for secret in (SECRET, "66,5", "3,5", "Un projet solide."):
        assert secret not in sentences(answer)


def test_marks_are_read_on_a_page_apart_once_their_author_has_finished(client: TimedClient, office: Office) -> None:
    client.at(AT).force_login(office.officer)

    answer = client.get(office.url("sheets", office.first.pk))

    (reading,) = answer.context["readings"]
    assert [sheet.seat for sheet in reading.sheets] == [office.chair]
    assert [str(total) for total in reading.totals] == ["66.50"]
    assert "Un projet solide." in sentences(answer)
    assert SECRET not in sentences(answer)


def test_whoever_stays_out_of_a_candidacy_has_no_such_page(client: TimedClient, office: Office) -> None:
    interests.recuse(a_seat_for(office, office.officer), office.first, reason="Associé.", by=office.manager, at=AT)
    client.at(AT).force_login(office.officer)

    refused = client.get(office.url("sheets", office.first.pk))
    desk = sentences(client.get(reverse("admin:applications_candidacy_change", args=[office.first.pk])))

    assert refused.status_code == 404
    assert "Lire les feuilles finies" not in desk
    assert "66,5" not in desk


def test_somebody_of_the_team_who_sits_in_the_panel_reads_the_others_once_their_own_is_finished(
    client: TimedClient, office: Office
) -> None:
    seat = a_seat_for(office, office.manager)
    panels.assign_to_panel(office.panel, seat, by=office.colleague, at=AT)
    builders.without_ties(seat)
    client.at(AT).force_login(office.manager)
    before = client.get(office.url("sheets", office.first.pk))
    colleagues = sheets_open_to_office(office.colleague).count()

    builders.a_locked_sheet(seat, office.first, "2 2 2")
    after = client.get(office.url("sheets", office.first.pk))

    assert (before.context["readings"], colleagues) == ([], 1)
    assert [len(reading.sheets) for reading in after.context["readings"]] == [2]


def test_the_states_follow_the_hearing(client: TimedClient, office: Office) -> None:
    hearing = builders.a_held(office.panel, office.first, [office.chair])
    sheet = office.chair.sheets.get(stage="after")
    client.at(hearing.slot.ends_at).force_login(office.officer)
    during = client.get(office.url("scores")).context["tables"][0].rows[0][1]
    scoring.sign_sheet(sheet, at=hearing.slot.ends_at)

    after = client.get(office.url("scores")).context["tables"][0].rows[0][1]

    said = [[(str(d.before.word), str(d.after.word)) for d in duties] for duties in (during, after)]
    assert said == [
        [("verrouillée", "en cours"), ("en cours", "absent"), ("non faite", "absent")],
        [("verrouillée", "signée"), ("en cours", "absent"), ("non faite", "absent")],
    ]


def test_the_working_page_of_a_candidacy_shows_its_panel_its_hearing_and_how_far_the_scoring_is(
    client: TimedClient, office: Office
) -> None:
    address = reverse("admin:applications_candidacy_change", args=[office.first.pk])
    hearing = builders.a_convened(office.panel, office.first)
    interests.recuse(office.seats[1], office.first, reason="Associé.", by=office.manager, at=AT)
    client.at(AT).force_login(office.officer)

    answer = sentences(client.get(address))

    told = ("convoquée à l’audition", "convocation à l’audition")
    for shown in (
        office.panel.name,
        office.url("hearing", hearing.pk),
        "par décision du service",
        "verrouillée",
        *told,
    ):
        assert shown in answer
    assert SECRET not in answer
    assert "66,5" not in answer


def test_a_candidacy_without_a_panel_has_no_such_part(client: TimedClient) -> None:
    call = builders.a_call()
    (candidacy,) = builders.some_shortlisted(call)
    client.at(AT).force_login(builders.an_officer(call))

    answer = client.get(reverse("admin:applications_candidacy_change", args=[candidacy.pk]))

    assert "Le jury" not in sentences(answer)


def test_a_tie_under_examination_closes_the_others_sheets_to_somebody_of_the_team_who_sits(
    client: TimedClient, office: Office
) -> None:
    seat = a_seat_for(office, office.manager)
    panels.assign_to_panel(office.panel, seat, by=office.colleague, at=AT)
    builders.without_ties(seat)
    builders.a_locked_sheet(seat, office.first, "2 2 2")
    before = sheets_open_to_office(office.manager).count()

    interests.declare_interest(seat, office.first, verdict=Verdict.TO_EXAMINE, reason="Ancien collègue.", at=AT)

    client.at(AT).force_login(office.manager)
    assert (before, sheets_open_to_office(office.manager).count()) == (2, 0)
    assert client.get(office.url("sheets", office.first.pk)).context["readings"] == []
    assert sheets_open_to_office(office.colleague).count() == 2
