"""Hold the translations of the window's texts, and load that of the user's language."""
