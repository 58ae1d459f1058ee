"""When each dossier is examined after the closing, by whom, and what is asked or found: the team's diary."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from applications.enums import ExclusionStage
from applications.rehearsal.cast import DATA, Player, instant, players, typeset

# Those the jury hears, if nobody decides otherwise.
HEARD = frozenset({"awarded", "reserve", "not_selected"})
# When those nobody had foreseen are told that they are not heard.
LAST_DECISIONS = instant("2019-01-04 15:00")
_OFFICERS = {"nadia": 2, "julien": 3}  # their rank in the team
_ADMITTED_AFTER, _ASKED_AFTER = timedelta(minutes=25), timedelta(minutes=40)


@dataclass(frozen=True)
class AskedPiece:
    """A document to complete, and what the structure sends, if it does."""

    requirement: str
    reason: str
    answered: datetime | None = None
    title: str = ""
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """A request for completion."""

    due: datetime
    message: str
    pieces: tuple[AskedPiece, ...]


@dataclass(frozen=True)
class Exclusion:
    """A refusal to come: `line` is the line of the checklist that fails."""

    stage: ExclusionStage
    line: str
    rule: str
    reason: str
    proposed: datetime
    confirmed: datetime


@dataclass(frozen=True)
class Examination:
    """The diary of one dossier; an instant is when the team would do it if nobody had before."""

    player: Player
    officer: int
    screened: datetime
    admitted: datetime
    eligible: datetime
    assessed: datetime
    decided: datetime
    ask: Ask | None = None
    excluded: Exclusion | None = None

    @property
    def asked(self) -> datetime:
        """When the missing documents are asked for."""
        return self.screened + _ASKED_AFTER

    @property
    def colleague(self) -> int:
        """The other officer."""
        return sum(_OFFICERS.values()) - self.officer


@cache
def examinations() -> tuple[Examination, ...]:
    """That of every dossier that is submitted if nobody who rehearses does otherwise."""
    known = {player.slug: player for player in players()}
    rows = json.loads((DATA / "office.json").read_text(encoding="utf-8"))
    return tuple(_examination(known[row["slug"]], row) for row in rows)


def examinations_of(cast: Collection[Player]) -> list[Examination]:
    """Those of these structures."""
    return [examination for examination in examinations() if examination.player in cast]


def unforeseen(player: Player, at: datetime) -> Examination:
    """The diary of a dossier nobody expected: one step an evening, from now on."""
    return Examination(player, _OFFICERS["nadia"], at, at, at, at, max(at, LAST_DECISIONS))


def _examination(player: Player, row: dict[str, Any]) -> Examination:
    screened = instant(row["screened"])
    excluded = _exclusion(row["excluded"]) if "excluded" in row else None
    # Whoever is not excluded after all is taken further from the day they should have been.
    since = excluded.confirmed if excluded else screened
    return Examination(
        player=player,
        officer=_OFFICERS[row["officer"]],
        screened=screened,
        admitted=instant(row["admitted"]) if "admitted" in row else screened + _ADMITTED_AFTER,
        eligible=instant(row["eligible"]) if "eligible" in row else since,
        assessed=instant(row["assessed"]) if "assessed" in row else since,
        decided=instant(row["decided"]) if "decided" in row else LAST_DECISIONS,
        ask=_ask(row["asks"]) if "asks" in row else None,
        excluded=excluded,
    )


def _ask(row: dict[str, Any]) -> Ask:
    pieces = tuple(
        AskedPiece(
            piece["requirement"],
            typeset(piece["reason"]),
            instant(piece["answered"]) if "answered" in piece else None,
            piece.get("title", ""),
            tuple(piece.get("paragraphs", ())),
        )
        for piece in row["items"]
    )
    return Ask(instant(row["due"]), typeset(row["message"]), pieces)


def _exclusion(row: dict[str, Any]) -> Exclusion:
    return Exclusion(
        ExclusionStage(row["stage"]),
        row["line"],
        typeset(row["rule"]),
        typeset(row["reason"]),
        instant(row["proposed"]),
        instant(row["confirmed"]),
    )
