"""When a file of a submitted dossier that nobody can read may still be replaced. No decision waits for it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from applications.enums import CandidacyState as S
from applications.models import Candidacy, Replacement
from hubs_portal.refusals import Refusal

# Nothing of theirs is examined.
_NOTHING_FILED = frozenset({S.SIGNALLED, S.DRAFTING, S.WITHDRAWN, S.NOT_SUBMITTED})
# Whoever was told one of these has nothing left to send; what was decided and not told yet must not show here.
ENDED = frozenset({S.INADMISSIBLE, S.INELIGIBLE, S.NOT_SHORTLISTED, S.AWARDED, S.RESERVE, S.NOT_SELECTED})


def counts(candidacy: Candidacy) -> bool:
    """Whether a version of it counts."""
    return candidacy.state not in _NOTHING_FILED


def is_examined(candidacy: Candidacy) -> bool:
    """Whether a version of it counts, and its candidate was not told the end."""
    return counts(candidacy) and candidacy.notified_state not in ENDED


def refuse_unless_wanted(replacement: Replacement, candidacy: Candidacy, at: datetime) -> None:
    """Raise when this file is not to be sent: the draft still takes it, it was replaced, or it is too late."""
    if replacement.settled_by_id is not None or not is_examined(candidacy):
        raise Refusal(_("Ce fichier n’est plus à remplacer."), code="settled")
    if not candidacy.call.is_closed(at):
        raise Refusal(
            _("L’appel est encore ouvert : remplacez le fichier dans les pièces du dossier, puis déposez de nouveau."),
            code="still_open",
        )
    if not replacement.is_awaited and not replacement.is_being_read:
        raise Refusal(_("Ce fichier est déjà remplacé, et le nouveau s’ouvre."), code="replaced")
