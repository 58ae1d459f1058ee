"""The jury phase as a Django application."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class JuriesConfig(AppConfig):
    """Juries, hearings, scores, deliberation."""

    name = "juries"
    verbose_name = _("Jurys")

    def ready(self) -> None:
        from juries import additions  # noqa: PLC0415 - models must be loaded first

        additions.bring()
        if settings.REHEARSAL:
            from juries import rehearsal  # noqa: PLC0415

            rehearsal.bring()
