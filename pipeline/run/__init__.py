"""Run whole jobs: lift a video, re-lift or refinish a take."""
