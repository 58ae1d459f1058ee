"""The table « each act, and the letters it writes », for the tests that hold it against every act there is.

To add an act: in `tests/applications/test_letters_per_act.py` or `tests/juries/test_letters_per_act.py`, write

    @table.writes("module.function", kind_of_letter=how_many)
    def _(cast: Cast) -> Act:
        ...  # what must be so before
        return lambda: module.function(...)

An act that writes to nobody is `@table.writes("module.function")`. What is public in `actions/` without being an act
(a check, a lock, a part of another act) is named in `helpers`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any, Generic, TypeVar

from hubs_portal.letters.models import Letter

C = TypeVar("C")
Act = Callable[[], object]


class Table(Generic[C]):
    """The acts of a package, each with what it takes to perform it and the letters expected of it."""

    def __init__(self, package: str, *, helpers: Iterable[str]) -> None:
        self.package, self.helpers = package, frozenset(helpers)
        self.rows: dict[str, tuple[Callable[[C], Act], dict[str, int]]] = {}

    def writes(self, act: str, **letters: int) -> Callable[[Callable[[C], Act]], Callable[[C], Act]]:
        """Declare how an act is performed on the cast, and how many letters of each kind that writes."""

        def declare(prepare: Callable[[C], Act]) -> Callable[[C], Act]:
            assert act not in self.rows, f"{act} is twice in the table"
            self.rows[act] = (prepare, letters)
            return prepare

        return declare

    def acts(self) -> set[str]:
        """Every public function of the package that is not a helper, as « module.function »."""
        found = import_module(self.package)
        assert found.__file__
        names = [path.stem for path in Path(found.__file__).parent.glob("*.py") if path.stem != "__init__"]
        return {f"{name}.{act}" for name in names for act in self._public(name)} - self.helpers

    def _public(self, name: str) -> list[str]:
        module: Any = import_module(f"{self.package}.{name}")
        functions = getmembers(module, isfunction)
        return [act for act, made in functions if not act.startswith("_") and made.__module__ == module.__name__]

    def written_by(self, act: str, cast: C) -> dict[str, int]:
        """The letters written by performing the act, by kind."""
        prepare, _letters = self.rows[act]
        perform = prepare(cast)
        before = _kinds()
        perform()
        return dict(_kinds() - before)


def _kinds() -> Counter[str]:
    return Counter(Letter.objects.values_list("kind", flat=True))
