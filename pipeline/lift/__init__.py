"""2D windows in, 3D joints out: video pose transformers with token pruning (H2OT)."""
