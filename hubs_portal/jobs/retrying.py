"""Try a failed piece of work again because a person asked for it."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from hubs_portal.jobs.models import Job, JobState
from hubs_portal.nudge import nudge
from hubs_portal.refusals import Refusal


def retry(job: Job) -> None:
    """Make a failed job due now, with all its attempts before it; raises `Refusal` when it has not failed."""
    revived = Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(
        state=JobState.WAITING, attempts=0, due_at=datetime.now(UTC)
    )
    if not revived:
        raise Refusal(_("Ce travail n’est pas en échec : il n’y a rien à relancer."), code="not_failed")
    nudge("hubs_portal.jobs.run", job.pk)
