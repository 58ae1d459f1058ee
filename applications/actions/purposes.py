"""What a file is sent for: its own rule says until when it may come, its own act what it becomes.

Each is one person's, whose rights were looked at. What is kept while a file comes is bound to it (`bound_to`): who
sends, for which dossier, for what.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Protocol

from django.core.files.base import File

from applications.actions.documents import join_document, kit_stamp, received, refuse_unexpected, refuse_unfit
from applications.actions.drafting import refuse_unless_live
from applications.actions.replacing import take_replacement
from applications.actions.screening import take_item
from applications.models import CompletionItem, Document, Member, Replacement, Requirement
from applications.rules.examination import refuse_unless_awaited
from applications.rules.replacing import refuse_unless_wanted
from applications.selectors.documents import asked_file


class Made(Protocol):
    """What a file that was sent became."""

    pk: int
    name: str


class Purpose(Protocol):
    """What somebody sends a file for."""

    @property
    def member(self) -> Member:
        """Who sends it."""

    @property
    def bound_to(self) -> str:
        """The same for no other person, dossier or purpose."""

    def refuse_shut(self, at: datetime) -> None:
        """Raise when nothing may come any more; asked for every part, it asks nothing of the database."""

    def refuse_unexpected(self, *, name: str, size: int, at: datetime) -> None:
        """Raise all that may be said of a file before it is read: too late, not what is asked, too large."""

    def keep(self, file: File[bytes], *, name: str, at: datetime, **declared: Any) -> Callable[[], Made]:
        """Keep its bytes; what is returned makes of them what they came for, as when they are posted whole."""

    def made(self, pk: int) -> Made:
        """What was already made of one."""


@dataclass
class ForDraft:
    """A document joined to the draft, for the requirement of that code; `DoesNotExist` when it is not asked of it."""

    member: Member
    code: str
    on: datetime

    @property
    def bound_to(self) -> str:
        """As `Purpose` says."""
        return f"{whose(self.member)} {self.code}"

    @cached_property
    def requirement(self) -> Requirement:
        """Looked for when the file is announced and when it is received, and not for every part."""
        return asked_file(self.member.candidacy, self.code, self.on.date())

    def refuse_shut(self, at: datetime) -> None:
        """Until the closing."""
        refuse_unless_live(self.member.candidacy, at)

    def refuse_unexpected(self, *, name: str, size: int, at: datetime) -> None:
        """The weight of the dossier counts too."""
        refuse_unexpected(self.member, self.requirement, name=name, size=size, at=at)

    def keep(self, file: File[bytes], *, name: str, at: datetime, **declared: Any) -> Callable[[], Made]:
        """With what says from which model it was made."""
        stored, model = received(self.requirement, file, name=name, **declared), kit_stamp(file, name)
        return partial(join_document, self.member, self.requirement, stored, name=name, model=model, at=at)

    def made(self, pk: int) -> Document:
        """A document, former ones included."""
        return Document.objects.select_related("stored", "requirement").get(pk=pk)


@dataclass
class ForCompletion:
    """A document the team asked for after the closing."""

    member: Member
    item: CompletionItem

    @property
    def bound_to(self) -> str:
        """As `Purpose` says."""
        return f"{whose(self.member)} completion {self.item.pk}"

    def refuse_shut(self, at: datetime) -> None:
        """Until the instant given in the request, or its last document."""
        refuse_unless_awaited(self.item.request, self.member.candidacy, at)

    def refuse_unexpected(self, *, name: str, size: int, at: datetime) -> None:
        """As a file posted whole."""
        self.refuse_shut(at)
        refuse_unfit(self.item.requirement, name, size, self.member.candidacy.call.max_file_mb)

    def keep(self, file: File[bytes], *, name: str, at: datetime, **declared: Any) -> Callable[[], Made]:
        """As a file posted whole."""
        stored = received(self.item.requirement, file, name=name, **declared)
        return partial(take_item, self.member, self.item, stored, name=name, at=at)

    def made(self, pk: int) -> CompletionItem:
        """The document asked for."""
        return CompletionItem.objects.get(pk=pk)


@dataclass
class ForReplacement:
    """A file in the place of one nobody can read."""

    member: Member
    replacement: Replacement

    @property
    def bound_to(self) -> str:
        """As `Purpose` says."""
        return f"{whose(self.member)} replacement {self.replacement.pk}"

    def refuse_shut(self, at: datetime) -> None:
        """Until a readable one has come, or the end was told."""
        refuse_unless_wanted(self.replacement, self.member.candidacy, at)

    def refuse_unexpected(self, *, name: str, size: int, at: datetime) -> None:
        """As a file posted whole."""
        self.refuse_shut(at)
        refuse_unfit(self.replacement.requirement, name, size, self.member.candidacy.call.max_file_mb)

    def keep(self, file: File[bytes], *, name: str, at: datetime, **declared: Any) -> Callable[[], Made]:
        """As a file posted whole."""
        stored = received(self.replacement.requirement, file, name=name, **declared)
        return partial(take_replacement, self.member, self.replacement, stored, name=name, at=at)

    def made(self, pk: int) -> Replacement:
        """What it replaces is another's file."""
        return Replacement.objects.get(pk=pk)


def whose(member: Member) -> str:
    """What the uploads of one person on one dossier are all bound to."""
    return f"dossier {member.candidacy_id} member {member.pk}"
