"""The application phase as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Calls, candidacies, dossiers, submissions."""

    name = "applications"
    verbose_name = _("Candidatures")
