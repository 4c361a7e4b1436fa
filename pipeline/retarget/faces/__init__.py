"""Move the faces of characters by the expressions of a take."""
