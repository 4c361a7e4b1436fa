"""Evaluate and ablate the post-processing behind the lifter."""
