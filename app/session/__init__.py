"""One open take: its state, runs, re-lifts and comparisons."""
