"""The models of the jury phase."""

from juries.models.deliberation import Decision, Deliberation, DeliberationSignature, Minutes
from juries.models.hearings import Hearing, HearingPresence, Slot
from juries.models.interests import InterestDeclaration, Recusal
from juries.models.jury import Jury, JuryLetter, JuryLine, Seat
from juries.models.panels import Panel, PanelCandidacy, PanelMember
from juries.models.scoring import Score, ScoreSheet

__all__ = [
    "Decision",
    "Deliberation",
    "DeliberationSignature",
    "Hearing",
    "HearingPresence",
    "InterestDeclaration",
    "Jury",
    "JuryLetter",
    "JuryLine",
    "Minutes",
    "Panel",
    "PanelCandidacy",
    "PanelMember",
    "Recusal",
    "Score",
    "ScoreSheet",
    "Seat",
    "Slot",
]
