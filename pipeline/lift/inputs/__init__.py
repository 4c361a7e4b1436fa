"""2D joints to a network's input: normalisation, gaps, the person's ray."""
