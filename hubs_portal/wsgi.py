"""The WSGI entry: waitress embedded, gunicorn behind nginx when served."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubs_portal.settings.dev")
application = get_wsgi_application()
