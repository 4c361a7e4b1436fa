"""Train a lifter: recipes, losses, checkpoints, and the bundling of weights."""
