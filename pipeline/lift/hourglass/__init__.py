"""Prune and recover tokens as in H2OT (arXiv 2509.06956)."""
