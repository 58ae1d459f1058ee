"""The database as it stood at each key moment, kept as SQLite files and put back under a portal that runs.

Files need no copy: they are kept by their content, and a jump back leaves those of the abandoned future where they are.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

# What a session keeps through a jump back: who is signed in. The rest may name rows that no longer are what they were.
_KEPT = ("_auth_user_id", "_auth_user_backend", "_auth_user_hash", "account_authentication_methods")


def folder() -> Path:
    """Where the snapshots are."""
    place: Path = settings.VAR / "rehearsal"
    place.mkdir(parents=True, exist_ok=True)
    return place


def place_of(key: str) -> Path:
    """The snapshot of a moment."""
    return folder() / f"{key}.sqlite3"


@contextmanager
def _open(place: Path | str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(place, timeout=20, isolation_level=None)) as opened:
        yield opened


def _live() -> str:
    return str(connection.settings_dict["NAME"])


def keep(key: str) -> None:
    """Copy the live database as it stands now; a former copy of the same moment is replaced at once."""
    draft = place_of(key).with_suffix(".draft")
    with _open(_live()) as live, _open(draft) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    draft.replace(place_of(key))


def forget(key: str) -> None:
    """Remove the snapshot of a moment that is now in the future again."""
    place_of(key).unlink(missing_ok=True)


def fits(key: str) -> bool:
    """Whether there is a snapshot of that moment, made by the same version of the tables."""
    if not place_of(key).exists():
        return False
    with _open(place_of(key)) as copy, _open(_live()) as live:
        return _migrations(copy) == _migrations(live)


def _migrations(database: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(database.execute("SELECT app, name FROM django_migrations"))


def put_back(key: str) -> None:
    """Replace the live database by the snapshot in one transaction of SQLite: readers see the one or the other.

    Whoever is signed in stays so: the live sessions are written into a copy of the snapshot beforehand.
    """
    staged = folder() / "staged.sqlite3"
    staged.unlink(missing_ok=True)
    with _open(place_of(key)) as copy, _open(staged) as staging, _open(_live()) as live:
        copy.backup(staging)
        sessions = [
            (session, trimmed(data), expires)
            for session, data, expires in live.execute(
                "SELECT session_key, session_data, expire_date FROM django_session"
            )
        ]
        staging.execute("BEGIN")
        staging.execute("DELETE FROM django_session")
        staging.executemany("INSERT INTO django_session VALUES (?, ?, ?)", sessions)
        staging.execute("COMMIT")
        staging.backup(live)
    staged.unlink()


def trimmed(data: str) -> str:
    """The data of a session, reduced to who is signed in."""
    store = SessionStore()
    said = store.decode(data)
    return store.encode({name: said[name] for name in _KEPT if name in said})
