"""A portal of one's own without its pages: database, broker, mail server, somebody who acts, a worker one may kill."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from tests.post import MailServer, mail_server
from tests.servers import RedisServer, postgresql, redis_server, running

ROOT = Path(__file__).resolve().parents[2]
_EMBEDDED_WORKER = "import django; django.setup(); from hubs_portal import serving; serving.run_worker()"
_SETTLED = {"sent", "failed", "uncertain"}


@dataclass
class Installation:
    """Embedded (SQLite, a folder as broker) or served (PostgreSQL, Redis); letters leave by SMTP in both."""

    name: str
    folder: Path
    mail: MailServer
    environment: dict[str, str]
    database_url: str = ""
    redis: RedisServer | None = None
    restarts: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _watched: list[threading.Thread] = field(default_factory=list)
    _actor: "subprocess.Popen[str] | None" = None

    @property
    def senders(self) -> int:
        """How many processes send letters; each has one in its hands."""
        return 1 if self.redis is None else 2

    def act(self, act: str, **arguments: Any) -> float:
        """Have something done by the process that stands for the web server; returns the seconds it took."""
        actor = self._actor
        assert actor is not None
        assert actor.stdin is not None
        assert actor.stdout is not None
        actor.stdin.write(json.dumps({"act": act, **arguments}) + "\n")
        actor.stdin.flush()
        answer = actor.stdout.readline()
        if not answer:
            raise RuntimeError(f"the actor died of {act}: see {self.folder / 'actor.log'}")
        return float(json.loads(answer)["seconds"])

    def start_worker(self) -> None:
        """The worker and the timetable, as this kind of portal runs them."""
        self._over.clear()
        for name, command in self._processes().items():
            place = self.folder / name
            place.mkdir(exist_ok=True)
            keeping = threading.Thread(target=self._keep, args=(command, place))
            keeping.start()
            self._watched.append(keeping)

    def _keep(self, command: list[str], place: Path) -> None:
        """Run a process; when it stops by itself, start it again, as docker-compose.yml asks (unless-stopped)."""
        while True:
            with running(command, folder=place, environment=self.environment) as process:
                while process.poll() is None:
                    if self._over.wait(0.01):
                        return
            self.restarts += 1

    def kill_worker(self) -> None:
        """SIGKILL, to the whole group of each process."""
        self._over.set()
        for keeping in self._watched:
            keeping.join()
        self._watched.clear()

    def _processes(self) -> dict[str, list[str]]:
        if self.redis is None:
            return {"worker": [sys.executable, "-c", _EMBEDDED_WORKER]}
        celery = [str(Path(sys.executable).with_name("celery")), f"--workdir={ROOT}", "-A", "hubs_portal"]
        worker = [*celery, "worker", "--pool=threads", "--concurrency=2", "--loglevel=WARNING"]
        return {
            "worker-1": [*worker, "--hostname=1@%h"],
            "worker-2": [*worker, "--hostname=2@%h"],
            "timetable": [*celery, "beat", f"--schedule={self.folder / 'beat'}", "--pidfile=", "--loglevel=WARNING"],
        }

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database answers, asked directly."""
        with closing(self._connect()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]

    def _connect(self) -> Any:
        if self.database_url:
            return psycopg2.connect(self.database_url)
        return sqlite3.connect(self.folder / "portal.sqlite3", timeout=20)

    def states(self) -> Counter[str]:
        """How many letters are in each state."""
        return Counter(dict(self.rows("SELECT state, count(*) FROM hubs_portal_letter GROUP BY state")))

    def seconds_to_settle(self, patience: float) -> float:
        """How long until every letter is sent, failed or uncertain; `patience` when it takes longer."""
        started = time.monotonic()
        while time.monotonic() - started < patience:
            if not set(self.states()) - _SETTLED:
                return time.monotonic() - started
            time.sleep(0.2)
        return patience

    def start_over(self) -> None:
        """No worker, no letter, no order to the mail server."""
        self.kill_worker()
        self.mail.forget()
        with closing(self._connect()) as connection:
            cursor = connection.cursor()
            for table in ("applications_candidacyletter", "hubs_portal_attachment", "hubs_portal_letter"):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
            connection.commit()


@contextmanager
def embedded() -> Iterator[Installation]:
    """The portal of `make run`, sending by SMTP."""
    with ExitStack() as stack:
        yield stack.enter_context(_installed("folder", stack))


@contextmanager
def served() -> Iterator[Installation]:
    """The portal of docker-compose.yml."""
    with ExitStack() as stack:
        url, redis = stack.enter_context(postgresql()), stack.enter_context(redis_server())
        yield stack.enter_context(_installed("Redis", stack, url, redis))


@contextmanager
def _installed(
    name: str, stack: ExitStack, database_url: str = "", redis: RedisServer | None = None
) -> Iterator[Installation]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hp-")))
    mail = stack.enter_context(mail_server())
    environment = {
        "DJANGO_SETTINGS_MODULE": "hubs_portal.settings.dev",
        "PYTHONPATH": str(ROOT),
        "DATA_FOLDER": str(folder),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis.url if redis else "",
        "SMTP_URL": mail.url,
        "REHEARSAL": "0",
    }
    installation = Installation(name, folder, mail, environment, database_url, redis)
    with (folder / "actor.log").open("w") as log:
        actor = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.actor"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | environment,
            cwd=ROOT,
        )
    installation._actor = actor
    try:
        installation.act("prepare")
        yield installation
    finally:
        installation.kill_worker()
        with actor:
            actor.kill()
