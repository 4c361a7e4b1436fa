"""Draw the position, framing and motion of a clip's camera.

The cameras are those of `training.synthesis.cameras`, at the distance where the person has the drawn size in the image,
and kept above the floor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.core.arrays import Doubles
from training.synthesis.cameras import Cameras, draw_cameras, place_cameras

_NEAREST_M, _FARTHEST_M = 0.45, 14.0
_LOWEST_M = 0.12
# Share of the image's height that a standing body has: far, whole, cut off; then the probability of each.
_FRAMING = {"far": (0.17, 0.33), "whole": (0.35, 0.95), "cut": (0.95, 1.9)}
_SHARES = {
    "moving": (0.14, 0.62, 0.24),
    "seated": (0.1, 0.5, 0.4),
    "desk": (0.0, 0.15, 0.85),
    "lying": (0.1, 0.55, 0.35),
}


@dataclass(frozen=True, slots=True)
class View:
    """Hold the camera of every frame.

    Rows of `axes` are its x (right), y (down), z (forward) in the world.
    """

    eye: Doubles  # (T, 3)
    axes: Doubles  # (T, 3, 3)
    focal_px: float
    fov_deg: float  # horizontal
    size_px: tuple[int, int]
    framing: str

    def camera_from_world(self, points: Doubles) -> Doubles:
        """Transform world points (T, ..., 3) to the camera's axes and origin, with the same shape."""
        shape = (len(self.eye), *[1] * (points.ndim - 2), 3)
        return np.asarray(np.einsum("tij,t...j->t...i", self.axes, points - self.eye.reshape(shape)))

    def image_from_camera(self, points: Doubles) -> Doubles:
        """Project camera points (..., 3) to image points (..., 2) in px; NaN behind the camera."""
        z = points[..., 2:]
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = points[..., :2] / z * self.focal_px + np.array(self.size_px) / 2
        return np.where(z > 0.02, flat, np.nan)


def draw_view(pelvis: Doubles, facing_rad: float, stature_m: float, kind: str, rate_hz: float,
              rng: np.random.Generator) -> View:  # fmt: skip
    """Draw a camera for a person whose pelvis moves along (T, 3).

    `facing_rad` is the person's heading in the first frame, from world +x.
    """
    drawn = draw_cameras(rng, 1)
    framing = str(rng.choice(list(_FRAMING), p=_SHARES[kind]))
    share = float(np.exp(rng.uniform(*np.log(_FRAMING[framing]))))
    size = _picture_size(drawn, framing, kind, share, rng)
    pitch, bearing = float(drawn.pitch_deg[0]), float(drawn.bearing_deg[0])
    if kind == "desk":
        share *= 1.35
        if rng.random() < 0.8:  # the camera stands in front of the person and looks opposite to their heading
            bearing = 90 - np.degrees(facing_rad) + 180 + float(rng.normal(0, 28))
    focal = size[0] / 2 / np.tan(np.radians(float(drawn.fov_deg[0])) / 2)
    distance = float(np.clip(stature_m * focal / (share * size[1]), _NEAREST_M, _FARTHEST_M))
    aim_y = float(drawn.aim_y[0])
    if framing == "cut":  # the head is usually in the image, the feet rarely
        aim_y = float(rng.uniform(0.1, 1.0) if rng.random() < 0.75 else rng.uniform(-0.7, 0.2))
    elif framing == "whole":
        aim_y = float(rng.uniform(-0.25, 0.3))
    aim_x = float(drawn.aim_x[0]) * (1.0 if framing == "far" else 0.8)
    middle = pelvis.mean(axis=0)
    if kind == "desk":  # above the desk top, usually below the eyes or a little above them
        height = middle[2] + stature_m * float(
            rng.choice([rng.uniform(0.2, 0.5), rng.uniform(0.5, 0.9)], p=[0.75, 0.25])
        )
        pitch = float(np.degrees(np.arcsin(np.clip((height - middle[2]) / (distance + 0.15), -0.2, 0.9))))
        aim_y = float(rng.uniform(0.9, 1.5)) if framing == "cut" else aim_y
    lowest = np.arcsin(np.clip((_LOWEST_M - middle[2]) / (distance + 0.5), -1, 1))
    cameras = replace(
        drawn,
        width_px=np.array([float(size[0])]), height_px=np.array([float(size[1])]), distance_m=np.array([distance]),
        bearing_deg=np.array([bearing]), pitch_deg=np.array([max(pitch, np.degrees(lowest))]),
        aim_x=np.array([aim_x]), aim_y=np.array([aim_y]),
    )  # fmt: skip
    eye, axes = place_cameras(pelvis[None], cameras, np.array([rate_hz]))
    eye = np.repeat(eye[0][None], len(pelvis), axis=0)
    eye[:, 2] = np.maximum(eye[:, 2], _LOWEST_M)
    return View(eye, axes[0], focal, float(drawn.fov_deg[0]), size, framing)


def _picture_size(drawn: Cameras, framing: str, kind: str, share: float, rng: np.random.Generator) -> tuple[int, int]:
    """Compute an image size no larger than needed: the detector's input has 256 px."""
    width, height = float(drawn.width_px[0]), float(drawn.height_px[0])
    if kind == "desk" and height > width and rng.random() < 0.8:  # webcams are wide
        width, height = height, width
    longer = float(rng.choice([640, 720, 854] if framing == "far" else [384, 448, 512, 576]))
    scale = longer / max(width, height)
    return (round(width * scale / 8) * 8, round(height * scale / 8) * 8)
