"""The models of the application phase."""

from applications.models.agreement import Agreement
from applications.models.award import Award, OpenDataNotice, Publication
from applications.models.call import (
    Call,
    CallLine,
    ClosingList,
    Criterion,
    Extension,
    KitFile,
    Mission,
    Question,
    Requirement,
    RequirementRule,
    TeamMember,
    Territory,
)
from applications.models.candidacy import (
    Candidacy,
    CandidacyLetter,
    CandidacyLine,
    LateAttempt,
    Member,
    Organisation,
)
from applications.models.correspondence import CallLetter, CommitmentRequest, EveningRun
from applications.models.dossier import (
    Answer,
    BudgetLine,
    Document,
    Dossier,
    DossierRevision,
    DossierTerritory,
    FollowUp,
    FundingLine,
    Indicator,
    Milestone,
    Partner,
    SectionEdit,
)
from applications.models.incident import Incident, IncidentAnswer
from applications.models.kit import FormerKitFile
from applications.models.neighbours import Neighbour, NeighbourMessage
from applications.models.safety_net import SafetyNetConsent
from applications.models.screening import (
    Assessment,
    AssessmentScore,
    CompletionItem,
    CompletionRequest,
    Exclusion,
    Replacement,
    ScreeningCheck,
)
from applications.models.submission import Receipt, ReceiptDocument, Submission, SubmissionFile
from applications.models.telephone import LetterCall
from applications.models.wording import LetterWording

__all__ = [
    "Agreement",
    "Answer",
    "Assessment",
    "AssessmentScore",
    "Award",
    "BudgetLine",
    "Call",
    "CallLetter",
    "CallLine",
    "Candidacy",
    "CandidacyLetter",
    "CandidacyLine",
    "ClosingList",
    "CommitmentRequest",
    "CompletionItem",
    "CompletionRequest",
    "Criterion",
    "Document",
    "Dossier",
    "DossierRevision",
    "DossierTerritory",
    "EveningRun",
    "Exclusion",
    "Extension",
    "FollowUp",
    "FormerKitFile",
    "FundingLine",
    "Incident",
    "IncidentAnswer",
    "Indicator",
    "KitFile",
    "LateAttempt",
    "LetterCall",
    "LetterWording",
    "Member",
    "Milestone",
    "Mission",
    "Neighbour",
    "NeighbourMessage",
    "OpenDataNotice",
    "Organisation",
    "Partner",
    "Publication",
    "Question",
    "Receipt",
    "ReceiptDocument",
    "Replacement",
    "Requirement",
    "RequirementRule",
    "SafetyNetConsent",
    "ScreeningCheck",
    "SectionEdit",
    "Submission",
    "SubmissionFile",
    "TeamMember",
    "Territory",
]
