"""What must never be false, asked of the whole database: after every test, every night, and on demand."""

from collections.abc import Callable, Iterable
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

Check = Callable[[], Iterable[object]]
_checks: dict[str, Check] = {}


def invariant(check: Check) -> Check:
    """Register a check; it yields the rows that break it, and its name says what must hold."""
    if check.__name__ in _checks:
        raise ValueError(f"two invariants are named {check.__name__}")
    _checks[check.__name__] = check
    return check


def load() -> None:
    """Import the `invariants` module of each of our applications, so that their checks are known."""
    for config in apps.get_app_configs():
        if config.name in {"applications", "juries"} and module_has_submodule(config.module, "invariants"):
            import_module(f"{config.name}.invariants")
    import_module("hubs_portal.standing_invariants")


def names() -> list[str]:
    """The names of all checks, sorted."""
    return sorted(_checks)


def violations() -> dict[str, list[str]]:
    """Run every check; maps the name of each broken one to the rows that break it."""
    found = {name: [str(row) for row in check()] for name, check in sorted(_checks.items())}
    return {name: rows for name, rows in found.items() if rows}
