"""Judge a file as an upload is: by its name, its size, its first bytes, then by opening it."""

from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile

from applications.actions.documents import refuse_unfit
from applications.models import Requirement
from hubs_portal import inspection
from hubs_portal.files import safe_name
from hubs_portal.refusals import Refusal

MAX_FILE_MB = 25
ASKED = Requirement()  # of the formats a call asks for by default


@dataclass(frozen=True)
class Verdict:
    """« accept » or the code of a refusal; what is remarked, how many pages; `kept` is the name that is kept."""

    said: str
    remarks: tuple[str, ...] = ()
    pages: int | None = None
    kept: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the jury would be given it."""
        return self.said == "accept"

    def __str__(self) -> str:
        return "+".join((self.said, *self.remarks))


def judge(content: bytes, name: str) -> Verdict:
    """What `add_document` and the job that follows it would say, without keeping anything."""
    file = ContentFile(content, name)
    try:
        refuse_unfit(ASKED, name, file.size, MAX_FILE_MB)
    except Refusal as refusal:
        return Verdict(refusal.code)
    if not file.size:
        return Verdict("empty_file")
    if inspection.contradiction(file, name):
        return Verdict("wrong_content")
    finding = inspection.inspect_open(file, name)
    return Verdict(finding.code or "accept", finding.remarks, finding.pages, safe_name(name))


def judge_file(path: Path, name: str) -> Verdict:
    """The same for a file of the disk."""
    return judge(path.read_bytes(), name)
