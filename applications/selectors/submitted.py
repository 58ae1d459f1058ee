"""A submitted version as the team and the jury read it: its sections in words, its frozen files, what will follow."""

from dataclasses import dataclass
from datetime import date

from applications.enums import Section
from applications.models import Submission, SubmissionFile
from applications.rules import money
from applications.rules.completeness import Expectations
from applications.selectors.findings import with_findings
from applications.selectors.sections import Block, reading
from hubs_portal.refusals import Sentence


@dataclass(frozen=True)
class Part:
    """A section, as it was submitted."""

    section: Section
    blocks: list[Block]

    @property
    def title(self) -> Sentence:
        """Its name."""
        return self.section.label


@dataclass(frozen=True)
class Piece:
    """A document asked for, and the files submitted for it."""

    label: str
    files: list[SubmissionFile]


@dataclass(frozen=True)
class Promise:
    """A document that will follow."""

    label: str
    reason: str
    promised_on: date


@dataclass(frozen=True)
class Submitted:
    """A version, ready to be shown."""

    parts: list[Part]
    pieces: list[Piece]
    promises: list[Promise]
    balance: money.Balance
    expected: Expectations

    @property
    def has_unreadable_files(self) -> bool:
        """Whether another file was asked for in the place of one of these."""
        return any(file.found is not None and file.found.is_bad for piece in self.pieces for file in piece.files)


def submitted(submission: Submission) -> Submitted:
    """The version with the questions of its call and its frozen files: six queries."""
    says = submission.says
    arrived_on = submission.arrived_at.date()
    expected = Expectations.of(submission.candidacy.call, says["organisation"]["legal_form"], arrived_on)
    labels = {requirement.code: requirement.label for requirement in expected.requirements}
    return Submitted(
        parts=[Part(section, reading(section, expected, says)) for section in Section],
        pieces=_pieces(submission),
        promises=[
            Promise(labels.get(p["requirement"], p["requirement"]), p["reason"], date.fromisoformat(p["promised_on"]))
            for p in says["promises"]
        ],
        balance=money.balance(says),
        expected=expected,
    )


def _pieces(submission: Submission) -> list[Piece]:
    pieces: dict[str, Piece] = {}
    for file in with_findings(submission.files.select_related("stored__scan")):
        pieces.setdefault(file.requirement_code, Piece(file.requirement_label, [])).files.append(file)
    return list(pieces.values())
