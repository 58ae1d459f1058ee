"""Hearings in the office: slots in series, a draft calendar, convocations said before they leave, attendance sheets."""

from datetime import timedelta

import pytest

from applications.enums import CandidacyState
from applications.models import Candidacy
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from juries.actions import hearings, interests
from juries.enums import HearingState, SheetState
from juries.models import Hearing, JuryLine, ScoreSheet, Slot
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import AT, Office, sentences

pytestmark = pytest.mark.django_db
FIRST = builders.HEARING_TIME
MINUTES = timedelta(minutes=1)
SERIES = {"on": "2018-12-10", "first": "09:00", "number": "3", "pause": "15", "room": "Salle 2", "place": "Paris"}


def letters(kind: str) -> int:
    return Letter.objects.filter(kind=kind).count()


def test_slots_are_proposed_in_series_with_a_pause(client: TimedClient) -> None:
    office = Office(1)
    client.at(AT).force_login(office.officer)
    address = office.url("slots")

    nowhere = client.post(address, {**SERIES, "panel": office.panel.pk, "place": ""})
    done = client.post(address, {**SERIES, "panel": office.panel.pk})
    meeting = client.post(address, {**SERIES, "panel": office.panel.pk, "first": "09:30"})

    assert (nowhere.status_code, done.status_code, meeting.status_code) == (422, 302, 409)
    assert done.headers["Location"].endswith("?semaine=2018-12-10")
    assert meeting.context["form"]["room"].value() == "Salle 2"
    starts = Slot.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert list(starts) == [FIRST + rank * 60 * MINUTES for rank in range(3)]


def test_a_slot_proposed_by_mistake_is_withdrawn_one_that_was_used_is_not(client: TimedClient) -> None:
    office = Office(1)
    used, mistaken = builders.a_slot(office.panel), builders.a_slot(office.panel)
    hearing = hearings.book_hearing(used, office.first, by=office.manager, at=AT)
    hearings.cancel(hearing, reason="", by=office.manager, at=AT)
    client.at(AT).force_login(office.officer)

    client.post(office.url("slot_withdraw", mistaken.pk))
    kept = client.post(office.url("slot_withdraw", used.pk), follow=True)

    assert list(Slot.objects.all()) == [used]
    assert "il reste au calendrier" in sentences(kept)
    assert JuryLine.objects.filter(act="withdraw_slot").count() == 1


def test_only_the_team_or_the_chair_withdraws_a_slot() -> None:
    office = Office(1)
    slot = builders.a_slot(office.panel)

    with pytest.raises(Refusal) as refused:
        hearings.withdraw_slot(slot, by=office.observer, at=AT)

    assert (refused.value.code, Slot.objects.count()) == ("not_organising", 1)


def test_the_week_has_rooms_as_columns_and_opens_where_something_is_to_come(client: TimedClient) -> None:
    office = Office(2)
    builders.a_convened(office.panel, office.first, builders.a_slot(office.panel, FIRST))
    builders.a_slot(office.panel, FIRST + 60 * MINUTES, room="Visio")
    builders.a_slot(office.panel, FIRST + timedelta(days=8))
    client.at(AT).force_login(office.observer)

    shown = client.get(office.url("hearings"))
    later = client.get(office.url("hearings"), {"semaine": "2018-12-19"})
    absurd = client.get(office.url("hearings"), {"semaine": "hier"})

    calendar = shown.context["calendar"]
    assert calendar.rooms == ["Salle 2", "Visio"]
    assert [(week.slots, week.taken, week.is_shown) for week in calendar.weeks] == [(2, 1, True), (1, 0, False)]
    (day,) = calendar.days
    taken = [[place.hearing.candidacy if place and place.hearing else place is None for place in line.places]
             for line in day.lines]  # fmt: skip
    assert taken == [[office.first, True], [True, False]]
    assert [week.is_shown for week in later.context["calendar"].weeks] == [False, True]
    assert absurd.context["calendar"] == calendar
    assert [row.pk for row in shown.context["waiting"]] == [office.candidacies[1].pk]
    assert "Libre" in sentences(shown)


def test_only_slots_where_nothing_stands_in_the_way_are_offered_and_the_others_say_why(client: TimedClient) -> None:
    office = Office(2)
    other = builders.a_panel(office.jury, [office.chair])
    free = builders.a_slot(office.panel, FIRST)
    met = builders.a_slot(office.panel, FIRST + timedelta(days=1))
    elsewhere = builders.a_slot(other, FIRST + timedelta(days=2), room="Salle 3")
    second = office.candidacies[1]
    client.at(AT).force_login(office.officer)
    hearings.book_hearing(met, second, by=office.manager, at=AT)

    shown = client.get(office.url("place", office.first.pk))
    taken = client.post(office.url("place", office.first.pk), {"slot": met.pk})
    wrong = client.post(office.url("place", office.first.pk), {"slot": elsewhere.pk})
    nothing = client.post(office.url("place", office.first.pk), {})
    done = client.post(office.url("place", office.first.pk), {"slot": free.pk}, follow=True)

    assert [slot.pk for slot, _chosen in shown.context["form"].offered] == [free.pk]
    assert (taken.status_code, wrong.status_code, nothing.status_code) == (409, 409, 422)
    assert "Ce créneau est déjà pris." in sentences(taken)
    assert "n’est pas attribuée à ce panel" in sentences(wrong)
    assert "aucune lettre n’est partie" in sentences(done)
    assert Hearing.objects.get(candidacy=office.first).slot == free
    assert letters("hearing_invitation") == 0


def test_a_free_slot_says_who_may_be_heard_there_and_why_not_the_others(client: TimedClient) -> None:
    office = Office(2, quorum=3)
    slot = builders.a_slot(office.panel)
    interests.recuse(office.seats[0], office.first, reason="Associé.", by=office.manager, at=AT)
    client.at(AT).force_login(office.officer)

    shown = client.get(office.url("slot", slot.pk))

    ((impossible, reasons),) = shown.context["impossible"]
    assert [row.pk for row in shown.context["possible"]] == [office.candidacies[1].pk]
    assert impossible.pk == office.first.pk
    assert "le quorum est de 3" in str(reasons[0])


def test_a_calendar_is_proposed_read_then_booked_as_ticked(client: TimedClient) -> None:
    office = Office(2)
    slots = [builders.a_slot(office.panel, FIRST + rank * 60 * MINUTES) for rank in range(2)]
    client.at(AT).force_login(office.officer)

    shown = client.get(office.url("plan"))
    placed = shown.context["plan"].placed
    written = Hearing.objects.count()
    nothing = client.post(office.url("plan"), {})
    forged = client.post(office.url("plan"), {"placement": ["9999:1"]})
    client.post(office.url("plan"), {"placement": [f"{placed[1].slot.pk}:{placed[1].candidacy.pk}"]})

    assert [row.slot for row in placed] == slots
    assert (written, nothing.status_code, forged.status_code) == (0, 409, 409)
    assert list(Hearing.objects.values_list("slot", "candidacy", "state")) == [
        (placed[1].slot.pk, placed[1].candidacy.pk, HearingState.PROPOSED)
    ]


def test_convocations_say_to_whom_they_go_before_they_leave(client: TimedClient) -> None:
    office = Office(2)
    for candidacy in office.candidacies:
        hearings.book_hearing(builders.a_slot(office.panel), candidacy, by=office.manager, at=AT)
    first, second = Hearing.objects.order_by("pk")
    client.at(AT).force_login(office.officer)

    shown = client.get(office.url("convene_all"))
    nothing = client.post(office.url("convene_all"), {})
    done = client.post(office.url("convene_all"), {"hearing": [first.pk]}, follow=True)

    assert shown.context["letters"] == 8  # a contact and three jurors each
    assert str(office.chair.user) in sentences(shown)
    assert nothing.status_code == 409
    assert "1 candidat est convoqué." in sentences(done)
    states = dict(Hearing.objects.values_list("pk", "state"))
    assert states == {first.pk: HearingState.CONVENED, second.pk: HearingState.PROPOSED}
    assert letters("hearing_invitation") == 4


def test_a_convocation_that_became_impossible_is_named_and_the_others_leave(client: TimedClient) -> None:
    office = Office(2, quorum=3)
    for candidacy in office.candidacies:
        hearings.book_hearing(builders.a_slot(office.panel), candidacy, by=office.manager, at=AT)
    interests.recuse(office.seats[0], office.first, reason="Associé.", by=office.manager, at=AT)
    client.at(AT).force_login(office.manager)

    answer = client.post(office.url("convene_all"), {"hearing": list(Hearing.objects.values_list("pk", flat=True))})

    assert answer.status_code == 409
    assert f"{office.first.number} : Déports déduits" in sentences(answer)
    assert dict(Hearing.objects.values_list("candidacy", "state")) == {
        office.first.pk: HearingState.PROPOSED,
        office.candidacies[1].pk: HearingState.CONVENED,
    }


def test_a_hearing_is_convened_confirmed_moved_and_cancelled_from_its_page(client: TimedClient) -> None:
    office = Office(1)
    hearing = hearings.book_hearing(builders.a_slot(office.panel), office.first, by=office.manager, at=AT)
    other = builders.a_slot(office.panel)
    client.at(AT).force_login(office.officer)

    def post(name: str, **typed: object) -> int:
        status: int = client.post(office.url(f"hearing_{name}", hearing.pk), typed).status_code
        return status

    statuses = [
        post("convene"),
        post("confirm"),
        post("move", **{"move-slot": other.pk, "move-reason": ""}),
        post("move", **{"move-slot": other.pk, "move-reason": "Salle en travaux."}),
        post("cancel", **{"cancel-reason": ""}),
        post("cancel", **{"cancel-reason": "Le candidat renonce."}),
        post("cancel", **{"cancel-reason": "Encore."}),
    ]

    hearing.refresh_from_db()
    acts = list(JuryLine.objects.values_list("act", flat=True).order_by("sequence"))
    assert statuses == [302, 302, 422, 302, 422, 302, 409]
    assert (hearing.state, hearing.slot) == (HearingState.CANCELLED, other)
    assert acts[-4:] == ["convene", "confirm", "move", "cancel"]
    assert JuryLine.objects.get(act="confirm").actor == office.officer
    assert (letters("hearing_moved"), letters("hearing_cancelled")) == (4, 4)


def test_a_manager_holds_a_hearing_and_the_sheets_of_after_open_in_the_same_gesture(client: TimedClient) -> None:
    office = Office(1)
    builders.without_ties(office.chair, *office.seats)
    hearing = builders.a_convened(office.panel, office.first)
    client.at(hearing.slot.ends_at).force_login(office.manager)
    present = [office.chair.pk, office.seats[0].pk]

    client.post(office.url("hearing_hold", hearing.pk), {"hold-present": present, "hold-attended_by": "La direction."})
    shown = client.get(office.url("hearing", hearing.pk))

    hearing.refresh_from_db()
    assert (hearing.state, hearing.attended_by) == (HearingState.HELD, "La direction.")
    assert Candidacy.objects.get(pk=office.first.pk).state == CandidacyState.HEARD
    assert set(ScoreSheet.objects.values_list("seat", "state")) == {(pk, SheetState.REOPENED) for pk in present}
    assert shown.context["people"].sheets_missing is False


def test_an_officer_holds_a_hearing_and_a_manager_opens_the_sheets(client: TimedClient) -> None:
    office = Office(1)
    builders.without_ties(office.chair, *office.seats)
    hearing = builders.a_convened(office.panel, office.first)
    client.at(hearing.slot.ends_at).force_login(office.officer)
    client.post(office.url("hearing_hold", hearing.pk), {"hold-present": [office.chair.pk]})
    before = client.get(office.url("hearing", hearing.pk)).context["people"].sheets_missing
    client.post(office.url("hearing_reopen", hearing.pk))
    refused = ScoreSheet.objects.count()

    client.force_login(office.manager)
    client.post(office.url("hearing_reopen", hearing.pk))

    assert (before, refused) == (True, 0)
    assert [sheet.seat for sheet in ScoreSheet.objects.all()] == [office.chair]


def test_somebody_with_a_tie_not_cleared_is_not_offered_on_the_attendance_sheet(client: TimedClient) -> None:
    office = Office(1)
    builders.without_ties(office.chair, office.seats[0])
    hearing = builders.a_convened(office.panel, office.first)
    client.at(hearing.slot.ends_at).force_login(office.manager)

    shown = client.get(office.url("hearing", hearing.pk))
    forged = client.post(office.url("hearing_hold", hearing.pk), {"hold-present": [office.seats[1].pk]})

    offered = [value for value, _label in shown.context["hold_form"].fields["present"].choices]
    hearing.refresh_from_db()
    assert offered == [office.chair.pk, office.seats[0].pk]
    assert "ne peut pas siéger" in sentences(shown)
    assert (forged.status_code, hearing.state) == (422, HearingState.CONVENED)


def test_the_attendance_sheet_appears_once_the_hearing_has_begun(client: TimedClient) -> None:
    office = Office(1)
    hearing = builders.a_convened(office.panel, office.first)
    client.at(hearing.slot.starts_at - MINUTES).force_login(office.manager)
    before = sentences(client.get(office.url("hearing", hearing.pk)))
    client.at(hearing.slot.starts_at)

    after = sentences(client.get(office.url("hearing", hearing.pk)))

    assert "L’audition a eu lieu" not in before
    assert "L’audition a eu lieu" in after


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01"])
def test_a_year_mistyped_is_said_and_proposes_no_slot(client: TimedClient, on: str) -> None:
    office = Office(1)
    client.at(AT).force_login(office.officer)

    answer = client.post(office.url("slots"), {**SERIES, "panel": office.panel.pk, "on": on, "first": "23:50"})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"on": ["Vérifiez l’année."]}
    assert not office.jury.slots.exists()
