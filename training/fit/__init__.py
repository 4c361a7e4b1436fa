"""Training: recipes, losses, checkpoints, the bundle."""
