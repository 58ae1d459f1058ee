"""The embedded default: `make run`. Its secret is made at the first start and stays in the data folder."""

from django.core.management.utils import get_random_secret_key

from hubs_portal.settings.base import *  # noqa: F403 - a settings module extends another by importing all of it
from hubs_portal.settings.base import ENVIRONMENT, VAR


def _kept_secret() -> str:
    """A secret generated once per data folder, readable by its owner alone."""
    place = VAR / "keys" / "secret_key"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.touch(mode=0o600)
        place.write_text(get_random_secret_key())
    return place.read_text()


SECRET_KEY = ENVIRONMENT.secret_key or _kept_secret()
PUBLIC_URL = ENVIRONMENT.public_url or f"http://127.0.0.1:{ENVIRONMENT.port}"
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts or ["localhost", "127.0.0.1", "[::1]"]
for _folder in ("files", "incoming", "queue", "mail"):
    (VAR / _folder).mkdir(parents=True, exist_ok=True)
