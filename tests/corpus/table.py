"""The table of verdicts: one line per file gathered, committed, compared at every run.

A file offered under an extension that no call accepts has no line, unless the antivirus must see it: it is
`wrong_format`, whatever it holds. `guard` is « quarantine » when the antivirus must find something in it.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.gathering import ACCEPTED, Case
from tests.corpus.judging import Verdict

Key = tuple[str, str, str]

FILE = Path(__file__).with_name("verdicts.csv")


@dataclass(frozen=True)
class Row:
    """What is written of a file."""

    digest: str
    verdict: str
    pages: str
    guard: str


def wanted(known: dict[Key, Row], case: Case) -> str:
    """What must be said of that file."""
    row = known.get(case.key)
    if row is None:
        return "wrong_format" if case.key[2] not in ACCEPTED else "no line in the table"
    return f"{row.verdict} {row.pages}".strip() if row.digest == case.digest else "another file"


def said(verdict: Verdict) -> str:
    """The same, of what was found."""
    return f"{verdict} {_pages(verdict)}".strip()


def _pages(verdict: Verdict) -> str:
    """Those of the PDFs; a picture has one, and everybody knows."""
    return str(verdict.pages) if verdict.pages and verdict.pages > 1 else ""


def read() -> dict[Key, Row]:
    """All of it."""
    with FILE.open(newline="", encoding="utf-8") as file:
        _headings, *rows = csv.reader(file)
    return {(source, path, offered): Row(*rest) for source, path, offered, *rest in rows}


def write(judged: list[tuple[Case, Verdict]]) -> None:
    """Write it again, after a change that somebody has looked at: `python -m tests.corpus --write`."""
    with FILE.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["source", "path", "offered as", "sha256", "verdict", "pages", "guard"])
        for case, verdict in sorted(judged, key=lambda each: each[0].key):
            guard = "quarantine" if case.source == "clamav" else ""
            if verdict.said == "wrong_format" and not guard and case.key[2] not in ACCEPTED:
                continue
            lines.writerow([*case.key, case.digest, verdict, _pages(verdict), guard])
