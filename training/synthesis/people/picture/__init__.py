"""Render images of people with clothes, places, light, and a camera's sensor and codec."""
