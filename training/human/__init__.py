"""Bake the human body that the program shows and exports."""
