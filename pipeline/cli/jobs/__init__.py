"""Share the inputs of a command among processes."""
