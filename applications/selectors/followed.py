"""Everything the page of a dossier shows once the call is closed."""

from dataclasses import dataclass
from datetime import datetime

from applications.models import Candidacy, LateAttempt, Submission
from applications.selectors.banner import Banner, last_submission, that_counts
from applications.selectors.course import Step, course
from applications.selectors.decisions import Decision, decision
from applications.selectors.desk import banner_of
from applications.selectors.replacing import Replacing, replacing
from applications.selectors.safety_net import Cast, cast_of
from applications.selectors.told import Told, told_of


@dataclass(frozen=True)
class Followed:
    """A candidacy as its candidate follows it; `counted` is the version examined, when there is one."""

    banner: Banner
    told: Told
    counted: Submission | None
    steps: list[Step]
    decision: Decision | None
    late_attempts: list[LateAttempt]
    cast: Cast | None
    replacing: Replacing
    at: datetime

    @property
    def may_complete(self) -> bool:
        """Whether documents are awaited now."""
        return self.told.may_complete(self.at)


def follow(candidacy: Candidacy, at: datetime) -> Followed:
    """What was told, in six queries at most; of a draft nothing of which counts, eight more at most."""
    last, since = last_submission(candidacy), told_of(candidacy, with_past_requests=True)
    counted = that_counts(candidacy, last)
    return Followed(
        banner_of(candidacy, candidacy.dossier, last, at, since),
        since,
        counted,
        course(candidacy, since, counted, at) if counted else [],
        decision(candidacy, since) if counted else None,
        [] if counted else list(candidacy.late_attempts.order_by("arrived_at")),
        cast_of(candidacy, at) if last is None or candidacy.dossier.revision > last.revision else None,
        replacing(candidacy, at),
        at,
    )
