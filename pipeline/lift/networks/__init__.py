"""Video pose transformers, one architecture a file."""
