"""Locate the mesh of people's faces with the face network of MediaPipe's package."""
