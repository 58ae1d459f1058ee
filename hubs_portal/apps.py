"""The kernel as a Django application."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    """Accounts, clock, letters, jobs, files: what any call would need."""

    name = "hubs_portal"
    verbose_name = _("Socle")
    default = True

    def ready(self) -> None:
        from hubs_portal import bucket_check, invariants, protection  # noqa: F401, PLC0415 - models must be loaded first
        from hubs_portal.rehearsal import guard  # noqa: F401, PLC0415 - as above; importing it registers its check

        post_migrate.connect(protection.install_after_migrate, dispatch_uid="protection")
        invariants.load()


class OfficeConfig(admin.AdminConfig):
    """Django's admin, entered by our own door."""

    default = False
    default_site = "hubs_portal.office.OfficeSite"
