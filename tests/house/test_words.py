"""French typography and the English catalogue."""

import re
from pathlib import Path

import pytest

from hubs_portal import catalogue, extraction

ROOT = Path(__file__).resolve().parents[2]
# An ordinary space (or none) where French wants a no-break one.
LOOSE = re.compile(r"[A-Za-zÀ-ÿ0-9»)] (?:[:;?!»€](?![\w{%])|%(?![\w({%]))|« |[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]")


def test_every_sentence_has_its_english() -> None:
    assert extraction.untranslated() == []


def test_translations_keep_their_placeholders() -> None:
    assert catalogue.mismatched() == []


@pytest.mark.parametrize("sign", ["no-break spaces and typographic apostrophes"])
def test_french_sentences_are_set_as_french_is(sign: str) -> None:
    loose = [f"{where}: {message[0]}" for message, where in extraction.messages().items() if LOOSE.search(message[0])]

    assert loose == []
