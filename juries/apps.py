"""The jury phase as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JuriesConfig(AppConfig):
    """Juries, hearings, scores, deliberation."""

    name = "juries"
    verbose_name = _("Jurys")
