"""What a member of the team is told of a call in the evening: counts of what they may see, and what waits for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from applications.enums import CallState, CandidacyState, Role
from applications.models import Call, Candidacy, Extension, Incident, LateAttempt, Publication, Submission, TeamMember
from applications.selectors import ledger
from applications.selectors.screening_queue import Wait, condition
from applications.selectors.troubled import untold
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import LetterState
from hubs_portal.refusals import Sentence

# What other phases have to say of what waits for an officer or a manager of a call, in the language of the moment.
waits: list[Callable[[User, Call, datetime], list[str]]] = []


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

    @property
    def is_quiet(self) -> bool:
        """Whether nothing came and nothing is wrong; totals alone are no news."""
        return not (self.signalled or self.submitted or self.incidents or self.late_attempts)


@dataclass(frozen=True)
class Untold:
    """How many letters did not arrive, or perhaps not, and wait for somebody to telephone."""

    failed: int
    uncertain: int

    def __bool__(self) -> bool:
        return bool(self.failed or self.uncertain)


@dataclass(frozen=True)
class Evening:
    """The news of a call, the letters to tell, and what waits, for one person."""

    news: News
    untold: Untold
    waits: list[str]

    @property
    def has_something_to_say(self) -> bool:
        """Whether it is worth a letter."""
        return bool(self.waits or self.untold) or not self.news.is_quiet


def untold_to(member: TeamMember, at: datetime) -> Untold:
    """The letters of the call to tell by telephone, of those this person may know of, as their ledger counts them.

    Whoever knows of no deliberation, or stays out of a candidacy, would learn of it from one letter more.
    """
    opened = ledger.shelves(member.user, {member.call_id: member.role}, at)
    drawers = [shelf.drawers[member.call_id] for _post, shelf in opened if member.call_id in shelf.drawers]
    mine = ledger.visible(member.user, opened).filter(untold(), drawer__in=drawers)
    failed, uncertain = (Count("pk", filter=Q(state=state)) for state in (LetterState.FAILED, LetterState.UNCERTAIN))
    return Untold(**mine.order_by().aggregate(failed=failed, uncertain=uncertain))


def news(call: Call, *, since: datetime, until: datetime) -> News:
    """Four queries: what arrived after `since` and no later than `until`."""
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
    )


def waiting_for(member: TeamMember, call: Call, at: datetime) -> list[str]:
    """What waits for somebody of the team, in the language of the moment; nothing for observers, who only look on."""
    if member.role == Role.OBSERVER:
        return []
    user = member.user
    counts = [*_examination(user, call, at), *(_signatures(user, call) if member.role == Role.MANAGER else [])]
    mine = [_("%(what)s : %(n)s") % {"what": what, "n": n} for what, n in counts if n]
    return [str(sentence) for sentence in mine] + [sentence for ask in waits for sentence in ask(user, call, at)]


def _examination(user: User, call: Call, at: datetime) -> list[tuple[Sentence, int]]:
    kinds = {wait.value: Count("pk", filter=condition(wait, user=user, at=at)) for wait in Wait}
    counts = Candidacy.objects.filter(call=call).order_by().aggregate(**kinds)
    return [(wait.label, counts[wait.value]) for wait in Wait]


def _signatures(user: User, call: Call) -> list[tuple[Sentence, int]]:
    proposed = Extension.objects.filter(call=call, signed_at__isnull=True, former_closes_at=call.closes_at)
    asked = Publication.objects.filter(call=call, released_at__isnull=True)
    to_sign = proposed.exclude(proposed_by=user).count() if call.state == CallState.PUBLISHED else 0
    return [
        (_("report de la clôture à signer"), to_sign),
        (_("publication des résultats à signer"), asked.exclude(requested_by=user).count()),
    ]
