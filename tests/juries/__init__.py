"""The claims of the jury phase."""
