"""Our own files, damaged by chance: the same everywhere, without any library."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

SEEDS = Path(__file__).with_name("seeds")
PER_SEED = 54


def mutants() -> Iterator[tuple[str, str, bytes]]:
    """What each is called, under what name it is offered, its content."""
    seeds = {seed.name: seed.read_bytes() for seed in sorted(SEEDS.iterdir())}
    for name, whole in seeds.items():
        for number in range(PER_SEED):
            # Only `random()` promises the same numbers in every version of Python.
            chance = random.Random(f"{name} {number}")
            how = list(_WAYS)[number % len(_WAYS)]
            yield f"{name} {how} {number // len(_WAYS)}", name, _WAYS[how](whole, chance, list(seeds.values()))


def _at(chance: random.Random, whole: bytes) -> int:
    return int(chance.random() * len(whole))


def _flip(whole: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    """One bit in a thousand or fewer, at least one."""
    out = bytearray(whole)
    for _ in range(1 + int(chance.random() * len(whole) / 1000)):
        out[_at(chance, whole)] ^= 1 << int(chance.random() * 8)
    return bytes(out)


def _noise(whole: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    """One byte in fifty becomes another."""
    out = bytearray(whole)
    for _ in range(1 + len(whole) // 50):
        out[_at(chance, whole)] = int(chance.random() * 256)
    return bytes(out)


def _cut(whole: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    return whole[: 1 + _at(chance, whole)]


def _hole(whole: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    """Up to a tenth is gone."""
    at = _at(chance, whole)
    return whole[:at] + whole[at + 1 + int(chance.random() * len(whole) / 10) :]


def _blank(whole: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    """Up to a fifth is zeros, as a disk that was full leaves it."""
    at = _at(chance, whole)
    length = min(len(whole) - at, 1 + int(chance.random() * len(whole) / 5))
    return whole[:at] + b"\0" * length + whole[at + length :]


def _splice(whole: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """The beginning of one, then the end of another."""
    other = others[int(chance.random() * len(others))]
    return whole[: 1 + _at(chance, whole)] + other[_at(chance, other) :]


_WAYS: dict[str, Callable[[bytes, random.Random, list[bytes]], bytes]] = {
    "flipped": _flip,
    "noise": _noise,
    "cut": _cut,
    "hole": _hole,
    "zeros": _blank,
    "spliced": _splice,
}
