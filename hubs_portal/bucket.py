"""The bucket of files, as it must be: encrypted, versioned, closed, swept of what was never finished.

`manage.py prepare_bucket` sets what is missing, asks the store for it back, and says which it does not have;
`manage.py check --deploy` only looks (`bucket_check`).
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hubs_portal.files import private_storage
from hubs_portal.refusals import Sentence

_PROBE = "probe"


class Outcome(StrEnum):
    """What came of one demand."""

    ALREADY = "already"
    DONE = "done"
    NOT_SUPPORTED = "not_supported"
    FAILED = "failed"


SAID: dict[Outcome, Sentence] = {
    Outcome.ALREADY: _("déjà"),
    Outcome.DONE: _("fait"),
    Outcome.NOT_SUPPORTED: _("ce stockage ne sait pas le faire"),
    Outcome.FAILED: _("échec"),
}


@dataclass(frozen=True)
class Demand:
    """One thing asked of the bucket: how to read it, how to set it, whether files may be kept without."""

    what: Sentence
    holds: Callable[[Any, str], bool]
    set: Callable[[Any, str], Any]
    vital: bool = False


@dataclass(frozen=True)
class Step:
    """A demand and what came of it; `why` is the store's own words."""

    demand: Demand
    outcome: Outcome
    why: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether files must not be kept in such a bucket."""
        return self.demand.vital and self.outcome in {Outcome.FAILED, Outcome.NOT_SUPPORTED}


def bucket() -> tuple[Any, str] | None:
    """The client and the name of the bucket files are kept in; `None` when they are kept in a folder."""
    storage: Any = private_storage()
    if not hasattr(storage, "bucket_name"):
        return None
    return storage.connection.meta.client, str(storage.bucket_name)


def prepare() -> Iterator[Step]:
    """Ask for each thing that is not so yet, then whether it is so. May be run any number of times."""
    found = bucket()
    if found is None:
        return
    for demand in DEMANDS:
        yield _asked(demand, *found)


def _asked(demand: Demand, client: Any, name: str) -> Step:
    try:
        if _holds(demand, client, name):
            return Step(demand, Outcome.ALREADY)
        demand.set(client, name)
        if demand.holds(client, name):
            return Step(demand, Outcome.DONE)
        return Step(demand, Outcome.NOT_SUPPORTED)
    except ClientError as error:
        unknown = error.response["Error"]["Code"] in {"NotImplemented", "MethodNotAllowed", "501"}
        return Step(demand, Outcome.NOT_SUPPORTED if unknown else Outcome.FAILED, str(error))
    except (BotoCoreError, OSError) as error:
        return Step(demand, Outcome.FAILED, str(error))


def _holds(demand: Demand, client: Any, name: str) -> bool:
    """A store that has never been told answers that it was never told."""
    try:
        return demand.holds(client, name)
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        if code == "404" or code.startswith("NoSuch") or code.endswith("NotFoundError"):
            return False
        raise


# ---------------------------------------------------------------- what is demanded


def _exists(client: Any, name: str) -> bool:
    client.head_bucket(Bucket=name)
    return True


def _create(client: Any, name: str) -> None:
    region = client.meta.region_name
    elsewhere = region not in {None, "us-east-1", "aws-global"}
    client.create_bucket(
        Bucket=name, **({"CreateBucketConfiguration": {"LocationConstraint": region}} if elsewhere else {})
    )


def _is_versioned(client: Any, name: str) -> bool:
    return bool(client.get_bucket_versioning(Bucket=name).get("Status") == "Enabled")


def _version(client: Any, name: str) -> None:
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _is_encrypted(client: Any, name: str) -> bool:
    rules = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    # A key of the store's own service of keys is stronger still, and left as it is.
    return any(rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in rules)


def _encrypt(client: Any, name: str) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})


_CLOSED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def _is_closed(client: Any, name: str) -> bool:
    return bool(client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"] == _CLOSED)


def _close(client: Any, name: str) -> None:
    client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_CLOSED)


def _has_no_list_of_access(client: Any, name: str) -> bool:
    rules = client.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    return bool([rule["ObjectOwnership"] for rule in rules] == ["BucketOwnerEnforced"])


def _drop_lists_of_access(client: Any, name: str) -> None:
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    client.put_bucket_ownership_controls(Bucket=name, OwnershipControls=rules)


# Whatever is deleted can be had back for five weeks; what was never finished goes after two days.
_RULES: list[dict[str, Any]] = [
    {
        "ID": "former-versions",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 35},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
    },
    {
        "ID": "incoming",
        "Status": "Enabled",
        "Filter": {"Prefix": "incoming/"},
        "Expiration": {"Days": 2},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    },
]


def _is_swept(client: Any, name: str) -> bool:
    rules = client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    found = {rule.get("ID"): rule for rule in rules}
    return all(wanted.items() <= found.get(wanted["ID"], {}).items() for wanted in _RULES)


def _sweep(client: Any, name: str) -> None:
    client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": _RULES})


def _origin() -> str:
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}"


def _shared() -> list[dict[str, Any]]:
    """Pages of the portal alone may send parts of a file straight to the bucket, each by a signed address."""
    return [
        {
            "AllowedOrigins": [_origin()],
            "AllowedMethods": ["GET", "PUT", "POST", "DELETE", "HEAD"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["ETag"],
            "MaxAgeSeconds": 3600,
        }
    ]


def _is_shared(client: Any, name: str) -> bool:
    return bool(client.get_bucket_cors(Bucket=name)["CORSRules"] == _shared())


def _share(client: Any, name: str) -> None:
    client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": _shared()})


def _refuses_strangers(client: Any, name: str) -> bool:
    """Somebody without a signature asks for an object that is there."""
    client.put_object(Bucket=name, Key=_PROBE, Body=b"?")
    address = f"{client.meta.endpoint_url.rstrip('/')}/{name}/{_PROBE}"
    try:
        with urllib.request.urlopen(address, timeout=10):  # noqa: S310 - the address of our own store
            return False
    except urllib.error.HTTPError as refusal:
        return refusal.code in {401, 403}
    finally:
        client.delete_object(Bucket=name, Key=_PROBE)


def _nothing(_client: Any, _name: str) -> None:
    """Only the store's own settings can change that."""


_EXISTS = Demand(_("Le compartiment existe"), _exists, _create, vital=True)
_VERSIONED = Demand(_("Les versions effacées ou remplacées sont gardées"), _is_versioned, _version, vital=True)
_ENCRYPTED = Demand(_("Tout y est chiffré (AES-256)"), _is_encrypted, _encrypt, vital=True)
VITAL = (_EXISTS, _VERSIONED, _ENCRYPTED)
DEMANDS: tuple[Demand, ...] = (
    *VITAL,
    Demand(_("Aucun accès public ne peut y être donné"), _is_closed, _close),
    Demand(_("Aucune liste d’accès (ACL) n’y compte"), _has_no_list_of_access, _drop_lists_of_access),
    Demand(_("Qui n’a pas de signature n’y lit rien"), _refuses_strangers, _nothing, vital=True),
    Demand(_("Ce qui n’a pas été fini part après deux jours, les anciennes versions après 35"), _is_swept, _sweep),
    Demand(_("Les pages du portail, et elles seules, y envoient des fichiers"), _is_shared, _share),
)


def flaws() -> list[Sentence] | None:
    """Which of the demands that files depend on are not met; `None` when the store does not answer."""
    found = bucket()
    if found is None:
        return []
    try:
        return [demand.what for demand in VITAL if not _holds(demand, *found)]
    except (ClientError, BotoCoreError):
        return None
