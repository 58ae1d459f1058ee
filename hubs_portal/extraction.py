"""Which sentences the sources hold, and which lack an English translation. A tool of development: it needs Babel."""

import re
from ast import literal_eval
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from hubs_portal.catalogue import CATALOGUE, catalogue
from hubs_portal.settings.environment import ROOT

PACKAGES = ("hubs_portal", "applications", "juries")
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Message = tuple[str, str | None, str | None]  # msgid, plural, context


def _from_python(source: bytes) -> Iterator[Message]:
    for _line, found, _comments, context in extract("python", BytesIO(source), keywords=_KEYWORDS):
        parts = [found] if isinstance(found, str) else list(found)
        yield parts[0], parts[1] if len(parts) > 1 else None, context


_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")


def _from_template(source: str, name: str) -> Iterator[Message]:
    """The calls Django writes in place of the tags; what stands around them is not Python."""
    for call in _CALL.finditer(templatize(source, origin=name)):
        parts = [literal_eval(part.removeprefix("u")) for part in re.findall(_STRING, call[2])]
        if call[1] == "pgettext":
            yield parts[1], None, parts[0]
        else:
            yield parts[0], parts[1] if call[1] == "ngettext" else None, None


def sources() -> Iterator[Path]:
    """Our Python files and templates, in a stable order."""
    for package in PACKAGES:
        yield from sorted(p for p in (ROOT / package).rglob("*.py") if "migrations" not in p.parts)
    yield from sorted(p for p in (ROOT / "templates").rglob("*") if p.suffix in {".html", ".txt"})


def messages() -> dict[Message, str]:
    """Every sentence of the sources, with the file it was first met in."""
    found: dict[Message, str] = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        spoken = _from_python(text.encode()) if path.suffix == ".py" else _from_template(text, str(path))
        for message in spoken:
            if message[0]:
                found.setdefault(message, str(path.relative_to(ROOT)))
    return found


def update() -> None:
    """Bring the catalogue's entries in line with the sources: new ones empty, those no longer used dropped."""
    book = catalogue()
    known = {(entry.msgid, entry.msgid_plural or None, entry.msgctxt): entry for entry in book}
    book.clear()
    for (msgid, plural, context), where in sorted(messages().items(), key=lambda item: (item[1], item[0][0])):
        entry = known.get((msgid, plural, context)) or polib.POEntry(
            msgid=msgid, msgid_plural=plural or "", msgctxt=context
        )
        entry.occurrences = [(where, "")]
        if plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        if re.search(r"%\(\w+\)[sd]", msgid) and "python-format" not in entry.flags:
            entry.flags.append("python-format")
        book.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(CATALOGUE))


def untranslated() -> list[str]:
    """Sentences of the sources that an English reader would see in French."""
    done = {
        (entry.msgid, entry.msgid_plural or None, entry.msgctxt)
        for entry in catalogue()
        if entry.translated() and not entry.fuzzy
    }
    return sorted(f"{where}: {message[0]}" for message, where in messages().items() if message not in done)
