"""The house keeps its shape: imports point one way, between packages and between layers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What a package may never import: the kernel knows neither phase, the application phase knows no jury.
FORBIDDEN_PACKAGES = {"hubs_portal": {"applications", "juries"}, "applications": {"juries"}}

# The layer of a module of applications/ or juries/, by the first part of its name (docs/architecture.md).
LAYERS = {
    "enums": 0,
    "workflow": 0,
    "models": 1,
    "content": 2,
    "identifiers": 0,
    "telephones": 0,
    "lookup": 3,
    "bank_accounts": 0,
    "rules": 2,
    "selectors": 2,
    "actions": 3,
    "letters": 3,
    "internal_letters": 3,
    "agreement_letters": 3,
    "receipts": 3,
    "archive": 3,
    "calendars": 2,
    "kit": 3,
    "kit_models": 3,
    "minutes": 3,
    "planning": 3,
    "loading": 3,
    "reminders": 3,
    "digest": 3,
    "open_data": 3,
    "invariants": 3,
    "access": 4,
    "additions": 4,
    "doors": 4,
    "forms": 4,
    "views": 4,
    "admin": 4,
    "tasks": 4,
    "urls": 4,
    "context": 4,
    "management": 4,
    "rehearsal": 4,
    "apps": 4,
}


def modules(package: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> int | None:
    package, _dot, rest = module.partition(".")
    return LAYERS.get(rest.split(".")[0]) if package in {"applications", "juries"} else None


@pytest.mark.parametrize("package", sorted(FORBIDDEN_PACKAGES))
def test_packages_import_in_one_direction_only(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, tree in modules(package)
        for name in imported(tree)
        if name.split(".")[0] in FORBIDDEN_PACKAGES[package]
    ]

    assert wrong == []


@pytest.mark.parametrize("package", ["applications", "juries"])
def test_layers_import_upwards_only(package: str) -> None:
    wrong = []
    for path, tree in modules(package):
        own = layer(".".join(path.relative_to(ROOT).with_suffix("").parts))
        if own is not None:
            wrong += [
                f"{path.relative_to(ROOT)} imports {name}"
                for name in imported(tree)
                if (other := layer(name)) is not None and other > own
            ]

    assert wrong == []


@pytest.mark.parametrize("package", ["applications", "juries"])
def test_every_module_has_a_layer(package: str) -> None:
    names = {
        path.relative_to(ROOT / package).with_suffix("").parts[0]
        for path, _tree in modules(package)
        if path.name != "__init__.py" or path.parent != ROOT / package
    }

    assert sorted(names - set(LAYERS)) == []


@pytest.mark.parametrize("package", ["applications", "juries"])
def test_actions_never_see_a_request(package: str) -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path, tree in modules(package)
        if "actions" in path.parts and any(name.startswith("django.http") for name in imported(tree))
    ]

    assert wrong == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "manager", "managers", "service", "services", "misc"}
    found = [
        str(path.relative_to(ROOT))
        for package in ("hubs_portal", "applications", "juries", "tests")
        for path in (ROOT / package).rglob("*.py")
        if empty & {path.stem, path.parent.name}
    ]

    assert found == []


def test_templates_hold_no_inline_script_or_style() -> None:
    """The content security policy would refuse them in the browser of the candidate, not in ours."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if not {"letters", "pdf", "archive"} & set(path.parts)
        and any(sign in path.read_text(encoding="utf-8") for sign in (" style=", "<style", " onclick=", "javascript:"))
    ]

    assert wrong == []
