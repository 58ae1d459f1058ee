"""Tables whose rows are never changed nor deleted, kept so by triggers of the database itself.

Installed after every `migrate`, because a plain change of a column on SQLite rebuilds the table and silently drops its
triggers. A model joins by declaring `append_only = True`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models

_SENTENCE = "append only: this row may neither change nor go"


def protected_tables() -> list[str]:
    """The tables of every append-only model, in a stable order."""
    return sorted(m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False))


def trigger_names() -> set[str]:
    """The names of the triggers that must be present."""
    return {f"{table}_no_{event}" for table in protected_tables() for event in ("update", "delete")}


def present_triggers() -> set[str]:
    """The names of the triggers the database really holds, ours or not."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def install() -> None:
    """Create or replace the triggers of every append-only table that exists."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$"
            )
        for table in protected_tables():
            if table in existing:
                for event in ("update", "delete"):
                    _install_one(cursor, table, event)


def _install_one(cursor: Any, table: str, event: str) -> None:
    name = f"{table}_no_{event}"
    if connection.vendor == "postgresql":
        cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
    else:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        )


@contextmanager
def lifted() -> Iterator[None]:
    """Remove the triggers, and put them back: for tests that wipe their database, and for nothing else."""
    with connection.cursor() as cursor:
        for table in protected_tables():
            for event in ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")
    try:
        yield
    finally:
        install()


def install_after_migrate(sender: Any, **_kwargs: Any) -> None:
    """Receiver of `post_migrate`."""
    if sender.label == "hubs_portal" or any(getattr(model, "append_only", False) for model in sender.get_models()):
        install()


class AppendOnly(models.Model):
    """Base of the models whose rows the database refuses to change or delete."""

    append_only = True

    class Meta:
        abstract = True
