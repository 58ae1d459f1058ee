"""`manage.py load_call [PATH_OR_SLUG]`: a call for projects, from the file that describes it, as a draft."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.loading import call_file, load_call
from hubs_portal import clock
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


class Command(BaseCommand):
    """Never touches a call that exists: what the team edited stays."""

    help = "Crée un appel à projets à partir de son fichier, en préparation ; ne change rien s’il existe déjà."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and whether to make its kit."""
        parser.add_argument("path_or_slug", nargs="?", default="hubs-france-connectee")
        parser.add_argument("--without-kit", action="store_true", help="ne fabrique pas les fichiers du kit")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        try:
            call, created = load_call(
                call_file(options["path_or_slug"]),
                at=clock.now(),
                by=Actor.machine("manage.py load_call"),
                with_kit=not options["without_kit"],
            )
        except Refusal as refusal:
            raise CommandError("\n- ".join([str(refusal), *map(str, refusal.items)])) from refusal
        done = "est créé, en préparation" if created else "existe déjà : rien n’a été changé"
        self.stdout.write(f"L’appel « {call.slug} » {done}.")
