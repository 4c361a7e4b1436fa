"""The newest frames only, for live runs."""
