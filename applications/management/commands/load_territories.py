"""`manage.py load_territories`: the départements and overseas collectivities, from the npm package."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.loading import load_territories
from hubs_portal.refusals import Refusal


class Command(BaseCommand):
    """May be run again at any time: it writes the same rows."""

    help = "Charge les départements et les collectivités d’outre-mer."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how many there are."""
        try:
            number = load_territories()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{number} territoires sont chargés.")
