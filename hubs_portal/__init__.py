"""The kernel of the portal: it knows nothing of calls, dossiers or juries."""

from hubs_portal.celery import app as celery_app

__all__ = ["celery_app"]
