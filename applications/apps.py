"""The application phase as a Django application."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Calls, candidacies, dossiers, submissions."""

    name = "applications"
    verbose_name = _("Candidatures")

    def ready(self) -> None:
        from applications import digest, open_data, reminders  # noqa: PLC0415 - models must be loaded first
        from applications.actions import verdicts  # noqa: F401, PLC0415 - importing it declares its jobs
        from applications.selectors import ledger, posts  # noqa: PLC0415
        from hubs_portal.letters import timed  # noqa: PLC0415

        ledger.posts += posts.POSTS
        timed.sources += [*reminders.SOURCES, digest.DIGESTS, open_data.OPEN_DATA]
        if settings.REHEARSAL:
            from applications import rehearsal  # noqa: PLC0415

            rehearsal.bring()
