"""What changed between two texts, word by word as far as that stays quick; beyond that, what differs is shown whole.

Words that each text holds once and once only anchor one to the other, which takes a time in proportion to their
length. `difflib`, which may take the cube of it, is left with what stands between two anchors, and counted beforehand.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

# The steps `difflib` may take at worst: for one gap between anchors, and for a whole page.
_STEPS, _STEPS_OF_PAGE = 400_000, 4_000_000
# Anchors are looked for again between anchors, so many times.
_DEPTH = 6
# Of what did not change, so much is shown on each side of what did; of the rest, so much at most.
_AROUND, _LONGEST = 160, 6_000
# No-break spaces hold an amount together: it changes as a whole.
_WORDS = re.compile(r"[^ \t\n]+[ \t\n]*|[ \t\n]+")


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A run of text that shared one fate; `hidden` characters after it are not shown."""

    kind: Kind
    text: str
    hidden: int = 0


@dataclass
class Patience:
    """How much comparing a page may still cost."""

    left: int = _STEPS_OF_PAGE

    def may(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether these two may be given to `difflib`; if so, it is counted."""
        there = Counter(after)
        pairs = sum(count * there[item] for item, count in Counter(before).items())
        steps = pairs * min(len(before), len(after))
        if steps > min(_STEPS, self.left):
            return False
        self.left -= steps
        return True


@dataclass(frozen=True)
class Difference:
    """Both texts in pieces, each side with what it does not share."""

    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)


def difference(before: str, after: str, patience: Patience) -> Difference:
    """What each text has that the other has not, with a little of what surrounds it."""
    if not before or not after:
        return Difference(_whole(Kind.REMOVED, before), _whole(Kind.ADDED, after))
    pieces = list(_aligned(_WORDS.findall(before), _WORDS.findall(after), patience))
    return Difference(
        _shortened(_merged(piece for piece in pieces if piece.kind is not Kind.ADDED)),
        _shortened(_merged(piece for piece in pieces if piece.kind is not Kind.REMOVED)),
    )


def _whole(kind: Kind, text: str) -> list[Piece]:
    return _shortened([Piece(kind, text)]) if text else []


def _aligned(left: Sequence[str], right: Sequence[str], patience: Patience, depth: int = 0) -> Iterator[Piece]:
    head = _shared(left, right)
    tail = _shared(left[head:][::-1], right[head:][::-1])
    mine, theirs = left[head : len(left) - tail], right[head : len(right) - tail]
    yield Piece(Kind.SAME, "".join(left[:head]))
    anchors = _anchors(mine, theirs) if depth < _DEPTH else []
    if anchors:
        i = j = 0
        for x, y in [*anchors, (len(mine), len(theirs))]:
            yield from _aligned(mine[i:x], theirs[j:y], patience, depth + 1)
            yield Piece(Kind.SAME, "".join(mine[x : x + 1]))
            i, j = x + 1, y + 1
    else:
        yield from _matched(mine, theirs) if patience.may(mine, theirs) else _replaced(mine, theirs)
    yield Piece(Kind.SAME, "".join(left[len(left) - tail :]))


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """How many first items are the same."""
    pairs = zip(mine, theirs, strict=False)
    return next((rank for rank, (one, other) in enumerate(pairs) if one != other), min(len(mine), len(theirs)))


def _anchors(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words are that each side holds once: the longest run of them in the same order on both sides."""
    once = {item for item, count in Counter(mine).items() if count == 1}
    once &= {item for item, count in Counter(theirs).items() if count == 1}
    place = {item: rank for rank, item in enumerate(theirs) if item in once}
    ends: list[int] = []  # the smallest place where a run of each length ends
    runs: list[tuple[int, int, int]] = []  # place here, place there, index of the one before in its run
    tops: list[int] = []
    for rank, item in enumerate(mine):
        if item in once:
            length = bisect_left(ends, place[item])
            runs.append((rank, place[item], tops[length - 1] if length else -1))
            ends[length : length + 1] = [place[item]]
            tops[length : length + 1] = [len(runs) - 1]
    found: list[tuple[int, int]] = []
    last = tops[-1] if tops else -1
    while last >= 0:
        here, there, last = runs[last]
        found.append((here, there))
    return found[::-1]


def _matched(left: Sequence[str], right: Sequence[str]) -> Iterator[Piece]:
    for act, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if act == "equal":
            yield Piece(Kind.SAME, "".join(left[a:b]))
        else:
            yield from _replaced(left[a:b], right[c:d])


def _replaced(left: Sequence[str], right: Sequence[str]) -> Iterator[Piece]:
    yield Piece(Kind.REMOVED, "".join(left))
    yield Piece(Kind.ADDED, "".join(right))


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The same, neighbours of one fate in one piece, and no empty one."""
    found: list[list[str]] = []
    kinds: list[Kind] = []
    for piece in pieces:
        if piece.text and kinds and kinds[-1] is piece.kind:
            found[-1].append(piece.text)
        elif piece.text:
            found.append([piece.text])
            kinds.append(piece.kind)
    return [Piece(kind, "".join(texts)) for kind, texts in zip(kinds, found, strict=True)]


def _shortened(pieces: list[Piece]) -> list[Piece]:
    """The same with the long middle of what did not change left out, and what changed at great length cut."""
    last = len(pieces) - 1
    shown: list[Piece] = []
    for rank, piece in enumerate(pieces):
        shown += _around(piece, first=rank == 0, last=rank == last) if piece.kind is Kind.SAME else _cut(piece)
    return shown


def _around(piece: Piece, *, first: bool, last: bool) -> list[Piece]:
    """The end of what comes before a change, the beginning of what comes after."""
    head = "" if first else _up_to_a_word(piece.text[:_AROUND])
    tail = "" if last else _up_to_a_word(piece.text[-_AROUND:][::-1])[::-1]
    hidden = len(piece.text) - len(head) - len(tail)
    if hidden <= _AROUND:
        return [piece]
    return [Piece(Kind.SAME, head, hidden), Piece(Kind.SAME, tail)]


def _up_to_a_word(text: str) -> str:
    """Without the word the cut fell in, when there is another."""
    return re.sub(r"\s\S*$", "", text)


def _cut(piece: Piece) -> list[Piece]:
    """What changed, the space after it left unmarked."""
    text = piece.text.rstrip(" \t\n")
    if not text:
        return [piece]
    changed = Piece(piece.kind, text[:_LONGEST], max(0, len(text) - _LONGEST))
    space = piece.text[len(text) :]
    return [changed, Piece(Kind.SAME, space)] if space else [changed]
