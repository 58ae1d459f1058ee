"""Who may, when, and what is missing: pure predicates."""
