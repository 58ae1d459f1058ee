"""Everything the portal reads from its environment, read once, typed, in one place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from environs import Env

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """The settings an installation may change; an empty string means "not served"."""

    secret_key: str
    allowed_hosts: list[str]
    public_url: str
    port: int
    data_folder: Path
    database_url: str
    redis_url: str
    smtp_url: str
    mail_from: str
    s3_bucket: str
    s3_endpoint: str
    s3_public_endpoint: str
    s3_access_key: str
    s3_secret_key: str
    receipt_key_file: str
    seal_key_file: str
    seal_certificate_file: str
    arrival_header: str
    accel_location: str
    clamd_address: str
    directory_class: str
    directory_url: str
    directory_token: str
    directory_fields: dict[str, str]
    rehearsal: bool


def read_environment() -> Environment:
    """Read the process environment; a malformed value raises at start-up, not at the first request."""
    env = Env()
    return Environment(
        secret_key=env.str("SECRET_KEY", ""),
        allowed_hosts=env.list("ALLOWED_HOSTS", []),
        public_url=env.str("PUBLIC_URL", ""),
        port=env.int("PORT", 8000),
        data_folder=env.path("DATA_FOLDER", ROOT / "var"),
        database_url=env.str("DATABASE_URL", ""),
        redis_url=env.str("REDIS_URL", ""),
        smtp_url=env.str("SMTP_URL", ""),
        mail_from=env.str("MAIL_FROM", ""),
        s3_bucket=env.str("S3_BUCKET", ""),
        s3_endpoint=env.str("S3_ENDPOINT", ""),
        s3_public_endpoint=env.str("S3_PUBLIC_ENDPOINT", "") or env.str("S3_ENDPOINT", ""),
        s3_access_key=env.str("S3_ACCESS_KEY", ""),
        s3_secret_key=env.str("S3_SECRET_KEY", ""),
        receipt_key_file=env.str("RECEIPT_KEY_FILE", ""),
        seal_key_file=env.str("SEAL_KEY_FILE", ""),
        seal_certificate_file=env.str("SEAL_CERTIFICATE_FILE", ""),
        arrival_header=env.str("ARRIVAL_HEADER", ""),
        accel_location=env.str("ACCEL_LOCATION", ""),
        clamd_address=_an_address(env.str("CLAMD_ADDRESS", "")),
        directory_class=env.str("DIRECTORY_CLASS", "hubs_portal.directory.HttpDirectory"),
        directory_url=env.str("DIRECTORY_URL", ""),
        directory_token=env.str("DIRECTORY_TOKEN", ""),
        directory_fields=dict(_pairs(env.list("DIRECTORY_FIELDS", []))),
        rehearsal=env.bool("REHEARSAL", False),
    )


def _an_address(said: str) -> str:
    """Where clamd listens; a mistyped one would leave every file unscanned."""
    if said and not re.fullmatch(r"unix:/.+|tcp:.+:\d{1,5}", said):
        raise ValueError(f"CLAMD_ADDRESS is unix:/path or tcp:host:port, not {said!r}")
    return said


def _pairs(said: list[str]) -> Iterator[tuple[str, str]]:
    """« name=value », one after the other; what is no pair is left out."""
    for pair in said:
        name, equals, value = pair.partition("=")
        if equals:
            yield name.strip(), value.strip()
