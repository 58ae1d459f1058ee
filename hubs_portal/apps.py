"""The kernel as a Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    """Accounts, clock, letters, jobs, files: what any call would need."""

    name = "hubs_portal"
    verbose_name = _("Socle")

    def ready(self) -> None:
        from hubs_portal import invariants, protection  # noqa: PLC0415 - models must be loaded first

        post_migrate.connect(protection.install_after_migrate, dispatch_uid="protection")
        invariants.load()
