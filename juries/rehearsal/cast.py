"""The invented jury: who sits in it, what each does and when, and the hearings it holds."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from applications.rehearsal.cast import Player, instant, players, typeset
from juries.enums import SeatRole, Stage, Verdict

DATA = Path(__file__).parent / "data"
DOMAIN = "jury.example"  # nobody can own it (RFC 2606)
# A hearing and the exchange between jurors that follows.
LENGTH = timedelta(minutes=45)


@dataclass(frozen=True)
class Juror:
    """Somebody invited to the jury. `late` gives, for a batch of dossiers, the later instant of their declarations."""

    key: str
    name: str
    capacity: str
    invited: datetime
    role: str = SeatRole.JUROR
    language: str = "fr"
    accepted: datetime | None = None
    sworn: datetime | None = None
    joined: datetime | None = None
    declined: tuple[datetime, str] | None = None
    removed: tuple[datetime, str] | None = None
    reads: tuple[str, ...] = ()
    hears: tuple[str, ...] = ()
    late: dict[datetime, datetime] = field(default_factory=dict, hash=False)

    @property
    def email(self) -> str:
        """Their address."""
        return f"{slugify(self.name).replace('-', '.')}@{DOMAIN}"

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels they sit in."""
        return self.reads + self.hears


@dataclass(frozen=True)
class Appointment:
    """A hearing as it is convened, and when the candidate confirms."""

    starts: datetime
    convened: datetime
    confirmed: datetime


@dataclass(frozen=True)
class Change:
    """An appointment given up for another one, and why."""

    at: datetime
    reason: str
    then: Appointment
    is_cancelled: bool


@dataclass(frozen=True)
class Audition:
    """What is planned for one candidacy: its panel, its appointment, and the change that came, if one did."""

    player: Player
    panel: str
    assigned: datetime
    first: Appointment
    change: Change | None = None
    by_video: bool = False
    absent: tuple[str, ...] = ()

    @property
    def last(self) -> Appointment:
        """The appointment that is kept."""
        return self.change.then if self.change else self.first

    @property
    def over(self) -> datetime:
        """When it has been held."""
        return self.last.starts + LENGTH + timedelta(minutes=2)


@dataclass(frozen=True)
class Tie:
    """What a juror declares of a candidacy, and what the examination concludes."""

    juror: str
    slug: str
    verdict: Verdict
    reason: str
    cleared: datetime | None = None
    examination: str = ""


@dataclass(frozen=True)
class Draft:
    """A sheet its author leaves half written; one of after the hearing is finished when `resumes` says."""

    juror: str
    slug: str
    stage: Stage
    at: datetime
    criteria: int
    resumes: datetime | None = None


@cache
def told() -> dict[str, Any]:
    """The file, as it is written."""
    rows: dict[str, Any] = json.loads((DATA / "jury.json").read_text(encoding="utf-8"))
    return rows


@cache
def jurors() -> tuple[Juror, ...]:
    """Everybody invited, the chair first."""
    return tuple(_juror(row) for row in told()["jurors"])


def juror(key: str) -> Juror:
    """The juror of this key."""
    return next(found for found in jurors() if found.key == key)


@cache
def auditions() -> tuple[Audition, ...]:
    """Every hearing planned."""
    known = {player.slug: player for player in players()}
    return tuple(_audition(known[row["slug"]], row) for row in told()["hearings"])


@cache
def ties() -> tuple[Tie, ...]:
    """The ties declared; all other declarations are « aucun lien »."""
    return tuple(
        Tie(
            row["juror"],
            row["slug"],
            Verdict(row["verdict"]),
            typeset(row["reason"]),
            _maybe(row.get("cleared")),
            typeset(row.get("examination", "")),
        )
        for row in told()["ties"]
    )


@cache
def drafts() -> tuple[Draft, ...]:
    """The sheets left half written."""
    return tuple(
        Draft(
            row["juror"],
            row["slug"],
            Stage(row["stage"]),
            instant(row["at"]),
            row["criteria"],
            _maybe(row.get("resumes")),
        )
        for row in told()["drafts"]
    )


def _juror(row: dict[str, Any]) -> Juror:
    return Juror(
        key=row["key"],
        name=row["name"],
        capacity=typeset(row["capacity"]),
        invited=instant(row["invited"]),
        role=row.get("role", SeatRole.JUROR),
        language=row.get("language", "fr"),
        accepted=_maybe(row.get("accepted")),
        sworn=_maybe(row.get("sworn")),
        joined=_maybe(row.get("joined")),
        declined=_with_reason(row.get("declined")),
        removed=_with_reason(row.get("removed")),
        reads=tuple(row.get("reads", ())),
        hears=tuple(row.get("hears", ())),
        late={instant(batch): instant(at) for batch, at in row.get("late", {}).items()},
    )


def _audition(player: Player, row: dict[str, Any]) -> Audition:
    changed = row.get("moved") or row.get("cancelled")
    change = None
    if changed:
        then = _appointment(changed | {"convened": changed.get("convened", changed["at"])})
        change = Change(instant(changed["at"]), typeset(changed["reason"]), then, "cancelled" in row)
    return Audition(
        player=player,
        panel=row["panel"],
        assigned=instant(row["assigned"]),
        first=_appointment(row),
        change=change,
        by_video=row.get("video", False),
        absent=tuple(row.get("absent", ())),
    )


def _appointment(row: dict[str, Any]) -> Appointment:
    return Appointment(instant(row["starts"]), instant(row["convened"]), instant(row["confirmed"]))


def _maybe(text: str | None) -> datetime | None:
    return instant(text) if text else None


def _with_reason(row: dict[str, str] | None) -> tuple[datetime, str] | None:
    return (instant(row["at"]), typeset(row["reason"])) if row else None
