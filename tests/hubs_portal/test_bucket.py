"""The bucket of files, prepared by one command on a real store: encrypted, versioned, closed, swept."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from hubs_portal import bucket
from hubs_portal.bucket import Outcome
from tests.servers import S3Endpoint

pytestmark = pytest.mark.served


@pytest.fixture
def named(request: pytest.FixtureRequest, s3_endpoint: S3Endpoint, settings: Any) -> str:
    """The private storage is a bucket that nobody has made yet."""
    name = f"essai-{abs(hash(request.node.name)) % 10**9}"
    settings.PUBLIC_URL = "https://portail.test/"
    settings.STORAGES = {**settings.STORAGES, "private": s3_endpoint.storage(name)}
    return name


def _prepared() -> str:
    said = StringIO()
    call_command("prepare_bucket", stdout=said)
    return said.getvalue().replace("\u00a0", " ")


def _client() -> Any:
    found = bucket.bucket()
    assert found is not None
    return found[0]


def test_one_command_makes_the_bucket_and_says_what_the_store_cannot_do(named: str) -> None:
    first, second = _prepared(), _prepared()

    assert "Le compartiment existe : fait" in first
    assert "Les versions effacées ou remplacées sont gardées : fait" in first
    assert "Aucun accès public ne peut y être donné : ce stockage ne sait pas le faire" in first
    assert "Qui n’a pas de signature n’y lit rien : déjà" in first
    assert " : fait" not in second
    assert [step.outcome for step in bucket.prepare()].count(Outcome.ALREADY) == len(bucket.DEMANDS) - 1


def test_what_is_written_is_encrypted_and_asked_to_be(named: str) -> None:
    call_command("prepare_bucket", stdout=StringIO())
    private: Any = storages["private"]
    private.save("objects/a", ContentFile(b"a"))

    assert private.get_object_parameters("objects/a")["ServerSideEncryption"] == "AES256"
    assert _client().head_object(Bucket=named, Key="objects/a")["ServerSideEncryption"] == "AES256"


def test_what_is_deleted_or_replaced_by_mistake_can_be_had_back(named: str) -> None:
    call_command("prepare_bucket", stdout=StringIO())
    client = _client()
    for content in (b"premier", b"second"):
        client.put_object(Bucket=named, Key="objects/a", Body=content)
    storages["private"].delete("objects/a")

    kept = client.list_object_versions(Bucket=named, Prefix="objects/a")["Versions"]

    assert not storages["private"].exists("objects/a")
    assert {
        client.get_object(Bucket=named, Key="objects/a", VersionId=each["VersionId"])["Body"].read() for each in kept
    } == {b"premier", b"second"}


def test_nobody_reads_without_a_signature_even_what_was_said_public(named: str) -> None:
    call_command("prepare_bucket", stdout=StringIO())
    client = _client()
    client.put_object(Bucket=named, Key="objects/a", Body=b"a", ACL="public-read")

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{client.meta.endpoint_url}/{named}/objects/a")  # noqa: S310 - our own store

    assert refused.value.code == 403
    refused.value.close()


def test_what_was_never_finished_goes_by_itself_and_only_our_pages_send_files(named: str) -> None:
    call_command("prepare_bucket", stdout=StringIO())
    client = _client()

    rules = {rule["ID"]: rule for rule in client.get_bucket_lifecycle_configuration(Bucket=named)["Rules"]}
    (shared,) = client.get_bucket_cors(Bucket=named)["CORSRules"]

    assert rules["former-versions"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 2}
    assert rules["former-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 35}
    assert (rules["incoming"]["Filter"], rules["incoming"]["Expiration"]) == ({"Prefix": "incoming/"}, {"Days": 2})
    assert (shared["AllowedOrigins"], shared["ExposeHeaders"]) == (["https://portail.test"], ["ETag"])


def test_a_check_before_serving_warns_of_a_bucket_nobody_prepared(named: str) -> None:
    def warned() -> list[str]:
        return [str(each.msg) for each in run_checks(tags=["files"], include_deployment_checks=True)]

    assert len(warned()) == 3
    call_command("prepare_bucket", stdout=StringIO())
    assert warned() == []


def test_a_store_that_does_not_answer_is_a_failure(settings: Any) -> None:
    nowhere = S3Endpoint("http://127.0.0.1:9", "a", "b", "ailleurs")
    settings.STORAGES = {**settings.STORAGES, "private": nowhere.storage()}

    with pytest.raises(CommandError):
        call_command("prepare_bucket", stdout=StringIO())


def test_files_in_a_folder_need_no_bucket() -> None:
    assert _prepared() == "Les fichiers sont dans un dossier : rien à préparer.\n"
    assert run_checks(tags=["files"], include_deployment_checks=True) == []


def test_the_settings_of_a_served_portal_ask_for_encryption_and_signatures_of_version_4(tmp_path: Path) -> None:
    """Read by a process of its own: settings are read once."""
    asked = (
        "from hubs_portal.settings.base import STORAGES; options = STORAGES['private']['OPTIONS'];"
        "print(*(options[name] for name in ('object_parameters', 'signature_version', 'default_acl')))"
    )
    environment = {"PATH": os.environ["PATH"], "S3_BUCKET": "b", "DATA_FOLDER": str(tmp_path)}

    said = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "{'ServerSideEncryption': 'AES256'} s3v4 None"
