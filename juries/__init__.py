"""The jury phase: juries, interests, hearings, scoring and deliberation."""
