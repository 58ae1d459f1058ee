"""When a partner may be asked for its letter of commitment, by when it is advised to give it, and may deposit it."""

from datetime import date, datetime, timedelta

from applications.enums import CandidacyState
from applications.models import Call, CommitmentRequest
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal.templatetags.french import PARIS

AGAIN_AFTER = timedelta(days=1)
# Of one dossier in a day: a consortium is large, a mailing is not a consortium.
MOST = 30
# By one partner in a day: it corrects its letter, it does not fill our disks nor the candidate's mailbox.
MOST_DEPOSITS = 10


def advised_on(call: Call, at: datetime) -> date:
    """Three days before the closing; the day before it when those are gone; the day itself at the very end."""
    closing, today = call.closes_at.astimezone(PARIS).date(), at.astimezone(PARIS).date()
    return next(day for day in (closing - timedelta(days=n) for n in (3, 1, 0)) if day > today or day == closing)


def is_open(request: CommitmentRequest, at: datetime) -> bool:
    """Whether the link of a request lets in, as far as the request and its candidacy tell: strictly before the closing.

    Besides, the dossier must still name the partner's address (`selectors.commitment.is_named`).
    """
    candidacy = request.candidacy
    call = candidacy.call
    is_live = CandidacyState(candidacy.state) in WITH_A_LIVE_DRAFT and call.frozen_at is None
    return bool(request.link_digest) and request.revoked_at is None and is_live and at < call.closes_at
