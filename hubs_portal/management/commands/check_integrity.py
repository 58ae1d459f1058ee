"""Read every stored file again and compare it with its fingerprint; name what no row names."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hubs_portal.files import StoredFile, missing_or_altered
from hubs_portal.tidying import A_DAY, orphans


class Command(BaseCommand):
    """Prints the files that are missing or altered, and the orphans of a day and more; fails for the former."""

    help = "Relit chaque fichier conservé et compare son empreinte."

    def handle(self, *_args: Any, **_options: Any) -> None:
        damaged = list(missing_or_altered())
        for row in damaged:
            self.stdout.write(f"absent ou altéré : {row.key}")
        unknown = list(orphans(before=datetime.now(UTC) - A_DAY))
        for orphan in unknown:
            self.stdout.write(f"orphelin, sera mis de côté puis supprimé : {orphan.key}")
        kept = StoredFile.objects.count()
        self.stdout.write(f"{kept} fichier(s), {len(damaged)} absent(s) ou altéré(s), {len(unknown)} orphelin(s)")
        if damaged:
            raise CommandError("des fichiers manquent ou ont changé")
