"""The servers lent to the tests are real, behave as the served portal's do, and leave nothing behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import boto3
import psycopg2
import pytest
import redis
from botocore.exceptions import ClientError

from tests.servers import S3Endpoint, free_port, running, wait_until

pytestmark = pytest.mark.served


def test_postgresql_has_room_for_a_race_and_folds_accents(postgresql_url: str) -> None:
    connection = psycopg2.connect(postgresql_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int, upper('déposé')")
        row = cursor.fetchone()
    connection.close()

    assert row == (400, "DÉPOSÉ")


def test_redis_keeps_what_it_is_given(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        client.set("word", "déposé")
        kept = client.get("word")
        client.flushdb()

    assert kept == "déposé"


def test_the_object_store_refuses_a_wrong_key_and_overwriting_when_told_not_to(s3_endpoint: S3Endpoint) -> None:
    def client(secret: str):  # type: ignore[no-untyped-def] # boto3 builds the type at run time
        return boto3.client(
            "s3",
            endpoint_url=s3_endpoint.url,
            region_name="us-east-1",
            aws_access_key_id=s3_endpoint.access_key,
            aws_secret_access_key=secret,
        )

    ours = client(s3_endpoint.secret_key)
    ours.put_object(Bucket=s3_endpoint.bucket, Key="piece", Body=b"first", ServerSideEncryption="AES256")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        ours.put_object(Bucket=s3_endpoint.bucket, Key="piece", Body=b"second", IfNoneMatch="*")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client("another").get_object(Bucket=s3_endpoint.bucket, Key="piece")
    kept = ours.get_object(Bucket=s3_endpoint.bucket, Key="piece")["Body"].read()
    ours.delete_object(Bucket=s3_endpoint.bucket, Key="piece")

    assert kept == b"first"


def test_a_server_and_its_children_are_killed_when_the_test_is_over(tmp_path: Path) -> None:
    with running(["sh", "-c", "sleep 600 & echo $! > child; wait"], folder=tmp_path) as server:
        wait_until(lambda: int((tmp_path / "child").read_text()), "the child")
        child = int((tmp_path / "child").read_text())

    assert [_gone_within(pid, seconds=5) for pid in (server.pid, child)] == [True, True]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_a_server_does_not_outlive_a_test_run_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from tests.servers import running\n"
        "folder = Path(sys.argv[1])\n"
        "with running(['sleep', '600'], folder=folder) as server:\n"
        "    (folder / 'server').write_text(str(server.pid)); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) as run:
        wait_until(lambda: int((tmp_path / "server").read_text()), "the server")
        run.kill()
    server = int((tmp_path / "server").read_text())

    assert _gone_within(server, seconds=5)


def test_free_ports_differ() -> None:
    assert len({free_port() for _ in range(5)}) > 1


def _alive(pid: int) -> bool:
    """Whether a process still runs; one that is dead and waits for its parent to notice does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def _gone_within(pid: int, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _alive(pid)
