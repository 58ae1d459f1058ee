"""What waits for the team, kind by kind, and the next candidacy somebody should open."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from applications.enums import CandidacyState
from applications.models import (
    Candidacy,
    CandidacyLine,
    CompletionRequest,
    Exclusion,
    Replacement,
    Submission,
    TeamMember,
)
from applications.models.dossier import UNUSABLE
from applications.rules.replacing import ENDED
from hubs_portal.accounts.models import User

# Somebody who opened a dossier this recently is still on it.
_BEING_READ = timedelta(hours=1)


class Wait(TextChoices):
    """Why a candidacy waits for an officer."""

    EXAMINE = "examine", _("à examiner")
    ANSWERED = "answered", _("complément reçu")
    OVERDUE = "overdue", _("complément en retard")
    CONFIRM = "confirm", _("exclusion à confirmer")
    DECIDE = "decide", _("éligibilité à décider")
    ASSESS = "assess", _("à évaluer")
    REPLACED = "replaced", _("fichier illisible remplacé, à ouvrir")


def waiting(candidacies: QuerySet[Candidacy], wait: str, *, user: User, at: datetime) -> QuerySet[Candidacy]:
    """Those that wait in this way for this person: an exclusion is confirmed by another than its author."""
    return candidacies.filter(condition(Wait(wait), user=user, at=at))


def condition(wait: Wait, *, user: User, at: datetime) -> Q:
    """The same, as a condition on candidacies."""
    proposed = Exclusion.objects.filter(candidacy=OuterRef("pk"), confirmed_at__isnull=True, dropped_at__isnull=True)
    if wait == Wait.CONFIRM:
        return Q(Exists(proposed.exclude(proposed_by=user.pk)))
    asked = CompletionRequest.objects.filter(candidacy=OuterRef("pk"))
    incomplete = Q(state=CandidacyState.INCOMPLETE)
    free = ~Q(Exists(proposed))
    return {
        Wait.EXAMINE: Q(state=CandidacyState.FROZEN) & free,
        Wait.ANSWERED: incomplete & Q(Exists(asked.filter(answered_at__isnull=False))) & free,
        Wait.OVERDUE: incomplete & Q(Exists(asked.filter(answered_at__isnull=True, due_at__lte=at))) & free,
        Wait.DECIDE: Q(state=CandidacyState.ADMISSIBLE) & free,
        Wait.ASSESS: Q(state=CandidacyState.ELIGIBLE),
        Wait.REPLACED: ~Q(state__in=ENDED) & Q(Exists(_unopened())),
    }[wait]


def _unopened() -> QuerySet[Replacement]:
    """The files sent in the place of unreadable ones, which nobody of the team has opened since."""
    of_team = TeamMember.objects.filter(user=OuterRef("actor"), call=OuterRef("subject__call"))
    with_the_dossier, alone = Q(act="read_archive"), Q(act="read_replacement", file=OuterRef("name"))
    opened = CandidacyLine.objects.annotate(file=KT("details__file")).filter(
        Exists(of_team),
        with_the_dossier | alone,
        subject=OuterRef("candidacy"),
        at__gte=OuterRef("received_at"),
    )
    sent = Replacement.objects.filter(candidacy=OuterRef("pk"), stored__isnull=False, settled_by__isnull=True)
    return sent.exclude(state__in=UNUSABLE).filter(~Exists(opened))


def next_one(candidacies: QuerySet[Candidacy], *, user: User, at: datetime, after: int | None = None) -> int | None:
    """The key of the candidacy, submitted first, that waits for this person; from `after` on, around the list.

    One a colleague is reading is left to them as long as there is another.
    """
    any_wait = Q()
    for wait in Wait:
        any_wait |= condition(wait, user=user, at=at)
    arrivals = Submission.objects.filter(candidacy=OuterRef("pk")).order_by("-version").values("arrived_at")[:1]
    read = CandidacyLine.objects.filter(subject=OuterRef("pk"), act="read", at__gt=at - _BEING_READ, at__lte=at)
    rows = list(
        candidacies.filter(any_wait)
        .annotate(arrival=Subquery(arrivals), taken=Exists(read.exclude(actor=user.pk)))
        .order_by(F("arrival").asc(nulls_last=True), "pk")
        .values_list("pk", "taken")
    )
    keys = [key for key, _taken in rows]
    start = keys.index(after) + 1 if after in keys else 0
    around = [row for row in rows[start:] + rows[:start] if row[0] != after]
    free = (key for key, taken in around if not taken)
    return next(free, next((key for key, _taken in around), None))
