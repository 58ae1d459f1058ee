"""The English catalogue: as committed, and the compiled form Django reads. GNU gettext need not be installed."""

import re
from pathlib import Path

import polib

from hubs_portal.settings.environment import ROOT

CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def catalogue() -> polib.POFile:
    """The English catalogue as committed; an empty one when there is none yet."""
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE), wrapwidth=110)
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Language": "en",
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return new


def mismatched() -> list[str]:
    """Translations whose placeholders are not those of the sentence: they would fail when shown."""
    return [
        entry.msgid
        for entry in catalogue()
        if entry.msgstr and sorted(_PLACEHOLDER.findall(entry.msgid)) != sorted(_PLACEHOLDER.findall(entry.msgstr))
    ]


def compile_catalogue() -> Path:
    """Write the form Django reads, beside the catalogue; it is never committed."""
    compiled = CATALOGUE.with_suffix(".mo")
    catalogue().save_as_mofile(str(compiled))
    return compiled
