"""Define how the window looks: palettes, and the style sheet made of a palette."""
