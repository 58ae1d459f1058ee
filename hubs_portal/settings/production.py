"""The served portal: every secret comes from the environment, and nothing of the rehearsal may start."""

from django.core.exceptions import ImproperlyConfigured

from hubs_portal.settings.base import *  # noqa: F403 - a settings module extends another by importing all of it
from hubs_portal.settings.base import ENVIRONMENT, FILE_UPLOAD_TEMP_DIR

for _name in ("secret_key", "allowed_hosts", "public_url", "database_url", "redis_url", "smtp_url", "mail_from"):
    if not getattr(ENVIRONMENT, _name):
        raise ImproperlyConfigured(f"{_name.upper()} must be set in the environment to serve the portal.")
if ENVIRONMENT.rehearsal:
    raise ImproperlyConfigured("REHEARSAL must not be set where real candidacies are received.")

# Without it, reading a large object of the bucket fails as if the object were not there.
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENVIRONMENT.redis_url}}
