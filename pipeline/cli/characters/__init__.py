"""Implement the commands about users' own characters."""
