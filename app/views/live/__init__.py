"""The live page and its bar."""
