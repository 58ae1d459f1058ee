"""The kit of a call through time: from which version of a model a document was made, and what changed since."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from applications.models import Call, Document, FormerKitFile, KitFile, Submission, SubmissionFile
from applications.models.kit import Outdated


@dataclass(frozen=True)
class Kit:
    """The files of the kit as they are, and the versions others have replaced, by code, oldest first."""

    files: list[KitFile]
    former: Mapping[str, list[FormerKitFile]] = field(default_factory=dict)

    def of(self, requirement_id: int) -> list[KitFile]:
        """The models of a requirement."""
        return [file for file in self.files if file.requirement_id == requirement_id]

    def outdated(self, document: Document) -> Outdated | None:
        """What to say of a document whose model is no longer the present one; nothing when it is, or is not known."""
        code, used = document.model_code, document.model_version
        current = next((file for file in self.files if file.code == code), None)
        former = self.former.get(code, [])
        if not code or (current is None and not former) or (current and current.version == used):
            return None
        rank = next((n for n, row in enumerate(former) if row.version == used), None)
        later: list[FormerKitFile | KitFile] = []
        if rank is not None:
            later = [*former[rank + 1 :], *([current] if current else [])]
        changes = [(row.version, row.changes) for row in later if row.changes]
        return Outdated(used, current, changes, is_known=rank is not None)


def kit_beside(call: Call, documents: Iterable[Document]) -> Kit:
    """The kit, and on each document what to say of its model: a query, and one more when some are outdated."""
    files, rows = list(call.kit.all()), list(documents)
    present = {(file.code, file.version) for file in files}
    former: dict[str, list[FormerKitFile]] = defaultdict(list)
    if any(row.model_code and (row.model_code, row.model_version) not in present for row in rows):
        for version in call.former_kit.all():
            former[version.code].append(version)
    kit = Kit(files, former)
    for row in rows:
        row.outdated = kit.outdated(row)
    return kit


def mark_outdated(submission: Submission, files: Iterable[SubmissionFile]) -> None:
    """Write on each file of a version what to say of its model: one query when none was made from a model."""
    candidacy = submission.candidacy
    rows = list(files)
    made = Document.objects.filter(dossier__candidacy=candidacy, stored__in=[row.stored_id for row in rows])
    documents = list(made.exclude(model_code=""))
    if documents:
        kit_beside(candidacy.call, documents)
    said = {document.stored_id: document.outdated for document in documents}
    for row in rows:
        row.outdated = said.get(row.stored_id)
