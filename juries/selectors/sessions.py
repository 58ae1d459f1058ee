"""The deliberations of the calls one manages: which juries may open one, which wait for a decision or a signature."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from applications.enums import CandidacyState
from applications.models import Call, Candidacy
from juries.enums import DeliberationState
from juries.models import Deliberation, Jury


@dataclass(frozen=True)
class Session:
    """A jury, how many of its candidacies wait for a decision or a hearing, and its deliberations, the last first."""

    jury: Jury
    heard: int
    waited: int
    deliberations: list[Deliberation]

    @property
    def may_open(self) -> bool:
        """Whether none is under way."""
        return all(row.state == DeliberationState.SIGNED for row in self.deliberations)


def _counted(deliberations: QuerySet[Deliberation]) -> QuerySet[Deliberation]:
    return deliberations.select_related("jury__call").annotate(
        decided=Count("decisions", distinct=True), signed=Count("signatures", distinct=True)
    )


def sessions(calls: QuerySet[Call]) -> list[Session]:
    """The juries of these calls: three queries."""
    juries = list(Jury.objects.filter(call__in=calls).select_related("call").order_by("-call__closes_at", "pk"))
    held = _counted(Deliberation.objects.filter(jury__in=juries)).order_by("-opened_at", "-pk")
    by_jury: dict[int, list[Deliberation]] = {jury.pk: [] for jury in juries}
    for row in held:
        by_jury[row.jury_id].append(row)
    given = Candidacy.objects.filter(assignment__panel__jury__in=juries).order_by()
    counts = {
        jury: (heard, waited)
        for jury, heard, waited in given.values_list("assignment__panel__jury").annotate(
            heard=Count("pk", filter=Q(state=CandidacyState.HEARD, award=None)),
            waited=Count("pk", filter=Q(state=CandidacyState.SHORTLISTED)),
        )
    }
    return [Session(jury, *counts.get(jury.pk, (0, 0)), by_jury[jury.pk]) for jury in juries]


def waiting(calls: QuerySet[Call]) -> list[Deliberation]:
    """The deliberations that are not signed by two people yet: one query."""
    under_way = Deliberation.objects.filter(jury__call__in=calls).exclude(state=DeliberationState.SIGNED)
    return list(_counted(under_way).order_by("opened_at", "pk"))
