"""Compile the English catalogue, without GNU gettext."""

from typing import Any

from django.core.management.base import BaseCommand

from hubs_portal.catalogue import CATALOGUE, compile_catalogue


class Command(BaseCommand):
    """Writes the .mo file that Django reads, when there is a catalogue."""

    help = "Compile le catalogue anglais."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if CATALOGUE.exists():
            compile_catalogue()
