"""Define groups of command-line options."""
