"""Propose a calendar: who could be heard when, the hardest to place first; then book what was looked at and kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.refusals import Refusal, Sentence
from juries.actions.hearings import book_hearing
from juries.actions.steps import lock_jury
from juries.models import Hearing, Jury, Slot
from juries.rules.diary import Diary


@dataclass(frozen=True)
class Placement:
    """A candidacy in a slot."""

    candidacy: Candidacy
    slot: Slot


@dataclass(frozen=True)
class Unplaced:
    """A candidacy the calendar has no room for, and why."""

    candidacy: Candidacy
    reasons: list[Sentence]


@dataclass(frozen=True)
class Plan:
    """What is proposed, and what is left over."""

    placed: list[Placement] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)


def propose(diary: Diary, waiting: Iterable[Candidacy], free: Iterable[Slot]) -> Plan:
    """Place each candidacy in the first slot of its panel where nothing stands in the way. Writes nothing.

    Those that have the fewest slots are placed first, so that nobody easy to place takes the only place of another;
    equals in the order of their numbers. The free slots are those still to come.
    """
    slots = sorted(free, key=lambda slot: (slot.starts_at, slot.room))
    plan = Plan()
    for candidacy in _hardest_first(diary, list(waiting), slots):
        found = _possible(diary, candidacy, slots)
        if not found:
            plan.unplaced.append(Unplaced(candidacy, _why_not(diary, candidacy, slots)))
            continue
        slot = found[0]
        plan.placed.append(Placement(candidacy, slot))
        diary = diary.supposing(Hearing(slot=slot, panel=slot.panel, candidacy=candidacy))
        slots.remove(slot)
    plan.placed.sort(key=lambda placement: (placement.slot.starts_at, placement.slot.room))
    plan.unplaced.sort(key=lambda row: row.candidacy.number)
    return plan


def _hardest_first(diary: Diary, waiting: Sequence[Candidacy], slots: Sequence[Slot]) -> list[Candidacy]:
    return sorted(waiting, key=lambda row: (len(_possible(diary, row, slots)), row.number))


def _possible(diary: Diary, candidacy: Candidacy, slots: Iterable[Slot]) -> list[Slot]:
    panel = diary.panel_of(candidacy)
    return [slot for slot in slots if slot.panel_id == panel and not diary.obstacles(slot, candidacy)]


def _why_not(diary: Diary, candidacy: Candidacy, slots: Iterable[Slot]) -> list[Sentence]:
    panel = diary.panel_of(candidacy)
    if panel is None:
        return [_("Elle n’est attribuée à aucun panel de ce jury.")]
    if reasons := diary.shortcomings(panel, candidacy):
        return reasons
    left = [slot for slot in slots if slot.panel_id == panel]
    if not left:
        return [_("Son panel n’a plus de créneau libre : proposez-en d’autres.")]
    met = [sentence for slot in left for sentence in diary.obstacles(slot, candidacy)]
    return [_("Chacun des créneaux libres de son panel rencontre une autre audition :"), *dict.fromkeys(map(str, met))]


@locks.retried
def book_plan(jury: Jury, placements: Sequence[Placement], *, by: User, at: datetime) -> list[Hearing]:
    """Book the hearings that somebody looked at and kept, all or none: the slots may have been taken meanwhile.

    No letter leaves. Raises `Refusal` naming those that are no longer possible.
    """
    items: list[Sentence] = []
    booked: list[Hearing] = []
    with transaction.atomic():
        lock_jury(jury.pk)
        for placement in placements:
            try:
                booked.append(book_hearing(placement.slot, placement.candidacy, by=by, at=at))
            except Refusal as refusal:
                items += [f"{placement.candidacy.number} : {item}" for item in refusal.items or [refusal.sentence]]
        if items:
            raise Refusal(_("Le calendrier a changé depuis : rien n’est placé."), code="plan_outdated", items=items)
    return booked
