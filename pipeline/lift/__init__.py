"""Lift windows of 2D joints to 3D with video pose transformers and token pruning (H2OT)."""
