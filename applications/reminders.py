"""What time sends in the application phase: reminders of drafts, of documents to complete, of financial reports.

A reminder follows the clocks of Paris: J-7 is the same hour seven days before, whatever they did meanwhile. It is not
written when a letter that says the same left since it fell due: signalled on the eve, nobody is told so twice.

Somebody who submitted is reminded of nothing, even when their draft went further since: they are candidates, and every
page of theirs says that « des modifications ne sont pas déposées ».
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from applications import agreement_letters, letters
from applications.actions.steps import lock_candidacy
from applications.content import dossier_content
from applications.enums import AgreementState, CandidacyState
from applications.models import Agreement, Call, Candidacy, CandidacyLetter, CompletionRequest
from applications.rules.completeness import Expectations, blocking, missing
from hubs_portal.letters import timed
from hubs_portal.letters.models import Letter
from hubs_portal.letters.timed import Source, Step, days_before, morning_of, owed
from hubs_portal.templatetags.french import PARIS

# Letters that say, as a reminder does, that the dossier is a draft and when the call closes.
_SAY_THE_SAME = ("signalling", "dossier_opened", "resumption_receipt", "call_amended")
_UNSUBMITTED = (CandidacyState.SIGNALLED, CandidacyState.DRAFTING)
_BEFORE_COMPLETION = 2  # days
# A request that leaves so little time before its reminder has just said the same.
_TOO_SOON = timedelta(days=1)


def steps_before(closes_at: datetime) -> list[Step]:
    """The reminders to drafts, and when each falls due."""
    days = [Step(f"J-{n}", days_before(closes_at, n)) for n in (7, 2, 1)]
    return [*days, Step("H-3", (closes_at - timedelta(hours=3)).astimezone(UTC))]


# ---------------------------------------------------------------- drafts


def remind_drafts(*, at: datetime) -> int:
    """Write the reminders due now to dossiers not submitted; returns to how many."""
    return timed.write_due_of(DRAFTS, at=at)


def _drafts(at: datetime) -> Iterable[int]:
    for call in Call.objects.open(at).order_by("pk"):
        yield from _undone(call, at).order_by("pk").values_list("pk", flat=True)


def _undone(call: Call, at: datetime) -> QuerySet[Candidacy]:
    """The drafts of an open call that are owed the reminder due now."""
    steps = owed(steps_before(call.closes_at), at)
    if not steps or at >= call.closes_at:
        return Candidacy.objects.none()
    names = [_occurrence(step, call) for step in steps]
    mine = CandidacyLetter.objects.filter(candidacy=OuterRef("pk"))
    reminded = mine.filter(letter__kind="draft_reminder", letter__occurrence__in=names)
    told = mine.filter(letter__kind__in=_SAY_THE_SAME, letter__written_at__gte=steps[0].at)
    drafts = Candidacy.objects.filter(call=call, state__in=_UNSUBMITTED)
    return drafts.filter(~Exists(reminded), ~Exists(told))


def _occurrence(step: Step, call: Call) -> str:
    return f"{step.name} {call.closes_at.astimezone(UTC):%Y%m%dT%H%M%S}"


def _remind_draft(pk: int, at: datetime) -> int:
    candidacy = lock_candidacy(pk)
    call = candidacy.call
    if not _undone(call, at).filter(pk=pk).exists():
        return 0
    expected = Expectations.of(call, candidacy.organisation.legal_form, at.date())
    content = dossier_content(candidacy.dossier)
    step = owed(steps_before(call.closes_at), at)[0].name
    letters.draft_reminder(candidacy, step=step, lacks=lambda: blocking(missing(expected, content)), at=at)
    return 1


# ---------------------------------------------------------------- completions


def _incomplete(at: datetime) -> QuerySet[CompletionRequest]:
    """The requests that still wait, with time left, of which nobody was reminded."""
    reminded = Letter.objects.filter(
        kind="completion_reminder",
        of_candidacy__candidacy=OuterRef("candidacy"),
        occurrence=Cast(OuterRef("pk"), CharField()),
    )
    waiting = CompletionRequest.objects.filter(
        answered_at__isnull=True, due_at__gt=at, candidacy__state=CandidacyState.INCOMPLETE, items__stored__isnull=True
    )
    return waiting.filter(~Exists(reminded)).order_by("pk").distinct()


def _completions(at: datetime) -> Iterable[int]:
    nearly = _incomplete(at).filter(due_at__lt=at + timedelta(days=_BEFORE_COMPLETION + 1))
    return [request.candidacy_id for request in nearly if _is_near(request, at)]


def _is_near(request: CompletionRequest, at: datetime) -> bool:
    reminder = days_before(request.due_at, _BEFORE_COMPLETION)
    return request.asked_at + _TOO_SOON <= reminder <= at


def _remind_completion(candidacy_id: int, at: datetime) -> int:
    candidacy = lock_candidacy(candidacy_id)
    request = _incomplete(at).filter(candidacy=candidacy).first()
    if request is None or not _is_near(request, at):
        return 0
    request.candidacy = candidacy
    letters.completion_reminder(request, at=at)
    return 1


# ---------------------------------------------------------------- financial reports


def _report_steps(agreement: Agreement) -> list[Step]:
    due = agreement.report_due_on
    assert due is not None, "a signed agreement expects a report"
    days = (("J-60", -60), ("J-15", -15), ("J+1", 1))
    return [Step(name, morning_of(due + timedelta(days=n))) for name, n in days]


def _expected(at: datetime) -> QuerySet[Agreement]:
    soon = timezone.localdate(at, PARIS) + timedelta(days=61)
    return Agreement.objects.filter(state=AgreementState.SIGNED, report_due_on__lte=soon).order_by("pk")


def _reports(at: datetime) -> Iterable[int]:
    return [agreement.candidacy_id for agreement in _expected(at) if _report_step(agreement, at)]


def _report_step(agreement: Agreement, at: datetime) -> Step | None:
    """The reminder of this report that is due and not written."""
    steps = owed(_report_steps(agreement), at)
    if not steps:
        return None
    mine = CandidacyLetter.objects.filter(candidacy=agreement.candidacy_id)
    names = [f"{step.name} {agreement.report_due_on:%Y%m%d}" for step in steps]
    reminded = mine.filter(letter__kind="report_due", letter__occurrence__in=names)
    told = mine.filter(letter__kind="agreement_signed", letter__written_at__gte=steps[0].at)
    return None if reminded.exists() or told.exists() else steps[0]


def _remind_report(candidacy_id: int, at: datetime) -> int:
    candidacy = lock_candidacy(candidacy_id)
    agreement = _expected(at).filter(candidacy=candidacy).first()
    step = _report_step(agreement, at) if agreement else None
    if agreement is None or step is None:
        return 0
    agreement.candidacy = candidacy
    agreement_letters.report_due(agreement, step=step.name, at=at)
    return 1


DRAFTS = Source("drafts", _drafts, _remind_draft)
COMPLETIONS = Source("completions", _completions, _remind_completion)
REPORTS = Source("reports", _reports, _remind_report)
SOURCES = (DRAFTS, COMPLETIONS, REPORTS)
