"""A request for missing documents, as the candidate answers it."""

from dataclasses import dataclass
from datetime import datetime

from applications.enums import CandidacyState
from applications.models import CompletionItem, CompletionRequest
from applications.selectors.documents import formats_of
from applications.selectors.told import Told


@dataclass(frozen=True)
class Completion:
    """The request and its documents; `stage` is open, answered, late, or over once a decision was notified."""

    asked: CompletionRequest
    items: list[CompletionItem]
    stage: str

    @property
    def awaited(self) -> int:
        """How many documents are still to come."""
        return sum(item.is_awaited for item in self.items)

    @property
    def rows(self) -> list[dict[str, object]]:
        """Each document with what may be sent for it."""
        return [
            {
                "item": item,
                "formats": formats_of(item.requirement),
                "accept": ",".join(f".{extension}" for extension in item.requirement.accepted),
                "is_last": self.awaited == 1 and item.is_awaited,
            }
            for item in self.items
        ]


def completion(told: Told, at: datetime) -> Completion | None:
    """The request this candidacy had, if it had one: one query."""
    asked = told.asked
    if asked is None:
        return None
    items = list(asked.items.select_related("requirement", "stored__scan").order_by("requirement__position", "pk"))
    return Completion(asked, items, _stage(told, asked, at))


def _stage(told: Told, asked: CompletionRequest, at: datetime) -> str:
    if asked.answered_at is not None:
        return "answered"
    if told.state != CandidacyState.INCOMPLETE:
        return "over"
    return "open" if at < asked.due_at else "late"
