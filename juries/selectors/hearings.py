"""Slots and hearings as the office and the candidate see them."""

from datetime import datetime

from django.db.models import QuerySet

from applications.models import Call, Candidacy
from hubs_portal.accounts.models import User
from juries.enums import HearingState
from juries.models import Hearing, Panel, Slot


def free_slots(panel: Panel, at: datetime) -> QuerySet[Slot]:
    """The slots of a panel that are still to come and that no hearing takes."""
    taken = Hearing.objects.exclude(state=HearingState.CANCELLED).filter(slot__panel=panel)
    return panel.slots.filter(starts_at__gt=at).exclude(pk__in=taken.values("slot"))


def hearings_told_to(candidacy: Candidacy) -> QuerySet[Hearing]:
    """What a candidate knows of their hearings: nothing before the convocation."""
    told = Hearing.objects.filter(candidacy=candidacy, convened_at__isnull=False)
    return told.select_related("slot", "panel")


def hearings_run_by(user: User) -> QuerySet[Hearing]:
    """The hearings of the calls the person runs."""
    mine = Hearing.objects.filter(panel__jury__call__in=Call.objects.run_by(user))
    return mine.select_related("slot", "panel__jury", "candidacy__organisation")
