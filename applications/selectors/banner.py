"""The state of a dossier in words, as long as it may still change."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from applications.enums import CandidacyState, SubmissionOrigin
from applications.models import Candidacy, Dossier, Submission
from hubs_portal.templatetags.french import clock_second, day, paris


@dataclass(frozen=True)
class Banner:
    """The state of a dossier in words; `kind` (draft, filed, changed, done, closed) gives its shape and colour.

    For the page: `{% include "candidate/_banner.html" %}` in the block `before_main`. `action` is an address and the
    words that lead to it.
    """

    kind: str
    word: str
    lines: list[str] = field(default_factory=list)
    action: tuple[str, str] | None = None


def is_over(candidacy: Candidacy, at: datetime) -> bool:
    """Whether nothing can be changed or submitted any more: by time alone, or because the list is frozen."""
    call = candidacy.call
    return call.is_closed(at) or call.frozen_at is not None


def last_submission(candidacy: Candidacy) -> Submission | None:
    """The last version, its content left unread: one query."""
    return candidacy.submissions.order_by("-version").defer("content").first()


_NOTHING_FILED = frozenset(
    {CandidacyState.SIGNALLED, CandidacyState.DRAFTING, CandidacyState.WITHDRAWN, CandidacyState.NOT_SUBMITTED}
)


def that_counts(candidacy: Candidacy, last: Submission | None) -> Submission | None:
    """The last version, unless it was withdrawn: what the team examines."""
    return None if candidacy.notified_state in _NOTHING_FILED else last


def before_closing(candidacy: Candidacy, dossier: Dossier, last: Submission | None, at: datetime) -> Banner:
    """What is submitted, what is not, and until when it may change: no query."""
    closing = {"closing": paris(candidacy.call.closes_at)}
    if candidacy.state == CandidacyState.WITHDRAWN:
        return withdrawn(candidacy, at)
    if candidacy.state == CandidacyState.SUBMITTED and last:
        if dossier.revision > last.revision:
            return _changed(last)
        return Banner(
            "filed",
            filed(last),
            [_("Vous pouvez le modifier et le déposer de nouveau jusqu’au %(closing)s.") % closing],
        )
    lines = [_("À déposer avant le %(closing)s.") % closing]
    if last:
        lines.append(
            _("La version %(n)s, déposée avant le retrait, ne compte plus : déposez de nouveau.") % {"n": last.version}
        )
    return Banner("draft", _("BROUILLON – NON DÉPOSÉ"), lines)


def filed(last: Submission) -> str:
    """« DÉPOSÉ le … à … – version 2 »; of the safety net, that it did."""
    if last.origin == SubmissionOrigin.SAFETY_NET:
        return _("DÉPOSÉ À LA CLÔTURE PAR LE FILET DE SÉCURITÉ – version %(n)s") % {"n": last.version}
    return _("DÉPOSÉ le %(day)s à %(hour)s – version %(n)s") % {
        "day": day(last.arrived_at),
        "hour": clock_second(last.arrived_at),
        "n": last.version,
    }


def _changed(last: Submission) -> Banner:
    said = {"n": last.version, "day": day(last.arrived_at), "hour": clock_second(last.arrived_at)}
    return Banner(
        "changed",
        _("DÉPOSÉ (version %(n)s) – des modifications ne sont pas déposées") % said,
        [_("La version %(n)s, déposée le %(day)s à %(hour)s, compte tant que vous n’en déposez pas une autre.") % said],
    )


def withdrawn(candidacy: Candidacy, at: datetime) -> Banner:
    """A candidacy taken back, before the closing or for good."""
    lines = [_("Aucune version ne sera examinée.")]
    if not is_over(candidacy, at):
        lines.append(_("Vous pouvez la reprendre jusqu’au %(closing)s.") % {"closing": paris(candidacy.call.closes_at)})
    return Banner("closed", _("CANDIDATURE RETIRÉE"), lines)
