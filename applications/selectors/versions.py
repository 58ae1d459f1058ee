"""Two versions of a dossier side by side: what was added, taken out or changed, section by section, field by field."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.utils.translation import gettext as _

from applications.content import Content, kept_content
from applications.enums import Section
from applications.models import Call, Candidacy, Submission
from applications.rules import money
from applications.rules.completeness import Expectations
from applications.rules.differences import Difference, Patience, difference
from applications.selectors.dossier import place_label
from applications.selectors.sections import Block, Table, reading
from hubs_portal.templatetags.french import day, euros

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Field:
    """A field that differs, both texts in pieces; `kind` is what became of it."""

    label: str
    kind: str
    difference: Difference


@dataclass(frozen=True)
class File:
    """A file, as one version holds it."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class FileChange:
    """What became of the files of a document asked for."""

    label: str
    kind: str
    before: list[File]
    after: list[File]


@dataclass(frozen=True)
class Part:
    """A section, with what differs in it and how many of its fields do not."""

    slug: str
    title: str
    fields: list[Field]
    unchanged: int


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two versions."""

    parts: list[Part]
    files: list[FileChange]
    kept_files: int

    @property
    def is_empty(self) -> bool:
        """Whether they say the same."""
        return not self.files and not any(part.fields for part in self.parts)

    @property
    def changes(self) -> int:
        """How many things differ."""
        return len(self.files) + sum(len(part.fields) for part in self.parts)


@dataclass(frozen=True)
class Version:
    """A version one may choose: a number, or the draft (0)."""

    number: int
    submission: Submission | None = None

    @property
    def label(self) -> str:
        """Its name."""
        return _("Version %(n)s") % {"n": self.number} if self.number else _("Brouillon")


DRAFT = Version(0)


def versions_of(candidacy: Candidacy) -> list[Version]:
    """Those submitted, in their order, without what they say: one query. The draft, when it is ahead of the last."""
    made = list(candidacy.submissions.order_by("version").defer("content"))
    ahead = bool(made) and candidacy.dossier.revision > made[-1].revision
    return [*(Version(row.version, row) for row in made), *([DRAFT] if ahead else [])]


def content_of(version: Version, candidacy: Candidacy) -> Content:
    """What a version says: one query."""
    return version.submission.says if version.submission else kept_content(candidacy.dossier)


def compared(call: Call, before: Content, after: Content, on: date) -> Comparison:
    """Lay one content beside another: three queries, whatever they hold."""
    expected = Expectations.of(call, after["organisation"]["legal_form"], on)
    labels = {requirement.code: requirement.label for requirement in call.requirements.all()}
    patience = Patience()
    parts = [_part(section, expected, before, after, patience) for section in Section]
    parts.append(_promises(labels, before, after, patience))
    files = list(_files(labels, before, after))
    there = {(said["requirement"], said["sha256"]) for said in before["documents"]}
    kept = sum((said["requirement"], said["sha256"]) in there for said in after["documents"])
    return Comparison(parts, files, kept)


# ---------------------------------------------------------------- fields

Values = dict[str, str]


def _part(section: Section, expected: Expectations, before: Content, after: Content, patience: Patience) -> Part:
    mine, theirs = reading(section, expected, before), reading(section, expected, after)
    fields = list(_fields(_rows(mine), _rows(theirs), patience))
    shown = list(chain(fields, _lines(mine, theirs, patience), _sums(section, before, after, patience)))
    unchanged = sum(bool(value) for value in _rows(theirs).values()) - len(fields)
    return Part(section.value, place_label(section), shown, max(0, unchanged))


def _rows(blocks: Iterable[Block]) -> Values:
    """The answers, by their place: the title they are under and their label."""
    return {
        f"{block.title} – {label}" if block.title else label: value for block in blocks for label, value in block.rows
    }


def _fields(before: Values, after: Values, patience: Patience) -> Iterator[Field]:
    """Those that differ, in the order of the second version."""
    for label in [*after, *(label for label in before if label not in after)]:
        was, now = before.get(label, ""), after.get(label, "")
        if was != now:
            yield Field(label, _fate(was, now), difference(was, now, patience))


def _fate(was: object, now: object) -> str:
    return CHANGED if was and now else ADDED if now else REMOVED


def _promises(labels: Values, before: Content, after: Content, patience: Patience) -> Part:
    was, now = _promised(labels, before), _promised(labels, after)
    fields = list(_fields(was, now, patience))
    return Part("promises", _("Pièces qui suivront"), fields, len(now) - sum(field.label in now for field in fields))


def _promised(labels: Values, content: Content) -> Values:
    return {
        labels.get(said["requirement"], said["requirement"]): _("%(reason)s\nPromise pour le %(day)s.")
        % {"reason": said["reason"], "day": day(date.fromisoformat(said["promised_on"]))}
        for said in content["promises"]
    }


def _sums(section: Section, before: Content, after: Content, patience: Patience) -> Iterator[Field]:
    if section == Section.BUDGET:
        yield from _fields(_totals(before), _totals(after), patience)


def _totals(content: Content) -> Values:
    sums = money.balance(content)
    return {
        _("Total des dépenses"): euros(sums.cost),
        _("Total des ressources"): euros(sums.resources),
        _("Subvention demandée"): euros(sums.requested),
    }


# ---------------------------------------------------------------- lines of tables


def _lines(before: list[Block], after: list[Block], patience: Patience) -> Iterator[Field]:
    """The lines of tables that differ: they have no identity, so each is paired with the one most like it."""
    tables = {block.title: block.table for block in before if block.table}
    for block in after:
        if block.table:
            former = tables.get(block.title) or Table([], [])
            yield from _of_table(block.title, former, block.table, patience)


def _of_table(title: str, before: Table, after: Table, patience: Patience) -> Iterator[Field]:
    gone, come = _without_shared(before.lines, after.lines)
    for was, now in _paired(gone, come):
        label = f"{title} – {_named(now or was)}"
        texts = _as_text(after.heads, was), _as_text(after.heads, now)
        yield Field(label, _fate(was, now), difference(*texts, patience))


def _without_shared(before: list[list[str]], after: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """The lines of each side that the other has not, as many times."""
    come: list[list[str]] = []
    left: dict[tuple[str, ...], int] = {}
    for line in before:
        left[tuple(line)] = left.get(tuple(line), 0) + 1
    for line in after:
        if left.get(tuple(line), 0):
            left[tuple(line)] -= 1
        else:
            come.append(line)
    gone: list[list[str]] = []
    for line in reversed(before):
        if left.get(tuple(line), 0):
            left[tuple(line)] -= 1
            gone.append(line)
    return gone[::-1], come


def _paired(gone: list[list[str]], come: list[list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """Each new line with the former one of the same name, else of the same rest; then those without a pair."""
    waiting = list(gone)
    for line in come:
        former = next((was for was in waiting if _is_same(was, line)), None)
        if former is not None:
            waiting.remove(former)
        yield former or [], line
    for line in waiting:
        yield line, []


def _is_same(was: Sequence[str], now: Sequence[str]) -> bool:
    """Whether two lines are one that changed: at least half of their cells are alike."""
    alike = sum(bool(cell) and cell == other for cell, other in zip(was, now, strict=True))
    return alike * 2 >= len(now)


def _named(line: Sequence[str]) -> str:
    """How to call a line: its longest first cells say what it is."""
    return ", ".join(filter(None, (" ".join(cell.split())[:80] for cell in line[:2])))


def _as_text(heads: Sequence[str], line: Sequence[str]) -> str:
    return "\n".join(
        _("%(head)s : %(cell)s") % {"head": head, "cell": cell} for head, cell in zip(heads, line, strict=False) if cell
    )


# ---------------------------------------------------------------- files


def _files(labels: Values, before: Content, after: Content) -> Iterator[FileChange]:
    """Document by document, the files that only one version holds, told apart by their fingerprints."""
    was, now = _by_document(before), _by_document(after)
    for code in sorted({*was, *now}, key=lambda code: [*labels, code].index(code)):
        mine, theirs = was.get(code, {}), now.get(code, {})
        gone = [file for digest, file in mine.items() if digest not in theirs]
        come = [file for digest, file in theirs.items() if digest not in mine]
        if gone or come:
            yield FileChange(labels.get(code, code), _fate(gone, come), gone, come)


def _by_document(content: Content) -> dict[str, dict[str, File]]:
    found: dict[str, dict[str, File]] = {}
    for said in content["documents"]:
        file = File(said["name"], said["size"], said["sha256"])
        found.setdefault(said["requirement"], {})[said["sha256"]] = file
    return found
