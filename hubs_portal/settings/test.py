"""Settings of the tests: a secret of their own, a folder of their own, letters kept in memory."""

import os
import tempfile
from pathlib import Path
from typing import Any

_folder = Path(tempfile.mkdtemp(prefix="hubs-portal-tests-"))
os.environ.setdefault("DATA_FOLDER", str(_folder))

from hubs_portal.settings.base import *  # noqa: E402,F403 - the folder above must be set first
from hubs_portal.settings.base import DATABASES, STORAGES, TEMPLATES, VAR  # noqa: E402 - as above

SECRET_KEY = "only-for-tests"  # noqa: S105 - it guards nothing
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PUBLIC_URL = "http://testserver"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DATABASES["default"].setdefault("TEST", {})
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: threads of a race must meet in the same database.
    DATABASES["default"]["TEST"] = {"NAME": VAR / "test.sqlite3"}


class _Missing(str):
    """An undefined template variable is an error of ours, not an empty string."""

    def __mod__(self, name: Any) -> str:
        raise NameError(f"undefined template variable {name}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = _Missing("%s")
for _name in ("files", "incoming", "queue", "mail"):
    (VAR / _name).mkdir(parents=True, exist_ok=True)
