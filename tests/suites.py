"""Run the suites of `make test` one after the other: `python -m tests.suites sqlite=3 postgresql=3.5`.

Each suite is a target of the Makefile with a budget of minutes. A budget exceeded is said, not punished: a busy machine
is no fault of the code; a suite that takes three times its budget hangs, and is stopped. The last line is the sum.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree as ET

REPORTS = Path("var/reports")


@dataclass(frozen=True)
class Outcome:
    """What a suite came to."""

    name: str
    budget: float
    minutes: float
    passed: int
    failed: int
    skipped: int

    def __str__(self) -> str:
        late = "  over budget" if self.minutes > self.budget else ""
        return (
            f"{self.name:<12} {self.passed:>5} passed {self.failed:>4} failed {self.skipped:>4} skipped "
            f"{self.minutes:>6.1f} min of {self.budget:g}{late}"
        )


def run(name: str, budget: float) -> Outcome:
    """Run one suite to its end, or to three times its budget."""
    report = REPORTS / f"suite-{name}.xml"
    report.unlink(missing_ok=True)
    started = time.monotonic()
    print(f"\n=== {name}", flush=True)
    status = _make(f"suite-{name}", seconds=budget * 180)
    minutes = (time.monotonic() - started) / 60
    passed, failed, skipped = _counts(report) if report.exists() else (int(status == 0), 0, 0)
    if status and not failed:  # it broke outside its tests
        failed = 1
    return Outcome(name, budget, minutes, passed, failed, skipped)


def _make(target: str, *, seconds: float) -> int:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    with subprocess.Popen(["make", target], env=environment, start_new_session=True) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            print(f"{target} was stopped after {seconds / 60:.1f} minutes", flush=True)
            return 1
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                _kill_soon(process)


def _kill_soon(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _counts(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped of a JUnit report."""
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest has just written it
    facts = [{key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")} for suite in suites]
    failed = sum(fact["failures"] + fact["errors"] for fact in facts)
    skipped = sum(fact["skipped"] for fact in facts)
    return sum(fact["tests"] for fact in facts) - failed - skipped, failed, skipped


def main(arguments: list[str]) -> int:
    """Run all, print each with its time, then the sum alone on the last line."""
    signal.signal(signal.SIGTERM, _give_up)
    REPORTS.mkdir(parents=True, exist_ok=True)
    budgets = {name: float(minutes) for name, minutes in (argument.split("=") for argument in arguments)}
    outcomes = [run(name, budget) for name, budget in budgets.items()]
    passed, failed = (sum(getattr(outcome, count) for outcome in outcomes) for count in ("passed", "failed"))
    total = sum(outcome.minutes for outcome in outcomes)
    print("\n" + "\n".join(str(outcome) for outcome in outcomes))
    print(f"{'all':<12} {total:.1f} min of {sum(budgets.values()):g}\n")
    summary = f"{passed} passed, {failed} failed"
    (REPORTS / "summary").write_text(f"{summary}\n")
    print(summary, flush=True)
    return 1 if failed else 0


def _give_up(number: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into an exception, so that the suite that runs is stopped on the way out."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
