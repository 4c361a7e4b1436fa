"""Describe a source of frames: what is known of a video, and one decoded frame."""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Image


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What is known of a video before it is decoded. Sizes are those of the upright, displayed picture."""

    name: str  # for people: file name or camera name
    path: str  # absolute path or URL; "" if there is none
    width_px: int
    height_px: int
    fps_hz: float  # true average rate
    frame_count: int  # exact for files that were scanned, 0 = unknown
    duration_s: float
    rotation_deg: int = 0  # what the container asks for; already applied to every frame
    variable_rate: bool = False
    content_key: str = ""  # identifies the pixels, not the path: key of the 2D cache
    fov_deg: float | None = None  # horizontal, if the file says so


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright picture. `index` counts the frames of the source from 0; `time_s` is its true timestamp."""

    index: int
    time_s: float
    bgr: Image  # (H, W, 3)
