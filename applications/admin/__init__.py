"""The rooms of the AAP team's office, one module each."""

from applications.admin import calls, candidacies, home, letters, reference

__all__ = ["calls", "candidacies", "home", "letters", "reference"]
