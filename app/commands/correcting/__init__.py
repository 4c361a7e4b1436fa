"""Provide the commands that correct joints."""
