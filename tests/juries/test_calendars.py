"""Calendar files as RFC 5545 and RFC 5546 want them, read back by another hand than the one that wrote them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from icalendar import Calendar

from applications.models import Call, Candidacy
from hubs_portal.letters.compose import Addressee
from hubs_portal.letters.models import Letter
from juries import calendars
from juries.actions import hearings, interests
from juries.models import Hearing, Jury, Slot
from tests import builders

AT = builders.JURY_TIME
PARIS = ZoneInfo("Europe/Paris")
HOSTILE = 'Élodie "la juste" ; Zoé,\r\nATTENDEE:mailto:tous@exemple.invalid: \\n'


def a_hearing(start: datetime, **where: str) -> Hearing:
    """One that no database holds."""
    call = Call(title_fr="Hubs d’essai", service_email="equipe@exemple.invalid", service_name="Équipe ; de l’appel")
    place = {"room": "Salle « Étoile », 2", "place": "12, rue de l’Exemple ; Paris", **where}
    lengths = {"presentation_minutes": 15, "questions_minutes": 20, "exchange_minutes": 10}
    slot = Slot(jury=Jury(call=call), starts_at=start, **place, **lengths)
    return Hearing(slot=slot, candidacy=Candidacy(call=call, number="HFC-7K3Q-9M2P"), sequence=3)


def written(hearing: Hearing, method: str = calendars.REQUEST, *, to: str = "Élodie Été", whole: bool = True) -> bytes:
    invitation = calendars.Invitation(hearing, Addressee("elodie@exemple.invalid", to), method, whole)
    return calendars.as_ics(invitation, at=AT)


def event_of(content: bytes) -> Any:
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


@pytest.mark.parametrize(
    ("start", "written_as"),
    [
        (datetime(2018, 12, 10, 9, tzinfo=PARIS), b"20181210T080000Z"),  # winter
        (datetime(2018, 7, 10, 9, tzinfo=PARIS), b"20180710T070000Z"),  # summer
        (datetime(2018, 10, 28, 2, 30, tzinfo=PARIS), b"20181028T003000Z"),  # the hour that comes twice, first
        (datetime(2018, 10, 28, 2, 30, fold=1, tzinfo=PARIS), b"20181028T013000Z"),  # and again
        (datetime(2019, 3, 31, 3, tzinfo=PARIS), b"20190331T010000Z"),  # just after the hour that is skipped
        (datetime(2018, 12, 10, 12, tzinfo=ZoneInfo("Indian/Reunion")), b"20181210T080000Z"),
    ],
)
def test_hours_are_instants_in_universal_time_whatever_the_season(start: datetime, written_as: bytes) -> None:
    content = written(a_hearing(start))

    assert b"\r\nDTSTART:" + written_as + b"\r\n" in content
    assert b"TZID" not in content
    event = event_of(content)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=45)
    assert event["DTSTAMP"].dt == AT


def test_the_candidate_leaves_before_the_panel_exchanges_its_views() -> None:
    event = event_of(written(a_hearing(builders.HEARING_TIME), whole=False))

    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=35)


def test_no_line_is_longer_than_75_octets_and_every_line_ends_as_the_standard_says() -> None:
    hearing = a_hearing(builders.HEARING_TIME, place="Hôtel de la région, " * 12, room="Éé" * 50)
    hearing.candidacy.call.title_fr = "Numérique d’intérêt général : élaboration, été, œuvre – « hubs » " * 4

    content = written(hearing, to="Ñandú Œuvrard-Élégant " * 6)

    lines = content.split(b"\r\n")
    assert (lines[-1], b"\n" in b"".join(lines)) == (b"", False)
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode("utf-8")  # a character is never cut in two
    event = event_of(content)
    assert event["LOCATION"] == f"{'Éé' * 50}, {' '.join(('Hôtel de la région, ' * 12).split())}"
    assert str(event["DESCRIPTION"]).startswith(hearing.candidacy.call.title_fr)


def test_commas_semicolons_backslashes_and_line_breaks_are_text() -> None:
    content = written(a_hearing(builders.HEARING_TIME, place="12 ; rue\r\nde l’Exemple, \\Paris"))

    assert b"LOCATION:Salle \xc2\xab \xc3\x89toile \xc2\xbb\\, 2\\, 12 \\; rue" in content.replace(b"\r\n ", b"")
    assert event_of(content)["LOCATION"] == "Salle « Étoile », 2, 12 ; rue de l’Exemple, \\Paris"


def test_a_hostile_name_adds_nobody_to_the_event() -> None:
    event = event_of(written(a_hearing(builders.HEARING_TIME), to=HOSTILE))

    attendee = event["ATTENDEE"]
    assert str(attendee) == "mailto:elodie@exemple.invalid"
    assert not isinstance(attendee, list)
    assert '"' not in attendee.params["CN"]
    assert "Élodie 'la juste' ; Zoé," in attendee.params["CN"]


def test_a_request_has_what_a_calendar_needs_to_keep_and_to_find_it_again() -> None:
    hearing = a_hearing(builders.HEARING_TIME, link="https://visio.invalid/a?b=1&c=2")

    content = written(hearing)

    calendar, event = Calendar.from_ical(content), event_of(content)
    assert (calendar["METHOD"], calendar["VERSION"], calendar["CALSCALE"]) == ("REQUEST", "2.0", "GREGORIAN")
    assert calendar["PRODID"]
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{hearing.uid}@hubs.invalid", 3, "CONFIRMED")
    assert str(event["ORGANIZER"]) == "mailto:equipe@exemple.invalid"
    assert event["ORGANIZER"].params["CN"] == "Équipe ; de l’appel"
    parameters = ("CUTYPE", "ROLE", "PARTSTAT", "RSVP", "CN")
    assert [event["ATTENDEE"].params[name] for name in parameters] == [
        "INDIVIDUAL",
        "REQ-PARTICIPANT",
        "NEEDS-ACTION",
        "FALSE",
        "Élodie Été",
    ]
    assert str(event["URL"]) == "https://visio.invalid/a?b=1&c=2"
    for name in (
        b"UID",
        b"SEQUENCE",
        b"DTSTAMP",
        b"DTSTART",
        b"DTEND",
        b"ORGANIZER",
        b"STATUS",
        b"LOCATION",
        b"SUMMARY",
    ):
        assert len(re.findall(rb"\r\n" + name + rb"[:;]", content)) == 1, name


def test_a_cancellation_names_the_same_event_and_ends_it() -> None:
    hearing = a_hearing(builders.HEARING_TIME)

    content = written(hearing, calendars.CANCEL)

    assert Calendar.from_ical(content)["METHOD"] == "CANCEL"
    event = event_of(content)
    assert (event["UID"], event["STATUS"]) == (f"{hearing.uid}@hubs.invalid", "CANCELLED")


def test_a_departure_cancels_for_one_person_and_tells_nothing_of_the_candidacy() -> None:
    """RFC 5546, 3.2.5: no STATUS when the event itself goes on."""
    content = written(a_hearing(builders.HEARING_TIME), calendars.LEFT)

    calendar, event = Calendar.from_ical(content), event_of(content)
    assert (calendar["METHOD"], "STATUS" in event, event["SUMMARY"]) == ("CANCEL", False, "Audition")
    assert b"HFC-7K3Q-9M2P" not in content
    assert str(event["ATTENDEE"]) == "mailto:elodie@exemple.invalid"


def test_the_event_speaks_the_language_of_its_reader() -> None:
    with translation.override("en"):
        assert b"SUMMARY:Hearing" in written(a_hearing(builders.HEARING_TIME))


@pytest.mark.django_db
def test_through_its_life_a_hearing_keeps_its_identifier_and_its_number_only_rises() -> None:
    call = builders.a_call()
    (candidacy,) = builders.some_shortlisted(call)
    jury = builders.a_jury(call)
    seats = [builders.a_juror(jury) for _ in range(3)]
    panel = builders.a_panel(jury, seats, [candidacy])
    manager = builders.the_manager(jury)
    hearing = builders.a_convened(panel, candidacy)
    later = builders.a_slot(panel, builders.HEARING_TIME + timedelta(days=1))
    hearings.move(hearing, later, reason="Grève.", by=manager, at=AT)
    interests.recuse(seats[0], candidacy, reason="Lien.", by=manager, at=AT)
    hearings.cancel(hearing, reason="Salle inondée.", by=manager, at=AT)

    life = [_life(letter) for letter in Letter.objects.filter(subject_key__startswith=hearing.key).order_by("pk")]

    assert {uid for uid, *_rest in life} == {f"{hearing.uid}@hubs.invalid"}
    of_the_recused = [rest for _uid, address, *rest in life if address == seats[0].user.email]
    assert of_the_recused == [["REQUEST", 0], ["REQUEST", 1], ["CANCEL", 2]]
    for address in {address for _uid, address, *_rest in life} - {seats[0].user.email}:
        mine = [rest for _uid, to, *rest in life if to == address]
        assert mine == [["REQUEST", 0], ["REQUEST", 1], ["CANCEL", 3]], address


def _life(letter: Letter) -> tuple[str, str, str, int]:
    """The identifier, the reader, the method (which the message's part repeats) and the number of a calendar sent."""
    attachment = letter.attachments.get()
    assert attachment.stored is not None
    with attachment.stored.open() as stored:
        content = stored.read()
    method = str(Calendar.from_ical(content)["METHOD"])
    assert attachment.media_type == f"text/calendar; method={method}"
    event = event_of(content)
    assert event["DTSTAMP"].dt.astimezone(UTC) == AT
    return str(event["UID"]), letter.address, method, int(event["SEQUENCE"])
