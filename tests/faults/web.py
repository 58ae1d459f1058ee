"""A portal's web server, alone: one may kill it, and it comes back; people with a dossier each, ready to send files."""

import http.client
import json
import os
import secrets
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tests import nginx
from tests.servers import free_port, object_store, postgresql, redis_server, running, wait_until

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Candidate:
    """Somebody signed in, and the dossier they send files to."""

    session: str
    number: str


@dataclass(frozen=True)
class Door:
    """Where a portal answers: all that those who send files know of it, in this process or in another."""

    url: str

    def connection(self, timeout: float = 60, address: str = "") -> http.client.HTTPConnection:
        """To whoever listens there; by default whoever listens first: nginx, or the web server."""
        host = urlsplit(address or self.url)
        assert host.hostname
        if host.scheme == "https":
            trusting = ssl._create_unverified_context()  # noqa: S323 - a certificate made a second ago
            return http.client.HTTPSConnection(host.hostname, host.port, context=trusting, timeout=timeout)
        return http.client.HTTPConnection(host.hostname, host.port, timeout=timeout)

    def status(self, path: str) -> int:
        """How it answers somebody who is not signed in."""
        connection = self.connection(20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


@dataclass
class Web:
    """A portal behind its door; `family` is the process whose children answer."""

    name: str
    door: Door
    folder: Path
    environment: dict[str, str]
    family: "subprocess.Popen[bytes]"
    candidates: list[Candidate] = field(default_factory=list)

    def children(self) -> list[int]:
        """The processes that answer, now."""
        try:
            return [int(pid) for pid in self._of_family("children").split()]
        except FileNotFoundError:
            return []

    def _of_family(self, what: str) -> str:
        return Path(f"/proc/{self.family.pid}/task/{self.family.pid}/{what}").read_text()

    def kill_one(self) -> bool:
        """SIGKILL one of them, the youngest; whoever keeps them starts another."""
        children = self.children()
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[-1], signal.SIGKILL)
                return True
        return False

    def memory(self) -> float:
        """What they and their parent hold together, in megabytes, pages they share counted once."""
        return sum(_proportional(pid) for pid in [self.family.pid, *self.children()]) / 1024

    def processor(self) -> float:
        """The seconds of processor those that answer have used so far."""
        ticks = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in self.children())
        return sum(int(tick) for used in ticks for tick in used) / os.sysconf("SC_CLK_TCK")

    def command(self, *arguments: str) -> str:
        """What a command of the portal says; raises when it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def judge(self, saved: dict[str, str]) -> dict[str, int]:
        """How many of the files said saved are missing, how many kept ones were altered, what was left behind."""
        said = self.folder / "saved.json"
        said.write_text(json.dumps(saved))
        found: dict[str, int] = json.loads(self.command("-m", "tests.faults.judge", str(said)).splitlines()[-1])
        return found


def _proportional(pid: int) -> int:
    """Kilobytes; nothing of a process that has just gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


@contextmanager
def embedded(people: int) -> Iterator[Web]:
    """waitress on a SQLite file and a folder."""
    with tempfile.TemporaryDirectory(prefix="hp-") as name:
        folder, port = Path(name), free_port()
        environment = _environment(folder)
        candidates = _prepared(folder, environment, people)
        command = [sys.executable, "-m", "tests.faults.keeper", str(port)]
        with _running("web", command, folder, environment) as process:
            web = Web("folder", Door(f"http://127.0.0.1:{port}"), folder, environment, process, candidates)
            wait_until(lambda: web.door.status("/healthz"), "the embedded web server", process)
            yield web


@contextmanager
def served(people: int) -> Iterator[Web]:
    """gunicorn behind nginx, on PostgreSQL, Redis and a bucket."""
    with ExitStack() as stack:
        folder, port = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hp-"))), free_port()
        store, door_port = stack.enter_context(object_store()), free_port()
        storage = urlsplit(store.url).port
        assert storage
        environment = _environment(folder) | {
            "DATABASE_URL": stack.enter_context(postgresql()),
            "REDIS_URL": stack.enter_context(redis_server()).url,
            **store.settings(),
            "ACCEL_LOCATION": "/_bucket/",
            "S3_PUBLIC_ENDPOINT": f"https://127.0.0.1:{door_port}",
        }
        candidates = _prepared(folder, environment, people)
        program = Path(sys.executable).with_name("gunicorn")
        command = f"{program} --config {ROOT / 'deploy' / 'gunicorn.conf.py'} --bind 127.0.0.1:{port} --chdir {ROOT}"
        process = stack.enter_context(
            _running("web", [*command.split(), "hubs_portal.wsgi:application"], folder, environment)
        )
        (folder / "door").mkdir()
        door = stack.enter_context(
            nginx.before(port, folder / "door", storage=storage, bucket=store.bucket, port=door_port)
        )
        web = Web("bucket", Door(f"https://127.0.0.1:{door.port}"), folder, environment, process, candidates)
        wait_until(lambda: _well(web), "the served portal", process)
        yield web


def _well(web: Web) -> None:
    if web.door.status("/healthz") != 200:
        raise ConnectionError("not yet")


@contextmanager
def _running(
    name: str, command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    place = folder / name
    place.mkdir()
    with running(command, folder=place, environment=environment) as process:
        yield process


def _environment(folder: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "hubs_portal.settings.dev",
        "PYTHONPATH": str(ROOT),
        "DATA_FOLDER": str(folder),
        "ALLOWED_HOSTS": "127.0.0.1",
        "REHEARSAL": "0",
        **dict.fromkeys(("DATABASE_URL", "REDIS_URL", "S3_BUCKET", "SMTP_URL", "ARRIVAL_HEADER"), ""),
    }


def _prepared(folder: Path, environment: dict[str, str], people: int) -> list[Candidate]:
    answer = folder / "people.json"
    command = [sys.executable, "-m", "tests.faults.people", str(people), str(answer)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"nobody could be prepared:\n{done.stdout}\n{done.stderr}")
    return [Candidate(**one) for one in json.loads(answer.read_text())]


@dataclass
class Watch:
    """Looks at the memory of a portal, and asks for a page as a bystander would, until it is told to stop."""

    web: Web
    path: str = "/"
    answers: list[float] = field(default_factory=list)  # seconds
    failures: int = 0
    highest: float = 0.0  # megabytes
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=act) for act in (self._weigh, self._pass_by)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _weigh(self) -> None:
        # Twenty times a second, to weigh took a quarter of a core from what was weighed.
        while not self._over.wait(0.25):
            self.highest = max(self.highest, self.web.memory())

    def _pass_by(self) -> None:
        while not self._over.wait(0.2):
            started = time.monotonic()
            try:
                self.failures += self.web.door.status(self.path) != 200
            except OSError:
                self.failures += 1
            self.answers.append(time.monotonic() - started)

    @property
    def nineteen_in_twenty(self) -> float:
        """Milliseconds within which 95 answers in 100 came."""
        ordered = sorted(self.answers) or [0.0]
        return ordered[int(len(ordered) * 0.95) - 1 if len(ordered) > 1 else 0] * 1000


def a_name() -> str:
    """A file name nobody else uses."""
    return f"statuts-{secrets.token_hex(6)}.pdf"
