"""Hold one open take: its state, runs, re-lifts and comparisons. No widgets."""
