"""Data types, spaces and settings. numpy only; imports nothing else of the library."""
