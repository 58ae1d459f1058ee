"""What every installation shares. Embedded or served, the same code runs on other parts (docs/architecture.md)."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.headers import Headers

import dj_database_url
import dj_email_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor  # type: ignore[import-untyped] # it says nothing of its types

from hubs_portal.settings.environment import ROOT, read_environment

django_stubs_ext.monkeypatch()

ENVIRONMENT = read_environment()
VAR = ENVIRONMENT.data_folder

SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
PUBLIC_URL = ENVIRONMENT.public_url
REHEARSAL = ENVIRONMENT.rehearsal
ROOT_URLCONF = "hubs_portal.urls"
WSGI_APPLICATION = "hubs_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "juries",
    "applications",
    "hubs_portal",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "storages",
    "hubs_portal.apps.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hubs_portal.downloads.PackingMiddleware",
    "hubs_portal.clock.ArrivalMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hubs_portal.journal.OriginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hubs_portal.refusals.RefusalMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "applications.context.portal",
            ],
            "builtins": ["hubs_portal.templatetags.french", "django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- Database: a SQLite file that carries the last-minute peak, or PostgreSQL.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
POSTGRESQL_OPTIONS: dict[str, Any] = {
    "options": "-c lock_timeout=5s -c statement_timeout=20s -c idle_in_transaction_session_timeout=30s",
}


def database(url: str, folder: Path) -> dict[str, Any]:
    """The database at `url`, or the embedded file in `folder` when there is none."""
    if not url:
        file = {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "portal.sqlite3", "OPTIONS": SQLITE_OPTIONS}
        # To open the file again at each request would take a third of a page's time.
        return file | {"CONN_MAX_AGE": 60}
    parsed: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    options = POSTGRESQL_OPTIONS if "postgresql" in parsed["ENGINE"] else SQLITE_OPTIONS
    return parsed | {"OPTIONS": options | parsed.get("OPTIONS", {})}


DATABASES = {"default": database(ENVIRONMENT.database_url, VAR)}

# --- Files: content-addressed, private; a folder or an S3 bucket.
PRIVATE_FOLDER = VAR / "files"


def bucket() -> dict[str, Any]:
    """The S3 bucket of the environment; boto3 takes half a second to import, which an embedded portal does without."""
    from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 - as said above

    options = {
        "bucket_name": ENVIRONMENT.s3_bucket,
        "endpoint_url": ENVIRONMENT.s3_endpoint or None,
        "access_key": ENVIRONMENT.s3_access_key,
        "secret_key": ENVIRONMENT.s3_secret_key,
        "file_overwrite": False,
        "default_acl": None,
        # Asked at each write: it does not depend on how the bucket was set up (manage.py prepare_bucket).
        "object_parameters": {"ServerSideEncryption": "AES256"},
        "signature_version": "s3v4",
        "querystring_auth": True,
        "querystring_expire": 60,
        # A file read back is kept in memory up to here, on the disk beyond: by default all of it stays in memory.
        "max_memory_size": 2 * 1024 * 1024,
        # By default each file sent or read takes ten threads with eight megabytes each in their hands.
        "transfer_config": TransferConfig(multipart_threshold=64 * 1024 * 1024, use_threads=False),
    }
    return {"BACKEND": "hubs_portal.bucket_storage.BucketStorage", "OPTIONS": options}


def folder() -> dict[str, Any]:
    """The private folder, for its owner alone."""
    options = {"location": PRIVATE_FOLDER, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "hubs_portal.storage.FolderStorage", "OPTIONS": options}


PRIVATE_STORAGE = bucket() if ENVIRONMENT.s3_bucket else folder()
STORAGES: dict[str, Any] = {
    "default": PRIVATE_STORAGE,
    "private": PRIVATE_STORAGE,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# How browsers reach the bucket, to which they send files themselves: perhaps by another address than the portal does.
S3_PUBLIC_ENDPOINT = ENVIRONMENT.s3_public_endpoint
S3_ORIGIN = ["{0.scheme}://{0.netloc}".format(urlsplit(S3_PUBLIC_ENDPOINT))] if S3_PUBLIC_ENDPOINT else []
# Parts of what is arriving, where there is no bucket; on the same disk as the files kept.
UPLOADS_FOLDER = VAR / "uploads"
FILE_UPLOAD_TEMP_DIR = VAR / "incoming"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# Where our nginx finds these files by itself, once a right was checked (deploy/nginx.conf); empty: we send the bytes.
ACCEL_LOCATION = ENVIRONMENT.accel_location

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]


def _worker_policy(headers: Headers, _path: str, url: str) -> None:
    """What draws PDFs runs apart from our pages: it may compile its decoders, and reach nothing but its own files."""
    if "/build/pdfjs/" in url:
        headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'"
        )


# Tables and fonts of the reader are compact already; packing two hundred of them would delay the first start by half.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "bcmap", "pfb", "ttf", "icc")
WHITENOISE_ADD_HEADERS_FUNCTION = _worker_policy

# --- Background work: rows are the truth, the broker only a nudge.
CELERY_BROKER_URL = ENVIRONMENT.redis_url or "filesystem://"
CELERY_BROKER_FOLDER = VAR / "queue"
RECEIPT_KEY_FILE = Path(ENVIRONMENT.receipt_key_file or VAR / "keys" / "receipts.pem")
SEAL_KEY_FILE = Path(ENVIRONMENT.seal_key_file or VAR / "keys" / "seal-key.pem")
SEAL_CERTIFICATE_FILE = Path(ENVIRONMENT.seal_certificate_file or VAR / "keys" / "seal.pem")

# --- Mail: SMTP when served; otherwise files that the rehearsal mailbox shows.
EMAIL_TIMEOUT = 10  # seconds per answer of the server; a claim must outlast a whole sending (letters/carrier.py)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
if ENVIRONMENT.smtp_url:
    _smtp = dj_email_url.parse(ENVIRONMENT.smtp_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _smtp["EMAIL_HOST"], _smtp["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _smtp["EMAIL_HOST_USER"], _smtp["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = bool(_smtp["EMAIL_USE_TLS"]), bool(_smtp["EMAIL_USE_SSL"])
# Answers go to the mailbox of the call (Reply-To); Message-IDs are made in the domain of this address.
MAIL_FROM = ENVIRONMENT.mail_from or "ne-pas-repondre@hubs.invalid"
DEFAULT_FROM_EMAIL = f"Hubs France Connectée – ne pas répondre <{MAIL_FROM}>"

# --- Antivirus: clamd, where it listens; empty: none, and the officer's screen says so (hubs_portal/antivirus.py).
CLAMD_ADDRESS = ENVIRONMENT.clamd_address

# --- A directory of companies that fills in empty fields when asked; none by default (hubs_portal/directory.py).
COMPANY_DIRECTORY: dict[str, Any] | None = (
    {
        "class": ENVIRONMENT.directory_class,
        "url": ENVIRONMENT.directory_url,
        "token": ENVIRONMENT.directory_token,
        "fields": ENVIRONMENT.directory_fields,
    }
    if ENVIRONMENT.directory_url
    else None
)

# --- Language and time: French first, Paris on every page, UTC in every row.
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Accounts: e-mail and password; letters through the ledger; no account is disclosed.
AUTH_USER_MODEL = "hubs_portal.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "hubs_portal.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is confirmed by the letter that opened the account
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "entrance"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- The browser is told to run nothing but what we built.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *S3_ORIGIN],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

# The header in which our own nginx writes the end of receipt of a request (design: the deadline); empty: not behind it.
ARRIVAL_HEADER = ENVIRONMENT.arrival_header

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"fontTools": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}, "pikepdf": {"level": "WARNING"}},
}
