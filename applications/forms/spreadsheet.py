"""A table copied out of a spreadsheet, or a file of its kind opened in a text editor: its cells."""

import re
import unicodedata

# What a budget of five hundred lines needs, several times over.
LONGEST = 120_000
WIDEST = 40
_LINE_END = "\r\n"
# Where a line is broken or reordered, or what cannot be seen: none of it was meant by whoever copied a table.
_UNSEEN = {"\u200b", "\ufeff", *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))}


def cells(text: str) -> list[list[str]]:
    """The cells as they were copied, line by line: tabs part them, or semicolons when there is no tab.

    A cell that holds a line break or a quote is between quotes, doubled inside; a quote that closes nothing is a quote.
    """
    delimiter = _delimiter(text)
    quoted = re.compile(rf'"((?:[^"]++|"")*+)"(?= *(?:{delimiter}|[\r\n]|\Z))')
    plain_end = re.compile(rf"{delimiter}|[\r\n]")
    rows: list[list[str]] = [[]]
    place = 0
    while place <= len(text):
        found = quoted.match(text, place) if text.startswith('"', place) else None
        after = found.end() if found else place
        end = plain_end.search(text, after)
        stop = end.start() if end else len(text)
        rows[-1].append(found[1].replace('""', '"') if found else text[place:stop])
        if end is None:
            break
        place = stop + (2 if text.startswith(_LINE_END, stop) else 1)
        if end[0] != delimiter:
            rows.append([])
    return rows


def _delimiter(text: str) -> str:
    if "\t" in text:
        return "\t"
    lines = [line for line in text.splitlines() if line.strip()]
    parted = sum(";" in line for line in lines)
    return ";" if parted * 2 > len(lines) else "\t"


def tidy(cell: str) -> str:
    """The text of a cell on one line, without what cannot be seen."""
    line = re.sub(r"\s+", " ", cell)
    return "".join(c for c in line if c not in _UNSEEN and unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def folded(text: str) -> str:
    """For comparing words: no accents, no capitals, nothing but letters and figures."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower()))
