"""What stands in the way of a hearing: rooms, panels and people cannot be in two places; and who is told of it."""

from collections.abc import Iterable

from django.db.models import QuerySet

from applications.enums import Rights
from applications.models import Candidacy, Member
from hubs_portal.refusals import Sentence
from juries.enums import Verdict
from juries.models import Hearing, InterestDeclaration, Panel, Recusal, Seat, Slot
from juries.rules.diary import Diary


def voters(panel: Panel, candidacy: Candidacy) -> list[Seat]:
    """The sworn members of the panel who may hear this candidacy."""
    recused = Recusal.objects.filter(candidacy=candidacy).values("seat__user")
    found = Seat.objects.sworn().filter(panels=panel).exclude(user__in=recused)
    return list(found.select_related("user", "jury").order_by("pk"))


def admitted(panel: Panel, candidacy: Candidacy) -> list[Seat]:
    """Those of them who may be in the room: they declared no tie, and none is left to examine."""
    declared = InterestDeclaration.objects.filter(candidacy=candidacy, verdict=Verdict.NONE)
    cleared = set(declared.values_list("seat", flat=True))
    return [seat for seat in voters(panel, candidacy) if seat.pk in cleared]


def candidates_told(candidacies: Iterable[Candidacy]) -> QuerySet[Member]:
    """The people of these dossiers to whom a convocation is written: those who may answer it."""
    present = Member.objects.present().filter(candidacy__in=[candidacy.pk for candidacy in candidacies])
    return present.select_related("user").exclude(rights=Rights.VIEW).order_by("candidacy", "pk")


def overlapping(slot: Slot, others: Iterable[Slot]) -> list[Slot]:
    """Those that share a minute with `slot` in its room or for its panel."""
    return [
        other
        for other in others
        if other.pk != slot.pk and (other.room == slot.room or other.panel_id == slot.panel_id) and slot.overlaps(other)
    ]


def obstacles(slot: Slot, candidacy: Candidacy, *, moving: Hearing | None = None) -> list[Sentence]:
    """Why this candidacy cannot be heard in this slot, one sentence each; `moving` is its present hearing, if any."""
    return Diary(slot.jury).obstacles(slot, candidacy, moving=moving)
