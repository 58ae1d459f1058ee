"""What opening a file showed, as those who read dossiers are told."""

from dataclasses import dataclass

from applications.enums import DocumentState
from hubs_portal.refusals import Sentence


@dataclass(frozen=True)
class Found:
    """The state of a file, why it is not readable when it is not, and what one had better know of it."""

    state: DocumentState
    verdict: Sentence
    remarks: list[Sentence]

    @property
    def words(self) -> Sentence:
        """The state, in a word or two."""
        return self.state.label

    @property
    def is_bad(self) -> bool:
        """Whether it cannot be read as it is."""
        return self.state in (DocumentState.UNREADABLE, DocumentState.QUARANTINED)

    @property
    def is_unopened(self) -> bool:
        """Whether the machine has not opened it yet."""
        return self.state in (DocumentState.UPLOADING, DocumentState.STORED)
