"""Everything a hearing of a jury could collide with, read once, then asked as often as a calendar needs."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import paris_short
from juries.models import Hearing, Jury, PanelCandidacy, PanelMember, Recusal, Seat, Slot
from juries.workflow import STANDING


class Diary:
    """Who sits where, who stays out of what, which hearings stand: six queries whatever the number of slots."""

    def __init__(self, jury: Jury) -> None:
        self.jury = jury
        self._sworn = _sworn(jury)
        people = {seat.user_id for seats in self._sworn.values() for seat in seats}
        self._recused = set(Recusal.objects.filter(seat__user__in=people).values_list("seat__user", "candidacy"))
        self._given = dict(PanelCandidacy.objects.filter(panel__jury=jury).values_list("candidacy", "panel"))
        concerned = Q(panel__jury=jury) | Q(panel__members__user__in=people)
        found = Hearing.objects.filter(concerned, state__in=sorted(STANDING)).select_related("slot").distinct()
        self._standing = list(found.order_by("pk"))
        self._people = _people({*self._sworn, *(hearing.panel_id for hearing in self._standing)})

    def voters(self, panel_id: int, candidacy: Candidacy) -> list[Seat]:
        """The sworn members of the panel who may hear this candidacy."""
        return [seat for seat in self._sworn[panel_id] if (seat.user_id, candidacy.pk) not in self._recused]

    def panel_of(self, candidacy: Candidacy) -> int | None:
        """The panel of the jury this candidacy was given to, if any."""
        return self._given.get(candidacy.pk)

    def supposing(self, hearing: Hearing) -> "Diary":
        """The same diary with one more hearing in it, written nowhere."""
        imagined = copy(self)
        imagined._standing = [*self._standing, hearing]
        return imagined

    def obstacles(self, slot: Slot, candidacy: Candidacy, *, moving: Hearing | None = None) -> list[Sentence]:
        """Why this candidacy cannot be heard in this slot, one sentence each; `moving` is its present hearing."""
        standing = [hearing for hearing in self._standing if moving is None or hearing.pk != moving.pk]
        items = self.shortcomings(slot.panel_id, candidacy)
        if any(hearing.slot_id == slot.pk for hearing in standing):
            items.append(_("Ce créneau est déjà pris."))
        if any(hearing.candidacy_id == candidacy.pk for hearing in standing):
            items.append(_("Cette candidature a déjà une audition."))
        return items + self._busy(slot, self.voters(slot.panel_id, candidacy), standing)

    def shortcomings(self, panel_id: int, candidacy: Candidacy) -> list[Sentence]:
        """Why this panel cannot hear this candidacy, whatever the time."""
        items: list[Sentence] = []
        if self._given.get(candidacy.pk) != panel_id:
            items.append(_("Cette candidature n’est pas attribuée à ce panel."))
        able = len(self.voters(panel_id, candidacy))
        if able < self.jury.quorum:
            items.append(
                _("Déports déduits, %(n)s membre(s) du panel peuvent l’entendre : le quorum est de %(quorum)s.")
                % {"n": able, "quorum": self.jury.quorum}
            )
        return items

    def _busy(self, slot: Slot, able: list[Seat], standing: Iterable[Hearing]) -> list[Sentence]:
        """Members expected elsewhere at that time, in whatever jury."""
        names = {seat.user_id: seat.user for seat in able}
        return [
            _("%(name)s est déjà en audition le %(when)s.")
            % {"name": names[user], "when": paris_short(hearing.slot.starts_at)}
            for hearing in standing
            if hearing.slot_id != slot.pk and hearing.slot.overlaps(slot)
            for user in self._people[hearing.panel_id]
            if user in names
        ]


def _sworn(jury: Jury) -> dict[int, list[Seat]]:
    found: dict[int, list[Seat]] = defaultdict(list)
    members = PanelMember.objects.filter(panel__jury=jury, seat__in=Seat.objects.sworn())
    for member in members.select_related("seat__user").order_by("seat"):
        found[member.panel_id].append(member.seat)
    return found


def _people(panels: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    members = PanelMember.objects.filter(panel__in=panels).order_by("pk")
    for panel_id, user_id in members.values_list("panel", "seat__user"):
        found[panel_id].append(user_id)
    return found
