"""The jury phase as a Django application."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class JuriesConfig(AppConfig):
    """Juries, hearings, scores, deliberation."""

    name = "juries"
    verbose_name = _("Jurys")

    def ready(self) -> None:
        """Bring what the jury phase adds to the application phase, and to the rehearsal."""
        from applications.selectors import release  # noqa: PLC0415 - models are not loaded before
        from juries.selectors.ranking import kept_out  # noqa: PLC0415

        release.kept_out.append(kept_out)

        if settings.REHEARSAL:
            from juries import rehearsal  # noqa: PLC0415 - models must be loaded first

            rehearsal.bring()
