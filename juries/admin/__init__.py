"""The rooms of the jury phase in the AAP team’s office, one module each."""

from juries.admin import deliberation

__all__ = ["deliberation"]
