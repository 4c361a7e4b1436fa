"""Ask the user in dialogs: exports, lifters, detectors, live sources."""
