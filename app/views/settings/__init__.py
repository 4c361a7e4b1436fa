"""Edit the settings of a run in the side panel."""
