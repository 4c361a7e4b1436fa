"""Compute where a 3D view looks from.

World space: z up, floor at z = 0, +y away from the video's camera.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles
from ..core.camera import Camera as VideoCamera
from ..core.camera import Viewpoint, fov_over_deg
from ..core.take import SceneEstimate


def view_axes(elevation_deg: float, azimuth_deg: float) -> Doubles:
    """Return the axes (3, 3) of a view in world space; the rows point right, down and forward."""
    elevation, azimuth = np.radians(elevation_deg), np.radians(azimuth_deg)
    back = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    right = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
    return np.stack([right, np.cross(right, back), -back])


def video_viewpoint(scene: SceneEstimate, video: VideoCamera, view_px: tuple[int, int], depth_m: float) -> Viewpoint:
    """Return the view of the video's camera, orbiting about the point `depth_m` in front of it."""
    forward = scene.rotation @ np.array([0.0, 0.0, 1.0])
    centre = scene.translation + forward * depth_m
    elevation = float(np.degrees(np.arcsin(np.clip(-forward[2], -1, 1))))
    azimuth = float(np.degrees(np.arctan2(-forward[1], -forward[0])))
    # A view taller than the image shows its whole width; a wider one its whole height.
    widen = max(1.0, (view_px[0] / max(view_px[1], 1)) / (video.size_px[0] / video.size_px[1]))
    x, y, z = centre.tolist()
    return Viewpoint((x, y, z), depth_m, elevation, azimuth, fov_over_deg(video.fov_deg, 1.0, widen))
