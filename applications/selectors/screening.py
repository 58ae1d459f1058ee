"""The examination of a candidacy, as its working page shows it: what was verified, asked, proposed and received."""

from dataclasses import dataclass
from datetime import datetime

from applications.enums import CandidacyState, CheckVerdict, ExclusionStage, FulfilledBy, Section
from applications.models import (
    Candidacy,
    CompletionItem,
    CompletionRequest,
    Exclusion,
    Requirement,
    ScreeningCheck,
    Submission,
    SubmissionFile,
)
from applications.rules.checklist import PIECE, Line, checklist
from applications.rules.completeness import DOCUMENTS
from applications.rules.examination import STAGES, UNDER_EXAMINATION
from applications.selectors.submitted import Submitted

# Where to read what a line is about, on the page itself.
_PLACES = {
    "territories": Section.TERRITORIES,
    "legal_person": Section.ORGANISATION,
    "families": Section.CONSORTIUM,
    "missions": Section.MISSIONS,
    "budget": Section.BUDGET,
}
_NOT_EXAMINED = {
    CandidacyState.SIGNALLED,
    CandidacyState.DRAFTING,
    CandidacyState.SUBMITTED,
    CandidacyState.WITHDRAWN,
    CandidacyState.NOT_SUBMITTED,
}


@dataclass(frozen=True)
class Checked:
    """A line of the checklist, what was ticked, and the files it is about."""

    line: Line
    check: ScreeningCheck | None
    files: list[SubmissionFile]
    received: CompletionItem | None

    @property
    def verdict(self) -> str:
        """What was ticked; empty when nothing was."""
        return self.check.verdict if self.check else ""

    @property
    def comment(self) -> str:
        """What was written beside it."""
        return self.check.comment if self.check else ""

    @property
    def place(self) -> str:
        """The part of the dossier it is read in."""
        return _PLACES.get(self.line.code, DOCUMENTS)


@dataclass(frozen=True)
class Examination:
    """Everything the team found, asked and decided of one candidacy before its assessment."""

    candidacy: Candidacy
    at: datetime
    lines: list[Checked]
    requirements: list[Requirement]
    request: CompletionRequest | None
    items: list[CompletionItem]
    exclusions: list[Exclusion]

    @property
    def is_open(self) -> bool:
        """Whether lines are ticked and decisions taken."""
        return self.candidacy.state in UNDER_EXAMINATION

    @property
    def stage(self) -> ExclusionStage | None:
        """What is being examined: the form, or the substance; nothing once it is over."""
        return STAGES.get(CandidacyState(self.candidacy.state))

    @property
    def by_stage(self) -> list[tuple[ExclusionStage, list[Checked]]]:
        """The lines in the order they are examined."""
        return [(stage, self.of_stage(stage)) for stage in ExclusionStage]

    def of_stage(self, stage: ExclusionStage | None) -> list[Checked]:
        """The lines of one stage."""
        return [entry for entry in self.lines if entry.line.stage == stage]

    @property
    def unticked(self) -> list[Checked]:
        """Lines of the present stage nobody has ticked."""
        return [entry for entry in self.of_stage(self.stage) if not entry.check]

    @property
    def unmet(self) -> list[Checked]:
        """Lines of the present stage that are « non conforme »."""
        return [entry for entry in self.of_stage(self.stage) if entry.verdict == CheckVerdict.NO]

    @property
    def ticked(self) -> int:
        """How many lines were ticked, of both stages."""
        return sum(entry.check is not None for entry in self.lines)

    @property
    def pending(self) -> Exclusion | None:
        """The exclusion that waits for a colleague."""
        return next((e for e in self.exclusions if e.confirmed_at is None and e.dropped_at is None), None)

    @property
    def confirmed(self) -> Exclusion | None:
        """The exclusion in force."""
        return next((e for e in self.exclusions if e.confirmed_at is not None), None)

    @property
    def dropped(self) -> list[Exclusion]:
        """Those that were given up."""
        return [e for e in self.exclusions if e.dropped_at is not None]

    @property
    def awaits_candidate(self) -> bool:
        """Whether the candidate still has time, and something to send."""
        return self._is_unanswered and self.request is not None and self.at < self.request.due_at

    @property
    def is_overdue(self) -> bool:
        """Whether the time given is over, and something never came."""
        return self._is_unanswered and self.request is not None and self.at >= self.request.due_at

    @property
    def _is_unanswered(self) -> bool:
        return (
            self.candidacy.state == CandidacyState.INCOMPLETE
            and self.request is not None
            and self.request.answered_at is None
        )


def examination(candidacy: Candidacy, submission: Submission, read: Submitted, at: datetime) -> Examination | None:
    """The examination of the version that counts, as it is `read`; nothing before the list is frozen. Four queries."""
    if candidacy.call.frozen_at is None or not candidacy.call.is_closed(at) or candidacy.state in _NOT_EXAMINED:
        return None
    request = candidacy.completion_requests.select_related("asked_by").order_by("-asked_at", "-pk").first()
    items = list(request.items.select_related("requirement", "stored__scan")) if request else []
    return Examination(
        candidacy=candidacy,
        at=at,
        lines=_checked(candidacy, checklist(read.expected, submission.says), read, items),
        requirements=[r for r in read.expected.requirements if r.fulfilled_by == FulfilledBy.UPLOAD],
        request=request,
        items=items,
        exclusions=list(candidacy.exclusions.select_related("proposed_by", "confirmed_by").order_by("-proposed_at")),
    )


def _checked(candidacy: Candidacy, lines: list[Line], read: Submitted, items: list[CompletionItem]) -> list[Checked]:
    checks = {check.code: check for check in candidacy.checks.select_related("checked_by")}
    received = {PIECE + item.requirement.code: item for item in items if item.stored_id}
    files = {PIECE + piece.files[0].requirement_code: piece.files for piece in read.pieces}
    return [Checked(ln, checks.get(ln.code), files.get(ln.code, []), received.get(ln.code)) for ln in lines]
