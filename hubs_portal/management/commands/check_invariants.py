"""Ask the whole database what must never be false."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hubs_portal import invariants


class Command(BaseCommand):
    """Prints each check with its result; fails when one is broken."""

    help = "Vérifie ce qui ne doit jamais être faux, et nomme les lignes fautives."

    def handle(self, *_args: Any, **_options: Any) -> None:
        broken = invariants.violations()
        for name in invariants.names():
            rows = broken.get(name, [])
            self.stdout.write(f"{'FAUX' if rows else 'ok  '} {name}")
            for row in rows[:20]:
                self.stdout.write(f"       {row}")
        if broken:
            raise CommandError(f"{len(broken)} invariant(s) rompu(s)")
