"""What stands in the way of a hearing: rooms, panels and people cannot be in two places."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import paris_short
from juries.enums import HearingState
from juries.models import Hearing, Panel, Recusal, Seat, Slot
from juries.workflow import STANDING


def voters(panel: Panel, candidacy: Candidacy) -> list[Seat]:
    """The sworn members of the panel who may hear this candidacy."""
    recused = Recusal.objects.filter(candidacy=candidacy).values("seat__user")
    found = Seat.objects.sworn().filter(panels=panel).exclude(user__in=recused)
    return list(found.select_related("user", "jury").order_by("pk"))


def overlapping(slot: Slot, others: Iterable[Slot]) -> list[Slot]:
    """Those that share a minute with `slot` in its room or for its panel."""
    return [
        other
        for other in others
        if other.pk != slot.pk and (other.room == slot.room or other.panel_id == slot.panel_id) and slot.overlaps(other)
    ]


def obstacles(slot: Slot, candidacy: Candidacy, *, moving: Hearing | None = None) -> list[Sentence]:
    """Why this candidacy cannot be heard in this slot, one sentence each; `moving` is its present hearing, if any."""
    items: list[Sentence] = []
    standing = Hearing.objects.exclude(state=HearingState.CANCELLED)
    if moving is not None:
        standing = standing.exclude(pk=moving.pk)
    if not panel_has(slot.panel, candidacy):
        items.append(_("Cette candidature n’est pas attribuée à ce panel."))
    if standing.filter(slot=slot).exists():
        items.append(_("Ce créneau est déjà pris."))
    if standing.filter(candidacy=candidacy).exists():
        items.append(_("Cette candidature a déjà une audition."))
    able = voters(slot.panel, candidacy)
    if len(able) < slot.jury.quorum:
        items.append(
            _("Déports déduits, %(n)s membre(s) du panel peuvent l’entendre : le quorum est de %(quorum)s.")
            % {"n": len(able), "quorum": slot.jury.quorum}
        )
    return items + _busy(slot, able, moving)


def panel_has(panel: Panel, candidacy: Candidacy) -> bool:
    """Whether the candidacy was given to this panel."""
    return panel.assignments.filter(candidacy=candidacy).exists()


def _busy(slot: Slot, able: list[Seat], moving: Hearing | None) -> list[Sentence]:
    """Members expected elsewhere at that time, in whatever jury."""
    people = {seat.user_id: seat.user for seat in able}
    elsewhere = (
        Hearing.objects.filter(state__in=sorted(STANDING), panel__members__user__in=people)
        .exclude(slot=slot)
        .exclude(pk=moving.pk if moving else 0)
        .select_related("slot")
        .prefetch_related("panel__members")
        .distinct()
    )
    return [
        _("%(name)s est déjà en audition le %(when)s.")
        % {"name": people[seat.user_id], "when": paris_short(hearing.slot.starts_at)}
        for hearing in elsewhere
        if hearing.slot.overlaps(slot)
        for seat in hearing.panel.members.all()
        if seat.user_id in people
    ]
