"""`manage.py prepare`: brings the data folder up to date before the embedded portal starts.

Each step is skipped while what it reads and what it writes look as they did after its last run, because a start must
not cost more than a few seconds; every step may be run again without harm.
"""

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hubs_portal.settings.environment import ROOT

_OUR_PACKAGES = ("hubs_portal", "applications", "juries")


@dataclass(frozen=True)
class Step:
    """A command, the files it reads or writes (globs from the project's root), and whether it fills the database."""

    command: str
    files: tuple[str, ...]
    fills_database: bool = False
    only_in_rehearsal: bool = False
    arguments: tuple[str, ...] = ()


STEPS = (
    Step("load_territories", ("package-lock.json", "applications/data/**/*"), fills_database=True),
    # Once per database: what is played afterwards belongs to whoever rehearses. Before the call is loaded, because the
    # rehearsal does it at its own business date.
    Step("rehearse", (), fills_database=True, only_in_rehearsal=True),
    Step("load_call", ("applications/data/**/*",), fills_database=True),
    Step("compile_catalogues", ("locale/**/*.po", "locale/**/*.mo")),
    Step(
        "collectstatic",
        ("requirements.txt", "static/**/*", *(f"{package}/static/**/*" for package in _OUR_PACKAGES)),
        arguments=("--no-input", "--clear", "--ignore=scss"),
    ),
)


class Command(BaseCommand):
    """Migrates, then runs the steps whose command exists and whose files have changed."""

    help = "Bring the data folder up to date: database, reference data, catalogues, static files, rehearsal."
    requires_system_checks: tuple[str, ...] = ()  # `make check` makes them; a start should not wait for them

    def handle(self, *args: Any, **options: Any) -> None:
        """Run what is due, and remember it step by step: an interrupted start resumes where it stopped."""
        marks = Marks(settings.VAR / "prepared.json")
        self._migrate(marks)
        known = get_commands()
        for step in STEPS:
            wanted = step.command in known and (settings.REHEARSAL or not step.only_in_rehearsal)
            if wanted and not marks.fresh(step.command, _look(step)):
                self._run(step.command, *step.arguments)
                marks.write(step.command, _look(step))

    def _migrate(self, marks: "Marks") -> None:
        """Ask the database itself what it lacks; an empty one makes us forget what was loaded into another."""
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations:
            marks.forget({step.command for step in STEPS if step.fills_database})
        # Triggers are put back after every `migrate`, so a change of theirs makes one due.
        look = _fingerprint(["hubs_portal/protection.py", *(f"{package}/migrations/*.py" for package in _OUR_PACKAGES)])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()) or not marks.fresh("migrate", look):
            self._run("migrate", "--no-input")
            marks.write("migrate", look)

    def _run(self, command: str, *arguments: str) -> None:
        started = time.monotonic()
        call_command(command, *arguments, verbosity=0)
        self.stdout.write(f"prepare | {command} ({time.monotonic() - started:.1f} s)")


@dataclass
class Marks:
    """What each step's files looked like after its last run, kept in the data folder."""

    place: Path

    def fresh(self, step: str, look: str) -> bool:
        """Whether nothing has changed since the step last ran."""
        return self._read().get(step) == look

    def write(self, step: str, look: str) -> None:
        """Remember that the step has just run."""
        self._save(self._read() | {step: look})

    def forget(self, steps: Iterable[str]) -> None:
        """Make these steps due."""
        gone = set(steps)
        self._save({step: look for step, look in self._read().items() if step not in gone})

    def _read(self) -> dict[str, str]:
        return dict(json.loads(self.place.read_text())) if self.place.exists() else {}

    def _save(self, marks: dict[str, str]) -> None:
        self.place.parent.mkdir(parents=True, exist_ok=True)
        draft = self.place.with_suffix(".draft")
        draft.write_text(json.dumps(marks, indent=1))
        draft.replace(self.place)


def _look(step: Step) -> str:
    sources = [f"{package}/management/commands/{step.command}.py" for package in _OUR_PACKAGES]
    collected = [settings.STATIC_ROOT / "staticfiles.json"] if step.command == "collectstatic" else []
    # Once per database means: not again because the command's own code has changed.
    return _fingerprint([*step.files, *sources], collected) if step.files else "once"


def _fingerprint(globs: Iterable[str], others: Iterable[Path] = ()) -> str:
    """A digest of names, sizes and dates: enough to see an edit, and cheap enough for every start."""
    digest = hashlib.sha256()
    places = {place for pattern in globs for place in ROOT.glob(pattern) if place.is_file()}
    for place in [*sorted(places), *others]:
        facts = (place.stat().st_size, place.stat().st_mtime_ns) if place.exists() else ()
        digest.update(f"{place}{facts}".encode())
    return digest.hexdigest()
