"""`manage.py rehearse start [--until KEY]` and `manage.py rehearse jump KEY`: play a call on invented candidacies."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hubs_portal.refusals import Refusal
from hubs_portal.rehearsal import playing, timeline


class Command(BaseCommand):
    """Refuses wherever REHEARSAL is not set, and on a database that holds what the rehearsal did not make."""

    help = "Joue un appel à projets avec des candidatures inventées (REHEARSAL=1 seulement)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Start, or go to a key moment; without a word, start."""
        parser.add_argument("act", nargs="?", choices=["start", "jump"], default="start")
        parser.add_argument("moment", nargs="?", default="", help="un moment clé, pour « jump »")
        parser.add_argument("--until", default="", help="le moment clé où commence la répétition")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        try:
            if options["act"] == "jump":
                moment = playing.jump(options["moment"], asked_at=datetime.now(UTC))
                self.stdout.write(f"La répétition est à ce moment : {moment.label}")
                return
            played = playing.start(options["until"])
        except Refusal as refusal:
            keys = ", ".join(moment.key for moment in timeline.moments())
            raise CommandError(f"{refusal} ({keys})" if refusal.code == "no_such_moment" else str(refusal)) from refusal
        if played is None:
            self.stdout.write("La répétition a déjà commencé : rien n’a été changé.")
        else:
            self.stdout.write(f"{played.done} actes joués, {len(played.refused)} refusés par une règle.")
        self._say_accounts()

    def _say_accounts(self) -> None:
        self.stdout.write(f"Mot de passe de tous les comptes : {timeline.PASSWORD}")
        for account in timeline.accounts():
            self.stdout.write(f"  {account.email:<46} {account.part}")
