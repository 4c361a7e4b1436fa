"""Training and judging the bundled lifter. Uses the library; neither the library nor the program imports this."""
