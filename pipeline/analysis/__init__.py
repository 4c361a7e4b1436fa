"""Joint angles, gait and curves: numbers that a coach reads."""
