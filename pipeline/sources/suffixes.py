"""List the suffixes of files that can be opened. Imports nothing."""

from __future__ import annotations

VIDEO_SUFFIXES = (
    ".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".mts", ".m2ts", ".ts", ".wmv", ".flv", ".3gp",
    ".ogv", ".mxf", ".gif",
)  # fmt: skip
IMAGE_SUFFIXES = (
    ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".jp2", ".ppm", ".pgm",
)  # fmt: skip
JOINTS2D_SUFFIXES = (".npz", ".json", ".csv", ".h5", ".trc", ".zip")
