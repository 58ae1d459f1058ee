"""Close the calls whose time has come: what the scheduler does, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from applications.actions.closing import close_due_calls
from applications.models import Call
from hubs_portal import clock, journal


class Command(BaseCommand):
    """Idempotent: a call already frozen is left as it is, and candidacies left half-way are finished."""

    help = "Arrête la liste des dépôts des appels dont l’heure est passée d’une minute."

    def handle(self, *_args: Any, **_options: Any) -> None:
        with journal.coming_from("manage.py close_calls"):
            close_due_calls(at=clock.now())
        for call in Call.objects.public().order_by("pk"):
            frozen = f"liste arrêtée le {call.frozen_at:%d/%m/%Y à %H:%M:%S} UTC" if call.frozen_at else "ouverte"
            self.stdout.write(f"{call.slug} : {frozen}")
