"""What the invented officers and jurors think of the invented dossiers: marks, comments, opinions, agreed reasons.

Each structure has a merit and a profile; a judge departs from them a little, always in the same way.
"""

import json
from decimal import Decimal
from functools import cache
from typing import Any

from applications.rehearsal.cast import DATA, Player, typeset
from applications.rehearsal.words import Writer

HIGH, MIDDLE = Decimal(4), Decimal("2.5")
_UNEVENNESS = 0.55  # how far the criteria of one dossier are from its merit
_SEVERITY = 0.15  # how far judges are from one another
_HESITATION = 0.3  # and from themselves
_DISSENT = 0.03  # how often one sees a criterion quite otherwise
_DISSENT_BY = 1.5
_CRITERIA = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")


def mark(player: Player, code: str, judge: str, *, drift: float = 0.0) -> Decimal:
    """The mark this judge gives for the criterion of this code; `drift` is what a hearing changed for everybody."""
    chance = player.seeded(f"mark/{judge}/{code}")
    value = _profile(player)[_family(code)] + drift + _severity(player, judge) + chance.gauss(0, _HESITATION)
    if chance.random() < _DISSENT:
        value -= _DISSENT_BY
    return Decimal(round(min(max(value, 0.5), 5.0) * 2)) / 2


def comment(writer: Writer, code: str, value: Decimal, judge: str) -> str:
    """A sentence or two beside a mark."""
    known = _bank()["comments"]
    chance = writer.player.seeded(f"comment/{judge}/{code}")
    said = chance.choice(known[_key(known, code)][_level(value)])
    return typeset(said.format_map(writer.facts))


def opinion(player: Player, average: Decimal, judge: str) -> str:
    """A general opinion, as good as the average of one's marks."""
    return _sentence(player, _bank()["opinions"][_level(average)], judge)


def reasons(player: Player, fate: str) -> str:
    """The reasons of a decision, as agreed: those a letter gives the candidate."""
    return _sentence(player, _bank()[fate], fate)


def _sentence(player: Player, models: list[str], whose: str) -> str:
    profile, bank = _profile(player), _bank()
    best = sorted(_CRITERIA, key=lambda family: profile[family], reverse=True)
    said: dict[str, str] = {}
    for name, kind in (("strength", "strengths"), ("weakness", "weaknesses"), ("point", "points")):
        for rank, family in enumerate((best if kind == "strengths" else best[::-1])[:2], 1):
            phrase = player.seeded(f"{kind}/{family}").choice(bank[kind][_key(bank[kind], family)])
            said[f"{name}{rank}"] = phrase
            said[f"{name.capitalize()}{rank}"] = phrase[0].upper() + phrase[1:]
    return typeset(player.seeded(f"opinion/{whose}").choice(models).format_map(said))


@cache
def _profile(player: Player) -> dict[str, float]:
    chance = player.seeded("profile")
    drawn = {family: chance.uniform(-_UNEVENNESS, _UNEVENNESS) for family in _CRITERIA}
    middle = sum(drawn.values()) / len(drawn)
    return {family: player.merit + gap - middle for family, gap in drawn.items()}


def _severity(player: Player, judge: str) -> float:
    return player.seeded(judge).uniform(-_SEVERITY, _SEVERITY)


def _level(value: Decimal) -> str:
    if value >= HIGH:
        return "high"
    return "middle" if value >= MIDDLE else "low"


def _family(code: str) -> str:
    """« c2 » for « c2_coordination »; another grid than that of 2018 is judged on its first letters."""
    family = code.partition("_")[0]
    return family if family in _CRITERIA else _CRITERIA[sum(code.encode()) % len(_CRITERIA)]


def _key(known: dict[str, Any], code: str) -> str:
    return next(name for name in known if name.startswith(f"{_family(code)}_"))


@cache
def _bank() -> dict[str, Any]:
    bank: dict[str, Any] = json.loads((DATA / "judgements.json").read_text(encoding="utf-8"))
    return bank
