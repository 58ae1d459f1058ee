"""What an examination may do, and not before when: nothing behind a colleague's back, nothing the law forbids."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from applications.enums import CandidacyState, CheckVerdict, ExclusionStage
from applications.models import Candidacy, CompletionRequest
from applications.rules.checklist import PIECE
from hubs_portal.refusals import Refusal

_PARIS = ZoneInfo("Europe/Paris")
_DAYS_TO_COMPLETE, _DAYS_TO_REPLACE, _HOUR_TO_COMPLETE = timedelta(days=8), timedelta(days=2), time(17)
# The public holidays that have a date of their own; the movable ones fall in spring.
_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}

UNDER_EXAMINATION = frozenset({CandidacyState.FROZEN, CandidacyState.INCOMPLETE, CandidacyState.ADMISSIBLE})
# The stage at which a candidacy in this state is examined, and may be excluded.
STAGES = {
    CandidacyState.FROZEN: ExclusionStage.ADMISSIBILITY,
    CandidacyState.INCOMPLETE: ExclusionStage.ADMISSIBILITY,
    CandidacyState.ADMISSIBLE: ExclusionStage.ELIGIBILITY,
}


def refuse_unless_under_examination(candidacy: Candidacy) -> None:
    """Raise when the checklist belongs to the past."""
    if candidacy.state not in UNDER_EXAMINATION:
        raise Refusal(_("L’examen de cette candidature est terminé : ses contrôles ne changent plus."), code="examined")


def refuse_while_a_colleague_is_asked(candidacy: Candidacy) -> None:
    """Raise while an exclusion is proposed: it is confirmed or dropped first, nobody decides around it."""
    if candidacy.exclusions.filter(confirmed_at__isnull=True, dropped_at__isnull=True).exists():
        raise Refusal(
            _("Une exclusion est proposée : elle doit d’abord être confirmée ou abandonnée."), code="exclusion_pending"
        )


def refuse_unexplained(candidacy: Candidacy, stage: ExclusionStage, note: str) -> None:
    """Raise when lines of this stage are « non conforme » and nobody says why one goes on all the same."""
    codes = candidacy.checks.filter(verdict=CheckVerdict.NO).values_list("code", flat=True)
    if not note.strip() and any(stage_of(code) == stage for code in codes):
        raise Refusal(
            _("Des contrôles sont « non conforme » : écrivez pourquoi vous passez outre, le journal le garde."),
            code="unexplained",
        )


def refuse_while_time_runs(candidacy: Candidacy, at: datetime) -> None:
    """Raise while the candidate still has time to complete the dossier (CRPA, L114-5): what was promised is kept."""
    if candidacy.completion_requests.filter(answered_at__isnull=True, due_at__gt=at).exists():
        raise Refusal(
            _("Le délai donné au candidat pour compléter court encore : une exclusion attend son terme."),
            code="time_runs",
        )


def stage_of(code: str) -> ExclusionStage:
    """The stage a line of the checklist belongs to."""
    return ExclusionStage.ADMISSIBILITY if code.startswith(PIECE) else ExclusionStage.ELIGIBILITY


def proposed_due(at: datetime) -> datetime:
    """An instant to complete a dossier that nobody has to defend: a week and a day, 17:00 in Paris, a working day."""
    return _at_five_on_a_working_day(at + _DAYS_TO_COMPLETE)


def time_to_replace(at: datetime) -> datetime:
    """The same for a file that came in time and cannot be read: two days at least."""
    return _at_five_on_a_working_day(at + _DAYS_TO_REPLACE + timedelta(hours=7))


def was_told_to_complete(candidacy: Candidacy) -> bool:
    """Whether documents are awaited, for all its candidate knows."""
    return candidacy.notified_state == CandidacyState.INCOMPLETE


def refuse_unless_awaited(request: CompletionRequest, candidacy: Candidacy, at: datetime) -> None:
    """Raise when what arrived at that instant completes nothing: after the time given, or once all of it has come.

    By what was notified, not by what the team has done since: the refusal would tell it.
    """
    if at >= request.due_at:
        raise Refusal(
            _("Le délai pour compléter le dossier est passé. Appelez le service : rien n’a été modifié."),
            code="too_late",
        )
    if request.answered_at is not None or not was_told_to_complete(candidacy):
        raise Refusal(_("Cette demande de complément est close."), code="answered")


def _at_five_on_a_working_day(instant: datetime) -> datetime:
    day = instant.astimezone(_PARIS).date()
    while not _is_worked(day):
        day += timedelta(days=1)
    return datetime.combine(day, _HOUR_TO_COMPLETE, _PARIS).astimezone(UTC)


def _is_worked(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS
