"""The tests; a package, so that builders and servers are imported by their full name."""
