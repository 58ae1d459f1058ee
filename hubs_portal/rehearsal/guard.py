"""A rehearsal's database must not come to receive real candidacies: its clock is not the world's."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from hubs_portal.rehearsal.models import RehearsalProgress


@register(Tags.database)
def no_rehearsal_goes_live(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """An error where REHEARSAL is off and a rehearsal was played: asked by `migrate` and `check --database default`."""
    if settings.REHEARSAL or "default" not in (databases or ()):
        return []
    known = RehearsalProgress._meta.db_table in connection.introspection.table_names()
    if not known or not RehearsalProgress.objects.exists():
        return []
    return [
        Error(
            "Cette base est celle d’une répétition : aucune candidature réelle ne doit y être reçue.",
            hint="Servez le portail sur une base neuve, ou avec REHEARSAL=1.",
            id="hubs_portal.E001",
        )
    ]
