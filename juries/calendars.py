"""Hearings as calendars understand them (RFC 5545 and 5546): one event, revised by its sequence number."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from hubs_portal.letters.compose import Addressee
from juries.models import Hearing

REQUEST = "REQUEST"
CANCEL = "CANCEL"  # the hearing does not take place
LEFT = "LEFT"  # it does, without this person: a CANCEL to them alone, which says nothing of the event (RFC 5546, 3.2.5)


@dataclass(frozen=True)
class Invitation:
    """What one person's calendar must show: the candidate leaves before the panel exchanges its views."""

    hearing: Hearing
    to: Addressee
    method: str
    whole: bool  # a member of the panel stays for the exchange

    @property
    def ends_at(self) -> datetime:
        """When this person leaves."""
        slot = self.hearing.slot
        return slot.ends_at if self.whole else slot.candidate_leaves_at

    @property
    def said(self) -> str:
        """The method as the message names it."""
        return CANCEL if self.method == LEFT else self.method


def as_ics(invitation: Invitation, *, at: datetime) -> bytes:
    """The event, in UTC; its identifier never changes, its sequence rises with each change, `at` dates this message."""
    calendar = Calendar()
    calendar.add("prodid", "-//Hubs France Connectee//Auditions//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.said)
    calendar.add_component(_event(invitation, at))
    content: bytes = calendar.to_ical()
    return content


def _event(invitation: Invitation, at: datetime) -> Event:
    hearing, call = invitation.hearing, invitation.hearing.candidacy.call
    event = Event()
    event.add("uid", f"{hearing.uid}@hubs.invalid")
    event.add("sequence", hearing.sequence)
    event.add("dtstamp", at.astimezone(UTC))
    # Instants, never hours of a zone: a zone named without its definition may be read as any other.
    event.add("dtstart", hearing.slot.starts_at.astimezone(UTC))
    event.add("dtend", invitation.ends_at.astimezone(UTC))
    event.add("organizer", _address(call.service_email, call.service_name))
    event.add("attendee", _attendee(invitation))
    if invitation.method == LEFT:
        event.add("summary", _("Audition"))
        return event
    event.add("status", "CANCELLED" if invitation.method == CANCEL else "CONFIRMED")
    event.add("summary", _("Audition – dossier n° %(number)s") % {"number": hearing.candidacy.number})
    _say_where(event, hearing)
    return event


def _say_where(event: Event, hearing: Hearing) -> None:
    slot = hearing.slot
    # `\n` is the line break of a text value (RFC 5545, 3.3.11); a carriage return typed in a form is not.
    place = ", ".join(" ".join(part.split()) for part in (slot.room, slot.place or slot.link) if part.strip())
    event.add("location", place)
    lines = [hearing.candidacy.call.title, place, slot.link if slot.place else ""]
    event.add("description", "\n".join(line for line in lines if line))
    if slot.link:
        event.add("url", slot.link)


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    # A parameter can hold neither a quotation mark nor a line break (RFC 5545, 3.2).
    address.params["CN"] = vText(" ".join((name or email).replace('"', "'").split()))
    return address


def _attendee(invitation: Invitation) -> vCalAddress:
    attendee = _address(invitation.to.address, invitation.to.name)
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")  # the answer is given on the portal
    return attendee
