"""Hearings: slots nobody shares, calendars that follow, letters to the right people and to nobody else."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from applications.enums import CandidacyState
from applications.models import Candidacy, Territory
from hubs_portal.letters.delivery import sweep
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from juries.actions import attendance, hearings, interests
from juries.enums import HearingState
from juries.models import Hearing, HearingPresence, Slot
from juries.selectors.hearings import free_slots, hearings_told_to
from juries.selectors.visible import hearings_visible_to
from tests import builders

AT = builders.JURY_TIME
FIRST = builders.HEARING_TIME
MINUTES = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


class World:
    """A panel of two for one candidacy, and another panel with one of them for a second candidacy."""

    def __init__(self) -> None:
        self.call = builders.a_call()
        self.candidacy, self.other = builders.some_shortlisted(self.call, 2)
        self.jury = builders.a_jury(self.call)
        self.seats = [builders.a_juror(self.jury) for _ in range(3)]
        self.panel = builders.a_panel(self.jury, self.seats[:2], [self.candidacy])
        self.second = builders.a_panel(self.jury, self.seats[1:], [self.other])
        self.manager = builders.the_manager(self.jury)
        builders.without_ties(*self.seats)

    def state(self) -> str:
        return Candidacy.objects.get(pk=self.candidacy.pk).state


def common_ground() -> World:
    return World()


@pytest.fixture
def world(ground: World) -> World:
    return ground


def letters(kind: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=kind).order_by("pk"))


def calendar_of(letter: Letter) -> tuple[str, dict[str, Any]]:
    """The method and the event of the file joined to a letter, read as a calendar would."""
    attachment = letter.attachments.get()
    assert attachment.stored is not None
    with attachment.stored.open() as stored:
        found = Calendar.from_ical(stored.read())
    (event,) = found.walk("VEVENT")
    names = ("UID", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "ORGANIZER", "ATTENDEE")
    return str(found["METHOD"]), {name: getattr(event[name], "dt", event[name]) for name in names}


def test_a_slot_lasts_what_the_jury_says_and_the_candidate_leaves_before_the_exchange(world: World) -> None:
    slot = builders.a_slot(world.panel)

    assert (slot.starts_at, slot.candidate_leaves_at) == (FIRST, FIRST + 35 * MINUTES)
    assert slot.ends_at == FIRST + 45 * MINUTES


@pytest.mark.parametrize("later", [0, 30, 44])
def test_slots_that_would_meet_are_refused_all_together(world: World, later: int) -> None:
    builders.a_slot(world.panel)
    where = hearings.Somewhere("Salle 2", place="Paris")
    free, meeting = FIRST + timedelta(days=1), FIRST + later * MINUTES

    with pytest.raises(Refusal) as refused:
        hearings.propose_slots(world.second, [free, meeting], where=where, by=world.manager, at=AT)

    assert (refused.value.code, len(refused.value.items)) == ("slots_meet", 1)
    assert Slot.objects.count() == 1


def test_a_slot_may_begin_when_another_ends(world: World) -> None:
    first = builders.a_slot(world.panel)

    second = builders.a_slot(world.panel, first.ends_at)

    assert not first.overlaps(second)


def test_a_slot_needs_a_place_or_a_link(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        hearings.propose_slots(world.panel, [FIRST], where=hearings.Somewhere("Salle 2"), by=world.manager, at=AT)

    assert refused.value.code == "nowhere"


def test_a_proposed_hearing_is_known_to_the_office_alone(world: World) -> None:
    written = Letter.objects.count()

    hearing = hearings.book_hearing(builders.a_slot(world.panel), world.candidacy, by=world.manager, at=AT)

    assert hearing.state == HearingState.PROPOSED
    assert Letter.objects.count() == written
    assert list(hearings_told_to(world.candidacy)) == list(hearings_visible_to(world.seats[0])) == []


def test_a_taken_slot_another_panels_candidacy_and_a_second_hearing_are_refused(world: World) -> None:
    slot = builders.a_slot(world.panel)
    hearings.book_hearing(slot, world.candidacy, by=world.manager, at=AT)

    for tried, candidacy in [(slot, world.other), (builders.a_slot(world.panel), world.candidacy)]:
        with pytest.raises(Refusal) as refused:
            hearings.book_hearing(tried, candidacy, by=world.manager, at=AT)
        assert refused.value.code == "impossible_slot"

    assert Hearing.objects.count() == 1


def test_a_juror_is_not_expected_in_two_rooms_at_once(world: World) -> None:
    builders.a_convened(world.panel, world.candidacy)
    elsewhere = builders.a_slot(world.second, FIRST + 20 * MINUTES, room="Salle 3")

    with pytest.raises(Refusal) as refused:
        hearings.book_hearing(elsewhere, world.other, by=world.manager, at=AT)

    assert [world.seats[1].user.name in str(item) for item in refused.value.items] == [True]


def test_without_a_quorum_left_by_recusals_nobody_is_convened(world: World) -> None:
    slot = builders.a_slot(world.panel)
    interests.recuse(world.seats[0], world.candidacy, reason="Lien.", by=world.manager, at=AT)

    with pytest.raises(Refusal) as refused:
        hearings.book_hearing(slot, world.candidacy, by=world.manager, at=AT)

    assert refused.value.code == "impossible_slot"
    assert "quorum" in str(refused.value.items[0])


def test_a_convocation_tells_the_candidate_and_the_panel_once_each_with_their_calendar(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)

    sent = letters("hearing_invitation")
    contact = world.candidacy.members.get()
    assert sorted(letter.address for letter in sent) == sorted(
        [contact.email, *(seat.user.email for seat in world.seats[:2])]
    )
    candidate = next(letter for letter in sent if letter.address == contact.email)
    juror = next(letter for letter in sent if letter.address == world.seats[0].user.email)
    assert calendar_of(candidate) == (
        "REQUEST",
        {
            "UID": f"{hearing.uid}@hubs.invalid",
            "SEQUENCE": 0,
            "DTSTART": FIRST,
            "DTEND": FIRST + 35 * MINUTES,
            "STATUS": "CONFIRMED",
            "ORGANIZER": "mailto:equipe@exemple.invalid",
            "ATTENDEE": f"mailto:{contact.email}",
        },
    )
    assert calendar_of(juror)[1]["DTEND"] == FIRST + 45 * MINUTES
    assert candidate.of_candidacy.candidacy == world.candidacy
    assert juror.of_jury.candidacy == world.candidacy
    assert "présélectionné" in candidate.text
    assert "présélectionné" not in juror.text
    assert candidate.reply_to == "equipe@exemple.invalid"


def test_the_convocation_is_how_the_candidate_learns_of_the_shortlist(world: World) -> None:
    assert Candidacy.objects.get(pk=world.candidacy.pk).notified_state != CandidacyState.SHORTLISTED

    builders.a_convened(world.panel, world.candidacy)

    assert Candidacy.objects.get(pk=world.candidacy.pk).notified_state == CandidacyState.SHORTLISTED


def test_the_calendar_leaves_as_an_invitation_mail_programs_recognise(world: World) -> None:
    builders.a_convened(world.panel, world.candidacy)
    sweep()

    contact = world.candidacy.members.get().email
    (message,) = [m for m in mail.outbox if m.to == [contact] and "convocation" in m.subject]
    parts = [p for p in message.message().walk() if p.get_content_type() == "text/calendar"]
    # One that a mail program offers to put in the calendar, one to be opened by hand.
    assert [(part.get_param("method"), part.get_filename()) for part in parts] == [
        ("REQUEST", None),
        ("REQUEST", "audition.ics"),
    ]
    assert all(b"BEGIN:VEVENT" in part.get_payload(decode=True) for part in parts)


def test_a_move_raises_the_sequence_asks_to_confirm_again_and_says_before_and_after(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)
    hearings.confirm(hearing, by=world.candidacy.members.get().actor, at=AT)
    slot = builders.a_slot(world.panel, FIRST + timedelta(days=1))

    moved = hearings.move(hearing, slot, reason="Grève des trains.", by=world.manager, at=AT)

    assert (moved.state, moved.sequence, moved.slot, moved.uid) == (HearingState.CONVENED, 1, slot, hearing.uid)
    sent = letters("hearing_moved")
    assert len(sent) == 3
    method, event = calendar_of(sent[0])
    assert (method, event["SEQUENCE"], event["DTSTART"]) == ("REQUEST", 1, slot.starts_at)
    for words in ("lundi 10 décembre 2018", "mardi 11 décembre 2018", "Grève des trains."):
        assert words in sent[0].text.replace("\u00a0", " ")
    assert list(free_slots(world.panel, AT)) == [Slot.objects.get(starts_at=FIRST)]


def test_moving_what_nobody_knows_writes_to_nobody(world: World) -> None:
    hearing = hearings.book_hearing(builders.a_slot(world.panel), world.candidacy, by=world.manager, at=AT)
    written = Letter.objects.count()

    moved = hearings.move(hearing, builders.a_slot(world.panel), reason="", by=world.manager, at=AT)

    assert (moved.state, moved.sequence, Letter.objects.count()) == (HearingState.PROPOSED, 0, written)


def test_a_cancellation_frees_the_slot_and_the_candidacy_and_empties_calendars(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)

    hearings.cancel(hearing, reason="Salle inondée.", by=world.manager, at=AT)

    sent = letters("hearing_cancelled")
    assert len(sent) == 3
    method, event = calendar_of(sent[0])
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("CANCEL", 1, "CANCELLED")
    again = builders.a_convened(world.panel, world.candidacy, hearing.slot)
    assert (again.slot, again.state) == (hearing.slot, HearingState.CONVENED)
    assert again.uid != hearing.uid


def test_an_overseas_candidate_reads_the_hour_cancelled_on_their_own_clock(world: World) -> None:
    world.candidacy.territories.add(Territory.objects.get(pk="974"))
    hearing = builders.a_convened(world.panel, world.candidacy)

    hearings.cancel(hearing, reason="Salle inondée.", by=world.manager, at=AT)

    told = letters("hearing_cancelled")[0]
    said = "Heure locale, La Réunion : lundi 10 décembre 2018 à 12 h 00."
    assert said in told.text.replace("\u00a0", " ")
    assert said in unescape(told.html).replace("\u00a0", " ")


def test_a_move_or_cancellation_without_a_reason_changes_nothing(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)

    with pytest.raises(Refusal):
        hearings.cancel(hearing, reason=" ", by=world.manager, at=AT)
    with pytest.raises(Refusal):
        hearings.move(hearing, builders.a_slot(world.panel), reason="", by=world.manager, at=AT)

    assert Hearing.objects.get().state == HearingState.CONVENED
    assert letters("hearing_cancelled") + letters("hearing_moved") == []


def test_overseas_candidates_read_their_own_hour(world: World) -> None:
    world.candidacy.territories.add(Territory.objects.get(pk="974"))

    builders.a_convened(world.panel, world.candidacy)

    letter = Letter.objects.get(kind="hearing_invitation", of_candidacy__isnull=False)
    assert "Heure locale, La Réunion : lundi 10 décembre 2018 à 12 h 00" in letter.text.replace("\u00a0", " ")


def test_holding_a_hearing_writes_who_was_there_and_marks_the_candidacy_heard(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)
    with pytest.raises(Refusal) as early:
        attendance.hold_hearing(hearing, present=[], by=world.manager, at=FIRST - MINUTES)

    held = attendance.hold_hearing(
        hearing, present=[world.seats[0]], attended_by="Mme Essai", by=world.manager, at=FIRST + 40 * MINUTES
    )

    assert early.value.code == "too_early"
    assert (held.state, held.attended_by, world.state()) == (HearingState.HELD, "Mme Essai", CandidacyState.HEARD)
    sheet = dict(HearingPresence.objects.values_list("seat", "present"))
    assert sheet == {world.seats[0].pk: True, world.seats[1].pk: False}


def test_somebody_of_another_panel_is_not_in_the_room(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)

    with pytest.raises(Refusal) as refused:
        attendance.hold_hearing(hearing, present=[world.seats[2]], by=world.manager, at=FIRST + MINUTES)

    assert refused.value.code == "intruders"
    assert (Hearing.objects.get().state, world.state()) == (HearingState.CONVENED, CandidacyState.SHORTLISTED)


def test_a_hearing_before_nobody_is_not_held(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)

    with pytest.raises(Refusal) as refused:
        attendance.hold_hearing(hearing, present=[], by=world.manager, at=FIRST + MINUTES)

    assert refused.value.code == "nobody_present"
    assert (Hearing.objects.get().state, world.state()) == (HearingState.CONVENED, CandidacyState.SHORTLISTED)


def test_who_is_not_of_the_office_convenes_nobody(world: World) -> None:
    slot = builders.a_slot(world.panel)

    for somebody in (world.seats[0].user, builders.a_user(is_superuser=True)):
        with pytest.raises(Refusal) as refused:
            hearings.book_hearing(slot, world.candidacy, by=somebody, at=datetime(2018, 12, 1, tzinfo=UTC))
        assert refused.value.code == "not_organising"
