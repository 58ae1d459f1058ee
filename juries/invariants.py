"""What must always hold in the jury phase."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from applications.enums import CandidacyState
from applications.models import Award
from hubs_portal.invariants import invariant
from hubs_portal.journal import JournalLine, broken_lines
from juries.enums import DeliberationState, HearingState, Stage, Verdict
from juries.models import (
    Deliberation,
    Hearing,
    HearingPresence,
    InterestDeclaration,
    JuryLine,
    Minutes,
    PanelCandidacy,
    PanelMember,
    Recusal,
    ScoreSheet,
    Slot,
)
from juries.workflow import AWAITED, COUNTED

_HEARD = (
    CandidacyState.HEARD,
    CandidacyState.AWARDED,
    CandidacyState.RESERVE,
    CandidacyState.NOT_SELECTED,
)


@invariant
def recused_jurors_have_no_sheet() -> Iterator[ScoreSheet]:
    """What they had written is annulled, and nothing was written since; nothing else is, but by an absence."""
    recused = Recusal.objects.filter(seat__user=OuterRef("seat__user"), candidacy=OuterRef("candidacy"))
    yield from ScoreSheet.objects.filter(Exists(recused), annulled_at__isnull=True).order_by("pk")
    others = ScoreSheet.objects.filter(~Exists(recused), annulled_at__isnull=False)
    yield from others.exclude(~Exists(_there()), stage=Stage.AFTER).order_by("pk")


@invariant
def declared_recusals_are_recusals() -> Iterator[InterestDeclaration]:
    """« Déport » closes the dossier, in every row that closes it."""
    kept = Recusal.objects.filter(seat=OuterRef("seat"), candidacy=OuterRef("candidacy"))
    yield from InterestDeclaration.objects.filter(~Exists(kept), verdict=Verdict.RECUSED).order_by("pk")


@invariant
def sheets_follow_a_declaration_without_tie() -> Iterator[ScoreSheet]:
    """Nobody scores what they have declared nothing of."""
    declared = InterestDeclaration.objects.filter(seat=OuterRef("seat"), candidacy=OuterRef("candidacy"))
    yield from ScoreSheet.objects.filter(~Exists(declared)).order_by("pk")


@invariant
def sheets_belong_to_the_panel_of_the_candidacy() -> Iterator[ScoreSheet]:
    """A juror of another panel scores nothing."""
    member = PanelMember.objects.filter(seat=OuterRef("seat"), panel__assignments__candidacy=OuterRef("candidacy"))
    yield from ScoreSheet.objects.filter(~Exists(member)).order_by("pk")


@invariant
def finished_sheets_are_complete() -> Iterator[ScoreSheet]:
    """Every criterion of the grid has its mark."""
    marked = Count("scores", filter=Q(scores__value__isnull=False), distinct=True)
    asked = Count("candidacy__call__criteria", distinct=True)
    finished = ScoreSheet.objects.filter(state__in=sorted(COUNTED)).annotate(marked=marked, asked=asked)
    yield from finished.exclude(marked=F("asked")).order_by("pk")


@invariant
def sheets_of_after_belong_to_people_who_were_there() -> Iterator[ScoreSheet]:
    """One scores a hearing one attended; what somebody wrote who was not there after all is annulled."""
    kept = ScoreSheet.objects.filter(stage=Stage.AFTER, annulled_at__isnull=True)
    yield from kept.filter(~Exists(_there())).order_by("pk")


def _there() -> QuerySet[HearingPresence]:
    return HearingPresence.objects.filter(
        seat=OuterRef("seat"), present=True, hearing__candidacy=OuterRef("candidacy"), hearing__state=HearingState.HELD
    )


@invariant
def nobody_sat_at_a_hearing_they_stay_out_of() -> Iterator[HearingPresence]:
    """A recusal decided before the hearing kept its juror out of the room."""
    earlier = Recusal.objects.filter(
        seat__user=OuterRef("seat__user"),
        candidacy=OuterRef("hearing__candidacy"),
        recused_at__lte=OuterRef("hearing__held_at"),
    )
    yield from HearingPresence.objects.filter(Exists(earlier), present=True).order_by("pk")


@invariant
def slots_of_a_room_or_panel_do_not_overlap() -> Iterator[Slot]:
    """Two hearings never meet."""
    slots = list(Slot.objects.order_by("jury", "starts_at", "pk"))
    for same in ("room", "panel_id"):
        last: dict[object, Slot] = {}
        for slot in slots:
            where = (slot.jury_id, getattr(slot, same))
            if where in last and slot.overlaps(last[where]):
                yield slot
            last[where] = slot


@invariant
def hearings_are_held_by_the_panel_of_their_candidacy() -> Iterator[Hearing]:
    """The slot, the panel and the candidacy agree."""
    given = PanelCandidacy.objects.filter(panel=OuterRef("panel"), candidacy=OuterRef("candidacy"))
    yield from Hearing.objects.filter(~Exists(given) | ~Q(slot__panel=F("panel"))).order_by("pk")


@invariant
def held_hearings_marked_their_candidacy() -> Iterator[Hearing]:
    """Whoever was heard is « auditionnée », or further."""
    yield from Hearing.objects.filter(state=HearingState.HELD).exclude(candidacy__state__in=_HEARD).order_by("pk")


@invariant
def convened_candidates_had_a_letter() -> Iterator[Hearing]:
    """No convocation without its letter."""
    yield from (
        Hearing.objects.filter(state__in=sorted(AWAITED))
        .exclude(candidacy__letters__letter__kind__in=["hearing_invitation", "hearing_moved"])
        .order_by("pk")
    )


@invariant
def panels_hold_people_and_candidacies_of_their_jury() -> Iterator[object]:
    """Nobody sits, and nothing is judged, across juries or calls."""
    yield from PanelMember.objects.exclude(panel__jury=F("seat__jury")).order_by("pk")
    yield from PanelCandidacy.objects.exclude(panel__jury__call=F("candidacy__call")).order_by("pk")


@invariant
def signed_deliberations_have_two_signatures_and_minutes() -> Iterator[Deliberation]:
    """Two different people, and the minutes they signed; none otherwise."""
    counted = Deliberation.objects.annotate(n=Count("signatures__user", distinct=True))
    signed = Q(state=DeliberationState.SIGNED)
    yield from counted.filter(signed & (~Q(n=2) | Q(minutes__isnull=True))).order_by("pk")
    yield from counted.filter(~signed & (Q(n__gte=2) | Q(minutes__isnull=False))).order_by("pk")


@invariant
def signed_decisions_are_the_outcomes_kept() -> Iterator[Deliberation]:
    """What will be released is what the jury signed."""
    for deliberation in Deliberation.objects.filter(state=DeliberationState.SIGNED).order_by("pk"):
        decided = set(deliberation.decisions.values_list("candidacy", "outcome", "amount", "reasons"))
        kept = Award.objects.filter(candidacy__decisions__deliberation=deliberation)
        if decided != set(kept.values_list("candidacy", "outcome", "amount", "reasons")):
            yield deliberation


@invariant
def minutes_hash_to_their_digest() -> Iterator[Minutes]:
    """The minutes are those that were signed, to the byte."""
    for minutes in Minutes.objects.order_by("pk"):
        if hashlib.sha256(minutes.content.encode()).hexdigest() != minutes.digest:
            yield minutes


@invariant
def journals_of_juries_are_whole() -> Iterator[JournalLine]:
    """No line altered, none missing."""
    yield from broken_lines(JuryLine)
