"""Read every stored file again and compare it with its fingerprint."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hubs_portal.files import StoredFile, missing_or_altered


class Command(BaseCommand):
    """Prints the files that are missing or altered; fails when there are any."""

    help = "Relit chaque fichier conservé et compare son empreinte."

    def handle(self, *_args: Any, **_options: Any) -> None:
        damaged = list(missing_or_altered())
        for row in damaged:
            self.stdout.write(f"absent ou altéré : {row.key}")
        self.stdout.write(f"{StoredFile.objects.count()} fichier(s), {len(damaged)} absent(s) ou altéré(s)")
        if damaged:
            raise CommandError("des fichiers manquent ou ont changé")
