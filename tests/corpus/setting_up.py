"""Set Django up, in the process of the run and in those of its pools, which begin empty so that memory is their own."""

import os

import django


def set_up() -> None:
    """Make models importable."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubs_portal.settings.test")
    django.setup()
