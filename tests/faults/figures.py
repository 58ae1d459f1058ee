"""What a fault run measures: one line per figure, with what was wanted of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measure and its bound; `at_least` for a speed, otherwise the measure must not exceed what is wanted."""

    name: str
    measured: float
    wanted: float
    unit: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        measured = f"{self.measured:.1f}".removesuffix(".0")
        said = f"{self.name:<72} {measured:>8} {self.unit:<9} {sign} {self.wanted:g}"
        return f"{'ok   ' if self.holds else 'SHORT'} {said}"
