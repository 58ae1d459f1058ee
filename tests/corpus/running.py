"""Judge the whole corpus on two processes, compare with the table, print what it came to."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hubs_portal.inspection.opening.found import MEMORY, SECONDS
from tests.corpus import antivirus, honest, table
from tests.corpus.debian import MissingError
from tests.corpus.gathering import FOLDER, Case, GatheringError, gathered
from tests.corpus.judging import Verdict
from tests.corpus.made.all import ODD, Odd
from tests.corpus.pool import Judged, judge_all

PROMISED = {"files": 1_500, "honest": 200, "producers": 8}
# On a slower machine, time may run out before memory.
_BEYOND = {"too_long", "too_heavy"}
_SMALL = 100_000  # bytes
_AROUND = 2.0  # seconds to start and stop what opens a file, on a busy machine


@dataclass
class Figures:
    """A line of the printed table."""

    kind: str
    files: int = 0
    accepted: int = 0
    refused: int = 0
    quarantined: int = 0
    slowest: float = 0.0
    memory: int = 0
    unexpected: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kind:<28} {self.files:>6} {self.accepted:>9} {self.refused:>8} {self.quarantined:>12} "
            f"{len(self.unexpected):>11} {self.slowest:>8.1f} s {self.memory // 1024 // 1024:>6} MB"
        )


_COLUMNS = {"files": 6, "accepted": 9, "refused": 8, "quarantined": 12, "unexpected": 11, "slowest": 10, "memory": 9}
HEADINGS = f"{'kind':<28} " + " ".join(f"{name:>{width}}" for name, width in _COLUMNS.items())


def _figures(
    kind: str, cases: list[Case], wanted: Callable[[Case], str], say: Callable[[Verdict], str] = str
) -> tuple[Figures, list[Judged]]:
    """Judge one kind; `wanted` is what must be said of each, in the words of `say`."""
    judged, memory = judge_all(cases)
    figures = Figures(kind, files=len(cases), memory=memory)
    for one in judged:
        figures.accepted += one.verdict.accepted
        figures.refused += not one.verdict.accepted
        figures.slowest = max(figures.slowest, one.seconds)
        expected, said = wanted(one.case), say(one.verdict)
        if one.trouble or (said != expected and not {said, expected} <= _BEYOND):
            figures.unexpected.append(
                f"{one.case.source}: {one.case.path} as {one.case.name!r}: {said}, not {expected} {one.trouble}"
            )
        if one.seconds > SECONDS + _AROUND:
            figures.unexpected.append(f"{one.case.source}: {one.case.path}: {one.seconds:.1f} s")
    if memory > MEMORY:
        figures.unexpected.append(f"{kind}: {memory // 1024 // 1024} MB")
    return figures, judged


def _odd_cases() -> dict[Case, str]:
    folder = FOLDER / "made"
    folder.mkdir(parents=True, exist_ok=True)
    return {
        _kept(folder, number, what, odd): str(Verdict(odd.verdict, odd.remarks))
        for number, (what, odd) in enumerate(ODD.items())
    }


def _kept(folder: Path, number: int, what: str, odd: Odd) -> Case:
    file = folder / str(number)
    file.write_bytes(odd.make())
    return Case("made here", what, odd.name, file, "")


def main(arguments: list[str]) -> int:
    """Everything; 0 when each figure is what was promised."""
    started = time.monotonic()
    try:
        cases = list(gathered())
        documents = honest.made(FOLDER / "honest")
    except (GatheringError, MissingError) as error:
        print(f"corpus  | {error}", file=sys.stderr)
        return 2
    known = {} if "--write" in arguments else table.read()
    lines: list[Figures] = []
    judged: list[Judged] = []
    for kind in ("PDF", "pictures", "office files", "of formats not accepted", "damaged by chance"):
        of_kind = [case for case in cases if _kind(case) == kind]
        figures, found = _figures(kind, of_kind, lambda case: table.wanted(known, case), table.said)
        lines.append(figures)
        judged += found
    odd = _odd_cases()
    lines.append(_figures("made here", list(odd), odd.__getitem__)[0])
    if "--write" in arguments:
        table.write([(one.case, one.verdict) for one in judged])
        return 0
    gone = set(known) - {case.key for case in cases}
    lines[0].unexpected += [f"in the table, not in the corpus: {key}" for key in sorted(gone)]
    files = sum(line.files for line in lines)
    lines.append(_figures("honest documents", documents, lambda _case: "accept", lambda verdict: verdict.said)[0])
    lines.append(_quarantine(known, cases, odd))
    return _report(
        lines, files, Counter(case.source.partition(",")[0] for case in documents), time.monotonic() - started
    )


def _kind(case: Case) -> str:
    if case.source == "mutation":
        return "damaged by chance"
    extension = case.path.rpartition(".")[2].lower()
    if extension == "pdf":
        return "PDF"
    if extension in {"png", "jpg", "jpeg"}:
        return "pictures"
    if extension[:3] in {
        "doc",
        "dot",
        "xls",
        "xlt",
        "odt",
        "ods",
        "odp",
        "ppt",
        "pps",
        "pot",
        "rtf",
        "mht",
        "xml",
        "zip",
    }:
        return "office files"
    return "of formats not accepted"


def _quarantine(known: dict[table.Key, table.Row], cases: list[Case], odd: dict[Case, str]) -> Figures:
    """Show the antivirus each file in which it must find something, and small ones in which it must not."""
    suspects = {case.digest or case.path: case for case in cases if case.key in known and known[case.key].guard}
    suspects |= {case.path: case for case in odd if ODD[case.path].guard}
    line = Figures("for the antivirus", files=len(suspects))
    with antivirus.listening():
        for case in suspects.values():
            started = time.monotonic()
            if antivirus.finds(case.file):
                line.quarantined += 1
            else:
                line.unexpected.append(f"{case.source}: {case.path}: the antivirus finds nothing")
            line.slowest = max(line.slowest, time.monotonic() - started)
        line.unexpected += [
            f"{case.path}: the antivirus finds something"
            for case in odd
            if _is_clean(case) and antivirus.finds(case.file)
        ]
    return line


def _is_clean(case: Case) -> bool:
    return not ODD[case.path].guard and case.file.stat().st_size < _SMALL


def _report(lines: list[Figures], files: int, producers: Counter[str], seconds: float) -> int:
    figures = {"files": files, "honest": producers.total(), "producers": len(producers)}
    short = [f"{figures[name]} {name}, {least} promised" for name, least in PROMISED.items() if figures[name] < least]
    for line in lines:
        for what in line.unexpected:
            print(f"unexpected | {what}")
    print(f"\n{HEADINGS}")
    for line in lines:
        print(line)
    print(
        f"\nhonest documents of {len(producers)} programs: "
        + ", ".join(f"{name} {count}" for name, count in producers.items())
    )
    print(f"{files} hostile and odd files, {producers.total()} honest documents, {seconds / 60:.1f} min")
    for what in short:
        print(f"short   | {what}")
    return 1 if short or any(line.unexpected for line in lines) else 0
