"""Make the bucket of files what it must be, and say what the store cannot do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hubs_portal import bucket


class Command(BaseCommand):
    """Prints a line per demand; fails when files must not be kept in such a bucket. May be run again at any time."""

    help = "Prépare le compartiment S3 des fichiers : versions, chiffrement, accès, durées, origine."

    def handle(self, *_args: Any, **_options: Any) -> None:
        steps = list(bucket.prepare())
        if not steps:
            self.stdout.write("Les fichiers sont dans un dossier : rien à préparer.")
        for step in steps:
            why = f" ({step.why})" if step.why else ""
            self.stdout.write(f"{step.demand.what} : {bucket.SAID[step.outcome]}{why}")
        if any(step.is_failure for step in steps):
            raise CommandError("aucun fichier ne doit être gardé dans ce compartiment tel quel")
