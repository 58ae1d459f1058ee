"""What the AAP team sees of its calls: who and how far before the closing time, never what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from applications.enums import CandidacyState
from applications.models import (
    Call,
    Candidacy,
    CandidacyLetter,
    CandidacyLine,
    LateAttempt,
    Member,
    Requirement,
    Submission,
)
from applications.rules.checklist import PIECE
from applications.selectors import words
from hubs_portal.refusals import Sentence

# Letters that say nothing of what a dossier holds: they may be read before the closing time. Any other waits.
UNSEALED_LETTERS = frozenset(
    {
        "account_invitation",
        "call_amended",
        "dossier_opened",
        "member_invited",
        "not_submitted",
        "problem_answered",
        "problem_received",
        "resumption_receipt",
        "signalling",
        "withdrawal_receipt",
    }
)
# What a line of the journal may tell before the closing time: who came and went, and how far; not the files.
_UNSEALED_DETAILS = frozenset({"from", "to", "member", "rights", "provenance", "structure", "kind", "incident"})
# What proves rather than tells: it stays in the journal.
_LEFT_OUT = frozenset({"sha256", "size", "revision"})


# --- the list


def listed(candidacies: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
    """Candidacies with what the list shows of each: four queries whatever their number."""
    latest = Submission.objects.filter(candidacy=OuterRef("pk")).order_by("-version")
    return (
        candidacies.select_related("call", "organisation", "dossier")
        .prefetch_related("territories")
        .annotate(
            last_version=Subquery(latest.values("version")[:1]),
            last_arrival=Subquery(latest.values("arrived_at")[:1]),
            last_origin=Subquery(latest.values("origin")[:1]),
            tried_late=Exists(LateAttempt.objects.filter(candidacy=OuterRef("pk"))),
        )
    )


@dataclass(frozen=True)
class FunnelStep:
    """How many candidacies are in a state."""

    state: CandidacyState
    count: int
    total: int

    @property
    def label(self) -> Sentence:
        """The state, in words."""
        return self.state.label

    @property
    def is_filed(self) -> bool:
        """Whether something was submitted."""
        return self.state not in _NOTHING_FILED


_NOTHING_FILED = {
    CandidacyState.SIGNALLED,
    CandidacyState.DRAFTING,
    CandidacyState.WITHDRAWN,
    CandidacyState.NOT_SUBMITTED,
}


def funnel(counts: Mapping[str, int]) -> list[FunnelStep]:
    """The states that hold candidacies, in the order of the procedure."""
    total = sum(counts.values())
    return [FunnelStep(state, counts[state], total) for state in CandidacyState if counts.get(state)]


def counts_by_state(candidacies: QuerySet[Candidacy]) -> dict[str, int]:
    """How many candidacies in each state: one query."""
    return dict(candidacies.order_by().values_list("state").annotate(n=Count("pk")))


# --- the working page


@dataclass(frozen=True)
class Happening:
    """A line of the journal, as the team may read it."""

    at: datetime
    label: str
    author: str
    note: str
    details: list[tuple[str, str]]


@dataclass(frozen=True)
class Desk:
    """Everything the working page of a candidacy shows, but the dossier itself."""

    candidacy: Candidacy
    sealed: bool
    people: list[Member]
    history: list[Happening]
    letters: list[CandidacyLetter]
    late_attempts: list[LateAttempt]

    @property
    def concealed(self) -> set[int]:
        """The letters, by link, to an address that only the dossier names while it is sealed."""
        known = {member.email for member in self.people}
        return {link.pk for link in self.letters if self.sealed and link.letter.address not in known}

    @property
    def contact(self) -> Member | None:
        """Whom to telephone."""
        return next((member for member in self.people if member.is_contact and not member.removed_at), None)


def is_sealed(call: Call, at: datetime) -> bool:
    """Whether what candidates write is closed to everybody but them."""
    return not call.is_closed(at)


def desk(candidacy: Candidacy, at: datetime, asked: Iterable[Requirement] | None = None) -> Desk:
    """The working page of a candidacy of `listed`: three queries, and one more when it was tried late.

    `asked` are the requirements of its legal form, when they are already known: the journal names them.
    """
    sealed = is_sealed(candidacy.call, at)
    lines = CandidacyLine.objects.filter(subject=candidacy).order_by("-sequence")
    links = CandidacyLetter.objects.filter(candidacy=candidacy).select_related("letter")
    known = candidacy.call.requirements.all() if asked is None else asked
    pieces = {requirement.code: requirement.label for requirement in known}
    return Desk(
        candidacy=candidacy,
        sealed=sealed,
        people=list(candidacy.members.select_related("user").order_by("-is_contact", "pk")),
        history=[_happening(line, sealed, pieces) for line in lines],
        letters=list(links.defer("letter__text", "letter__html").order_by("-letter__written_at", "-pk")),
        late_attempts=list(candidacy.late_attempts.all()) if candidacy.__dict__["tried_late"] else [],
    )


def _happening(line: CandidacyLine, sealed: bool, pieces: Mapping[str, str]) -> Happening:
    said = {key: value for key, value in line.details.items() if value not in ("", None) and key not in _LEFT_OUT}
    shown = {key: value for key, value in said.items() if not sealed or key in _UNSEALED_DETAILS}
    former, latter = shown.pop("from", None), shown.pop("to", None)
    details = [(words.detail(key), _named(key, value, pieces)) for key, value in shown.items()]
    if former != latter:
        details.insert(0, (words.detail("from"), f"{words.value(former)} → {words.value(latter)}"))
    return Happening(line.at, words.act(line.act), line.actor_label, line.note, details)


def _named(key: str, value: object, pieces: Mapping[str, str]) -> str:
    """A value in words; a document, or the line of the checklist about it, by the name the call gives it."""
    code = str(value).removeprefix(PIECE)
    if key in ("requirement", "check"):
        return pieces.get(code) or words.check(code)
    return words.value(value)


# --- the journal of a call


@dataclass(frozen=True)
class Change:
    """What changed, from what to what."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class CallEvent:
    """A line of the journal of a call."""

    at: datetime
    label: str
    author: str
    note: str
    changes: list[Change]


def call_events(call: Call) -> list[CallEvent]:
    """Everything that was done to a call, last first: one query."""
    return [
        CallEvent(line.at, words.act(line.act), line.actor_label, line.note, _changes(call, line.details))
        for line in call.journal.order_by("-sequence")
    ]


def _changes(call: Call, details: Mapping[str, object]) -> list[Change]:
    before, after = details.get("before"), details.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        others = [(name, value) for name, value in details.items() if name not in ("before", "after")]
        told = [Change(words.detail(name), "", _worded(name, value)) for name, value in others]
        names = [name for name in after if before[name] != after[name]]
        return [*told, *(Change(_field(call, n), words.value(before[n]), words.value(after[n])) for n in names)]
    if isinstance(before, list) and isinstance(after, list):
        return _row_changes(before, after)
    return [Change(words.detail(name), "", words.value(value)) for name, value in details.items() if value]


def _row_changes(before: list[dict[str, object]], after: list[dict[str, object]]) -> list[Change]:
    gone = [Change(str(row["part"]), str(row["row"]), "") for row in before]
    return [*gone, *(Change(str(row["part"]), "", str(row["row"])) for row in after)]


def _field(call: Call, name: str) -> str:
    known = {field.name: field for field in call._meta.get_fields()}
    return str(getattr(known[name], "verbose_name", name)) if name in known else words.detail(name)


def _worded(name: str, value: object) -> str:
    return words.letter_kind(str(value)) if name == "kind" else words.value(value)
