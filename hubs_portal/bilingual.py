"""Texts that are data, written in two languages; French is the reference, English falls back on it."""

from typing import Any

from django.utils.translation import get_language


class Bilingual:
    """`title = Bilingual()` reads `title_en` for an English reader when it is filled in, `title_fr` otherwise."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: Any, owner: type | None = None) -> str:
        if row is None:
            raise AttributeError(self.name)
        english: str = getattr(row, f"{self.name}_en") if get_language() == "en" else ""
        return english or getattr(row, f"{self.name}_fr")
