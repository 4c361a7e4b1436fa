"""Compute where a 3D view looks from.

World space: z up, floor at z = 0, +y away from the video's camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.camera import Camera as VideoCamera
from ..core.take import SceneEstimate

FOV_DEG = 38.0


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Describe an orbiting view: angles in degrees, lengths in metres; `fov_deg` is horizontal."""

    centre: tuple[float, float, float]
    distance: float
    elevation: float
    azimuth: float
    fov_deg: float = FOV_DEG


def video_viewpoint(scene: SceneEstimate, video: VideoCamera, view_px: tuple[int, int], depth_m: float) -> Viewpoint:
    """Return the view of the video's camera, orbiting about the point `depth_m` in front of it."""
    forward = scene.rotation @ np.array([0.0, 0.0, 1.0])
    centre = scene.translation + forward * depth_m
    elevation = float(np.degrees(np.arcsin(np.clip(-forward[2], -1, 1))))
    azimuth = float(np.degrees(np.arctan2(-forward[1], -forward[0])))
    half = np.tan(np.radians(video.fov_deg) / 2)
    # A view taller than the image shows its whole width; a wider one its whole height.
    widen = max(1.0, (view_px[0] / max(view_px[1], 1)) / (video.size_px[0] / video.size_px[1]))
    fov = float(np.degrees(2 * np.arctan(half * widen)))
    x, y, z = centre.tolist()
    return Viewpoint((x, y, z), depth_m, elevation, azimuth, fov)
