"""Keep the English catalogue in line with the sources."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs_portal import catalogue, extraction


class Command(BaseCommand):
    """`--check` fails on an untranslated sentence; without it the catalogue's entries are brought up to date."""

    help = "Met le catalogue anglais en accord avec les sources, ou (--check) nomme ce qui n’est pas traduit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["check"]:
            extraction.update()
        faults = extraction.untranslated() + [f"placeholders: {msgid}" for msgid in catalogue.mismatched()]
        for fault in faults:
            self.stdout.write(fault)
        if options["check"] and faults:
            raise CommandError(f"{len(faults)} phrase(s) à traduire")
