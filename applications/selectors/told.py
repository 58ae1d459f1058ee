"""What candidates have been told since the closing: the only facts their pages may show.

`notified_state` moves with the letter that tells it, so nothing here reads `state`. What another phase tells them comes
through `appointments`, which it fills when the portal starts: this phase knows of no jury.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from applications.enums import CandidacyState
from applications.models import Agreement, Award, Candidacy, CompletionRequest
from applications.models.dossier import UNUSABLE

# The end of a candidacy, told to all of them by one act.
RESULTS = frozenset({CandidacyState.AWARDED, CandidacyState.RESERVE, CandidacyState.NOT_SELECTED})
# From here on somebody may have been given a day to come.
CALLED = frozenset({CandidacyState.SHORTLISTED, CandidacyState.HEARD, *RESULTS})


@dataclass(frozen=True)
class Appointment:
    """A day the candidate is expected, as the phase that calls them tells it; `template` is its part of the page."""

    url: str
    starts_at: datetime
    ends_at: datetime
    is_confirmed: bool
    is_cancelled: bool
    template: str
    context: dict[str, Any] = field(default_factory=dict)

    def is_past(self, at: datetime) -> bool:
        """Whether the hour given to the candidate is over: time alone says so, whatever was written down since."""
        return not self.is_cancelled and at >= self.ends_at

    def waits_for_an_answer(self, at: datetime) -> bool:
        """Whether the candidate has still to say that they will come."""
        return not self.is_cancelled and not self.is_confirmed and at < self.starts_at


# Called with candidacies; answers with the appointment of each that has one, in a number of queries that does not grow.
appointments: list[Callable[[Sequence[Candidacy]], Mapping[int, Appointment]]] = []


@dataclass(frozen=True)
class Told:
    """What was told of one candidacy; `awaited` counts the documents asked for and not received."""

    state: CandidacyState
    asked: CompletionRequest | None = None
    awaited: int = 0
    appointment: Appointment | None = None
    award: Award | None = None

    @property
    def agreement(self) -> Agreement | None:
        """The agreement that was sent, once one was."""
        return getattr(self.award.candidacy, "agreement", None) if self.award else None

    def may_complete(self, at: datetime) -> bool:
        """Whether documents are still awaited, now."""
        asked = self.asked
        waits = self.state == CandidacyState.INCOMPLETE and asked is not None and asked.answered_at is None
        return waits and asked is not None and at < asked.due_at


def told(candidacies: Sequence[Candidacy], *, with_past_requests: bool = False) -> dict[int, Told]:
    """What was told of each: three queries at most, for one or for thirty.

    A request for documents is read while it is what was told last; afterwards, for the one page that leads back to it.
    """
    concerned = [c for c in candidacies if with_past_requests or c.notified_state == CandidacyState.INCOMPLETE]
    asked = {request.candidacy_id: request for request in _requests(concerned)}
    called = [candidacy for candidacy in candidacies if candidacy.notified_state in CALLED]
    expected: dict[int, Appointment] = {}
    for tell in appointments if called else ():
        expected |= tell(called)
    ended = [candidacy for candidacy in candidacies if candidacy.notified_state in RESULTS]
    rows = Award.objects.filter(candidacy__in=ended).select_related("candidacy__agreement")
    awards = {award.candidacy_id: award for award in rows} if ended else {}
    return {
        candidacy.pk: Told(
            CandidacyState(candidacy.notified_state),
            asked=(request := asked.get(candidacy.pk)),
            awaited=getattr(request, "awaited", 0),
            appointment=expected.get(candidacy.pk),
            award=awards.get(candidacy.pk),
        )
        for candidacy in candidacies
    }


def told_of(candidacy: Candidacy, *, with_past_requests: bool = False) -> Told:
    """What was told of this one."""
    return told([candidacy], with_past_requests=with_past_requests)[candidacy.pk]


def _requests(candidacies: Sequence[Candidacy]) -> Sequence[CompletionRequest]:
    """Asking notifies: a request that exists is known to the candidate. The last one asked is the one that counts."""
    if not candidacies:
        return ()
    waiting = Count("items", filter=Q(items__stored__isnull=True) | Q(items__state__in=UNUSABLE))
    return list(
        CompletionRequest.objects.filter(candidacy__in=candidacies).annotate(awaited=waiting).order_by("asked_at", "pk")
    )
