"""What a member of the team is told of a call in the evening: counts of what they may see, and what waits for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from applications.enums import CallState, CandidacyState, Role
from applications.models import Call, Candidacy, Extension, Incident, LateAttempt, Publication, Submission, TeamMember
from applications.selectors.screening_queue import Wait, condition
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.refusals import Sentence

Waiting = list[tuple[Sentence, int]]
# What other phases have to say of what waits for somebody in a call: a sentence and a count each.
waits: list[Callable[[User, Call, datetime], Waiting]] = []


@dataclass(frozen=True)
class News:
    """What is the same for the whole team: what came since an instant, and what stands at another."""

    since: datetime
    until: datetime
    signalled: int
    signalled_in_all: int
    submitted: int
    submitted_in_all: int
    incidents: int
    oldest_incident: datetime | None
    late_attempts: int
    failed: int
    uncertain: int

    @property
    def is_quiet(self) -> bool:
        """Whether nothing came and nothing is wrong; totals alone are no news."""
        return not (
            self.signalled or self.submitted or self.incidents or self.late_attempts or self.failed or self.uncertain
        )


@dataclass(frozen=True)
class Evening:
    """The news of a call, and what waits for one person."""

    news: News
    waits: Waiting

    @property
    def has_something_to_say(self) -> bool:
        """Whether it is worth a letter."""
        return bool(self.waits) or not self.news.is_quiet


def news(call: Call, *, since: datetime, until: datetime) -> News:
    """Five queries: what arrived after `since` and no later than `until`."""
    signalled = Candidacy.objects.filter(call=call, signalled_at__lte=until)
    submitted = Submission.objects.filter(candidacy__call=call, arrived_at__lte=until).exclude(
        candidacy__state=CandidacyState.WITHDRAWN
    )
    each = Count("candidacy", distinct=True)
    return News(
        since,
        until,
        **signalled.order_by().aggregate(
            signalled=Count("pk", filter=Q(signalled_at__gt=since)), signalled_in_all=Count("pk")
        ),
        **submitted.order_by().aggregate(
            submitted=Count("candidacy", distinct=True, filter=Q(arrived_at__gt=since)), submitted_in_all=each
        ),
        **Incident.objects.open()
        .filter(candidacy__call=call, reported_at__lte=until)
        .order_by()
        .aggregate(incidents=Count("pk"), oldest_incident=Min("reported_at")),
        late_attempts=LateAttempt.objects.filter(
            candidacy__call=call, arrived_at__gt=since, arrived_at__lte=until
        ).count(),
        **Letter.objects.filter(Q(of_candidacy__candidacy__call=call) | Q(of_call__call=call))
        .order_by()
        .aggregate(
            failed=Count("pk", filter=Q(state=LetterState.FAILED)),
            uncertain=Count("pk", filter=Q(state=LetterState.UNCERTAIN)),
        ),
    )


def waiting_for(member: TeamMember, call: Call, at: datetime) -> Waiting:
    """What waits for somebody of the team; observers only look on."""
    user = member.user
    found: Waiting = []
    if member.role in (Role.OFFICER, Role.MANAGER):
        kinds = {wait.value: Count("pk", filter=condition(wait, user=user, at=at)) for wait in Wait}
        counts = Candidacy.objects.filter(call=call).order_by().aggregate(**kinds)
        found += [(wait.label, counts[wait.value]) for wait in Wait if counts[wait.value]]
    if member.role == Role.MANAGER:
        found += [(label, n) for label, n in _signatures(user, call) if n]
    return found + [line for ask in waits for line in ask(user, call, at)]


def _signatures(user: User, call: Call) -> Waiting:
    proposed = Extension.objects.filter(call=call, signed_at__isnull=True, former_closes_at=call.closes_at)
    asked = Publication.objects.filter(call=call, released_at__isnull=True)
    to_sign = proposed.exclude(proposed_by=user).count() if call.state == CallState.PUBLISHED else 0
    return [
        (_("report de la clôture à signer"), to_sign),
        (_("publication des résultats à signer"), asked.exclude(requested_by=user).count()),
    ]
