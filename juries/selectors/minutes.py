"""The minutes as people read them, from the record they keep; and the part of them that anybody may be given.

Minutes are in French whoever reads them, and everything here comes from the text whose fingerprint was taken.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import translation

from applications.enums import Outcome
from juries.enums import RecusalOrigin, SeatRole, Stage
from juries.rules.ranking import DISCUSS_FROM

Says = Mapping[str, Any]


def reading(says: Says) -> dict[str, Any]:
    """The content with words in place of codes, and each score under its criterion."""
    with translation.override("fr"):
        grid = [{**criterion, "sign": f"C{n}"} for n, criterion in enumerate(says["grid"], start=1)]
        return {
            **says,
            "is_extract": False,
            "grid": grid,
            "stage": str(Stage(says["jury"]["ranking_stage"]).label),
            "composition": [{**member, "role": _role(member["role"])} for member in says["composition"]],
            "recusals": [{**row, "origin": str(RecusalOrigin(row["origin"]).label)} for row in says["recusals"]],
            "ranking": [_ranked(row, grid) for row in says["ranking"]],
            "decisions": _by_outcome(says["decisions"]),
            "counts": _counts(says),
            "left": Decimal(says["call"]["envelope"]) - Decimal(says["granted"]),
        }


def communicable(says: Says) -> dict[str, Any]:
    """What the law lets anybody have (CRPA, L311-6; CADA): who is awarded, how and why; of the others, no name.

    Recusals lose their reasons, which are private, and hearings the names of those who were not awarded.
    """
    awarded = [row for row in says["decisions"] if row["outcome"] == Outcome.AWARDED]
    numbers = {row["candidacy"] for row in awarded}
    kept = {
        **says,
        "recusals": [],
        "hearings": [],
        "ranking": [row for row in says["ranking"] if row["candidacy"] in numbers],
        "decisions": awarded,
    }
    return {
        **reading(kept),
        "is_extract": True,
        "counts": _counts(says),
        "heard": len(says["hearings"]),
        "stayed_out": _stayed_out(says),
    }


def _role(code: str) -> str:
    return str(SeatRole(code).label)


def _ranked(row: Says, grid: list[dict[str, Any]]) -> dict[str, Any]:
    marks = [(row["means"].get(c["code"], ""), c["code"] in row["below_threshold"]) for c in grid]
    spreads = {c["sign"]: Decimal(row["spreads"].get(c["code"], 0)) for c in grid}
    apart = {sign: spread for sign, spread in spreads.items() if spread >= DISCUSS_FROM}
    return {**row, "marks": marks, "apart": apart}


def _by_outcome(decisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those awarded first, then the reserve, then the others, each with its outcome in words."""
    order = list(Outcome.values)
    rows = sorted(decisions, key=lambda row: (order.index(row["outcome"]), row["structure"]))
    return [{**row, "word": str(Outcome(row["outcome"]).label)} for row in rows]


def _counts(says: Says) -> list[tuple[str, int]]:
    decided = [row["outcome"] for row in says["decisions"]]
    return [(str(outcome.label), decided.count(outcome)) for outcome in Outcome]


def _stayed_out(says: Says) -> list[tuple[str, int]]:
    """Who stayed out of how many candidacies."""
    names = [row["name"] for row in says["recusals"]]
    return [(name, names.count(name)) for name in dict.fromkeys(names)]
