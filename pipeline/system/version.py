"""State the version of the program: in takes, recordings, reports and the wheel."""

__version__ = "0.1.0"
