"""Tests of the application phase."""
