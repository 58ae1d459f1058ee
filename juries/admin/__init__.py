"""The rooms of the jury phase in the AAP team’s office, one module each."""

from juries.admin import board, candidacy, deliberation, juries

__all__ = ["board", "candidacy", "deliberation", "juries"]
