"""The application phase as a Django application."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Calls, candidacies, dossiers, submissions."""

    name = "applications"
    verbose_name = _("Candidatures")

    def ready(self) -> None:
        if settings.REHEARSAL:
            from applications import rehearsal  # noqa: PLC0415 - models must be loaded first

            rehearsal.bring()
