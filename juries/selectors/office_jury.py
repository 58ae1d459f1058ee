"""The juries of a call, who sits in one, and how they came and went."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hubs_portal.refusals import Sentence
from juries.models import Jury, JuryLine, PanelMember, Seat


def listed(juries: QuerySet[Jury]) -> QuerySet[Jury]:
    """Juries with what the list shows of each: one query whatever their number."""
    present = Q(seats__removed_at__isnull=True)
    return juries.select_related("call").annotate(
        members=Count("seats", filter=present, distinct=True),
        sworn=Count("seats", filter=present & Q(seats__charter_signed_at__isnull=False), distinct=True),
        panel_count=Count("panels", distinct=True),
        candidacies=Count("panels__assignments", distinct=True),
    )


@dataclass(frozen=True)
class Sitting:
    """Somebody's seat, where it stands, and why it was left when it was."""

    seat: Seat
    panels: list[str]
    reason: str = ""

    @property
    def word(self) -> Sentence:
        """Where it stands."""
        if self.seat.removed_at:
            return _("ne siège plus")
        if self.seat.charter_signed_at:
            return _("charte signée")
        return _("invitation suivie, charte à signer") if self.seat.accepted_at else _("invitation envoyée")

    @property
    def pill(self) -> str:
        """The shape that goes with the word."""
        if self.seat.removed_at:
            return "closed"
        if self.seat.charter_signed_at:
            return "done"
        return "started" if self.seat.accepted_at else ""

    @property
    def since(self) -> datetime:
        """Since when."""
        seat = self.seat
        return seat.removed_at or seat.charter_signed_at or seat.accepted_at or seat.invited_at


def composition(jury: Jury) -> list[Sitting]:
    """Everybody who was ever invited, the chair first, those who left last: three queries."""
    panels: dict[int, list[str]] = {}
    for seat_id, name in PanelMember.objects.filter(panel__jury=jury).values_list("seat", "panel__name").order_by("pk"):
        panels.setdefault(seat_id, []).append(name)
    reasons = _reasons(jury)
    seats = jury.seats.select_related("user").order_by("role", "pk")
    sittings = [
        Sitting(seat, panels.get(seat.pk, []), reasons.get(seat.user.email, "") if seat.removed_at else "")
        for seat in seats
    ]
    return sorted(sittings, key=lambda sitting: sitting.seat.removed_at is not None)


def _reasons(jury: Jury) -> dict[str, str]:
    """Why people left, by address: the journal says it, the seat does not."""
    lines = JuryLine.objects.filter(subject=jury, act__in=["remove", "decline"]).select_related("actor")
    found: dict[str, str] = {}
    for line in lines.order_by("sequence"):
        left = line.details.get("juror") or (line.actor.email if line.actor else "")
        found[left] = line.note
    return found
