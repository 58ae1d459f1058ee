"""The rooms of the AAP team's office, one module each."""

from applications.admin import calls, candidacies, home, incidents, letters, reference

__all__ = ["calls", "candidacies", "home", "incidents", "letters", "reference"]
