"""A whole portal of one's own: its data folder, its database, its web server and its worker, as they really run."""

import json
import os
import signal
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from tests import nginx, post
from tests.servers import S3Endpoint, free_port, running, wait_until

ROOT = Path(__file__).resolve().parents[2]
_GRACE = 20  # seconds left to the portal to stop by itself


@dataclass(frozen=True)
class Portal:
    """A portal that answers at `url`; `prepared` is what tests/journeys/stage.py wrote."""

    url: str
    folder: Path
    database_url: str
    prepared: dict[str, Any]

    def person(self, name: str) -> dict[str, str]:
        """The number, the address and the session of somebody prepared."""
        found: dict[str, str] = self.prepared["people"][name]
        return found

    @property
    def session_cookie(self) -> str:
        """What browsers keep a session under."""
        return "__Host-sessionid" if self.url.startswith("https:") else "sessionid"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database answers, asked directly."""
        with closing(self._connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            found = [tuple(row) for row in cursor.fetchall()] if cursor.description else []
            connection.commit()
        return found

    def _connect(self) -> Any:
        if self.database_url:
            return psycopg2.connect(self.database_url)
        return sqlite3.connect(self.folder / "portal.sqlite3", timeout=20)

    def rows_of(self, number: str, table: str, column: str) -> list[Any]:
        """One column of the rows that a table holds about a candidacy."""
        candidacy = f"SELECT id FROM applications_candidacy WHERE number = '{number}'"  # noqa: S608 - ours
        rows = self.rows(f"SELECT {column} FROM {table} WHERE candidacy_id = ({candidacy})")  # noqa: S608 - ours
        return [value for (value,) in rows]

    def wait_for_the_worker(self) -> None:
        """Until what the stage left is done: files opened and receipts laid out would change rows under a journey."""
        for _ in range(600):
            if self.rows("SELECT count(*) FROM hubs_portal_job WHERE state IN ('waiting', 'running')") == [(0,)]:
                return
            time.sleep(0.2)
        raise TimeoutError("the worker still has work of the stage to do after two minutes")

    def set_clock(self, instant: datetime) -> None:
        """Make it `instant` for the procedure, from now on ticking."""
        offset = round((instant - datetime.now(UTC)).total_seconds() * 1_000_000)
        self.rows(f"UPDATE hubs_portal_businessclock SET offset_microseconds = {offset}")  # noqa: S608 - a number

    def candidacy_rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row about candidacies, table by table, but late attempts and letters: to see that nothing moved."""
        apart = {"applications_lateattempt", "applications_candidacyletter", "applications_callletter"}
        tables = [name for (name,) in self.rows(self._tables()) if name.startswith("applications_")]
        return {name: sorted(self.rows(f"SELECT * FROM {name}"), key=repr) for name in set(tables) - apart}  # noqa: S608

    def _tables(self) -> str:
        if self.database_url:
            return "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return "SELECT name FROM sqlite_master WHERE type = 'table'"


@contextmanager
def embedded() -> Iterator[Portal]:
    """`manage.py serve` on a SQLite file: waitress, the worker, the timetable."""
    with tempfile.TemporaryDirectory(prefix="hp-journeys-") as name:
        folder, port = Path(name), free_port()
        environment = _environment(folder) | {"PORT": str(port)}
        prepared = _staged(folder, environment)
        command = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port), "--with-parent"]
        with _serving("portal", command, folder, environment | {"REHEARSAL": "1"}) as process:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: _answers(f"{url}/"), "the embedded portal", process)
            portal = Portal(url, folder, "", prepared)
            portal.wait_for_the_worker()
            yield portal


@contextmanager
def served(database_url: str, redis_url: str, store: S3Endpoint, static: Path) -> Iterator[Portal]:
    """docker-compose.yml, container by container: gunicorn behind nginx, the workers, a bucket, a mail server."""
    with tempfile.TemporaryDirectory(prefix="hp-journeys-") as name, ExitStack() as stack:
        folder, port, door, store = Path(name), free_port(), free_port(), replace(store, bucket="portal")
        own = stack.enter_context(_database(database_url))
        url, storage = f"https://127.0.0.1:{door}", urlsplit(store.url).port or 0
        environment = _environment(folder) | {
            "DJANGO_SETTINGS_MODULE": "hubs_portal.settings.production", "SECRET_KEY": "of a journey",
            "PUBLIC_URL": url, "ALLOWED_HOSTS": "127.0.0.1", "DATABASE_URL": own, "REDIS_URL": redis_url,
            **store.settings(), "S3_PUBLIC_ENDPOINT": url, "SMTP_URL": stack.enter_context(post.mail_server()).url,
            "MAIL_FROM": "portail@essai.invalid",
        }  # fmt: skip
        for place in ("door", "incoming"):  # the second as the image does
            (folder / place).mkdir()
        stack.enter_context(nginx.before(port, folder / "door", storage=storage, bucket=store.bucket, port=door))
        prepared = _staged(folder, environment, str(static))
        for part, command in _served_commands(folder, port).items():
            behind = {"ARRIVAL_HEADER": "X-Arrived-At", "ACCEL_LOCATION": "/_bucket/"} if part == "web" else {}
            process = stack.enter_context(_serving(part, command, folder, environment | behind))
        wait_until(lambda: _answers(f"{url}/healthz"), "the served portal", process)
        portal = Portal(url, folder, own, prepared)
        portal.wait_for_the_worker()
        yield portal


def _served_commands(folder: Path, port: int) -> dict[str, list[str]]:
    """The processes of docker-compose.yml that are ours."""
    programs = Path(sys.executable).parent
    gunicorn = f"{programs / 'gunicorn'} --config {ROOT / 'deploy' / 'gunicorn.conf.py'} --bind 127.0.0.1:{port}"
    celery = f"{programs / 'celery'} --workdir={ROOT} -A hubs_portal"
    return {
        "web": f"{gunicorn} --chdir {ROOT} hubs_portal.wsgi:application".split(),
        "worker": f"{celery} worker --pool=threads --concurrency=2 --loglevel=WARNING".split(),
        "timetable": f"{celery} beat --schedule={folder / 'beat'} --pidfile= --loglevel=WARNING".split(),
    }


@contextmanager
def _database(server: str) -> Iterator[str]:
    """A database of our own on that server, dropped at the end."""
    name = f"journeys_{os.getpid()}"
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
        try:
            yield server.rsplit("/", 1)[0] + f"/{name}"
        finally:
            connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the tests' own settings reaches the portal."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "DJANGO_SETTINGS_MODULE": "hubs_portal.settings.dev",
        "DATA_FOLDER": str(folder),
        "PYTHONPATH": str(ROOT),
        "REHEARSAL": "0",
    }


def _staged(folder: Path, environment: dict[str, str], *static: str) -> dict[str, Any]:
    answer = folder / "stage.json"
    command = [sys.executable, "-m", "tests.journeys.stage", str(answer), *static]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the stage could not be set:\n{done.stdout}\n{done.stderr}")
    found: dict[str, Any] = json.loads(answer.read_text())
    return found


@contextmanager
def _serving(
    name: str, command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run it with its output in `folder/name/log`, ask it to stop at the end, and see that it did."""
    place = folder / name
    place.mkdir()
    with running(command, folder=place, environment=_only(environment)) as process:
        yield process
        if process.poll() is not None:
            said = (place / "log").read_text(errors="replace")[-4000:]
            raise RuntimeError(f"{name} stopped by itself with status {process.returncode}:\n{said}")
        process.send_signal(signal.SIGTERM)
        process.wait(_GRACE)


def _only(environment: dict[str, str]) -> dict[str, str]:
    """The environment over the tests' own, whose choices it silences."""
    silent = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "S3_BUCKET", "SMTP_URL", "ARRIVAL_HEADER"), "")
    return silent | environment


def _answers(address: str) -> None:
    trusting = ssl._create_unverified_context()  # noqa: S323 - a certificate made a second ago
    with urllib.request.urlopen(address, timeout=10, context=trusting) as answer:  # noqa: S310 - our own address
        answer.read()
