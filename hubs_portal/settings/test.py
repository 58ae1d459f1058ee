"""Settings of the tests: a secret of their own, a folder of their own, letters kept in memory."""

import atexit
import os
import tempfile
from pathlib import Path
from typing import Any

if "DATA_FOLDER" not in os.environ:
    # Also for the processes of a parallel run, which inherit it; removed by the one that made it.
    _folder = tempfile.TemporaryDirectory(prefix="hubs-portal-tests-")
    os.environ["DATA_FOLDER"] = _folder.name
    atexit.register(_folder.cleanup)

if (_worker := os.environ.get("PYTEST_XDIST_WORKER")) and Path(os.environ["DATA_FOLDER"]).name != _worker:
    # A database each, so files each: what no row of one database names may belong to the other's tests.
    os.environ["DATA_FOLDER"] += f"/{_worker}"

from hubs_portal.settings.base import *  # noqa: F403 - the folder above must be set first
from hubs_portal.settings.base import DATABASES, STORAGES, TEMPLATES, VAR

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
for _name in ("files", "incoming", "queue", "mail", "static"):
    (VAR / _name).mkdir(parents=True, exist_ok=True)
