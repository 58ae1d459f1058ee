"""Hearings as calendars understand them (RFC 5545 and 5546): one event, revised by its sequence number."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from hubs_portal.letters.compose import Addressee
from juries.models import Hearing

REQUEST = "REQUEST"
CANCEL = "CANCEL"


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


def as_ics(invitation: Invitation, *, at: datetime) -> bytes:
    """The event, in UTC; its identifier never changes, its sequence rises with each change, `at` dates this message."""
    hearing = invitation.hearing
    calendar = Calendar()
    calendar.add("prodid", "-//Hubs France Connectee//Auditions//FR")
    calendar.add("version", "2.0")
    calendar.add("method", invitation.method)
    event = Event()
    event.add("uid", f"{hearing.uid}@hubs.invalid")
    event.add("sequence", hearing.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", hearing.slot.starts_at)
    event.add("dtend", invitation.ends_at)
    event.add("status", "CANCELLED" if invitation.method == CANCEL else "CONFIRMED")
    event.add("summary", _("Audition – dossier n° %(number)s") % {"number": hearing.candidacy.number})
    event.add("location", hearing.slot.place or hearing.slot.link)
    event.add("description", f"{hearing.candidacy.call.title}\n{hearing.slot.room}\n{hearing.slot.link}".strip())
    if hearing.slot.link:
        event.add("url", hearing.slot.link)
    event.add("organizer", _address(hearing.candidacy.call.service_email, hearing.candidacy.call.service_name))
    event.add("attendee", _attendee(invitation))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name or email)
    return address


def _attendee(invitation: Invitation) -> vCalAddress:
    attendee = _address(invitation.to.address, invitation.to.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["RSVP"] = vText("FALSE")  # the answer is given on the portal
    return attendee
