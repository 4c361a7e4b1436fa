"""Describe a source of frames (`VideoInfo`), one decoded frame (`Frame`) and its pinhole camera (`Camera`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .arrays import Doubles, Image
from .config import SceneConfig

UNKNOWN_RATE_HZ = 30.0  # Hz, assumed where neither the source nor its time stamps tell the frame rate

FovFrom = Literal["set by the user", "from the file", "assumed"]

_ASSUMED_FOV_DEG = 60.0  # degrees across the longer side of the image
_NEAREST_Z_M = 1e-6  # metres, keeps the division by the depth safe


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What is known of a video before it is decoded. Sizes are those of the upright, displayed image."""

    name: str  # for people: file name or camera name
    path: str  # absolute path or URL; "" if there is none
    width_px: int
    height_px: int
    fps_hz: float  # true rate, of the usual step from frame to frame; 0 = unknown, see `frame_rate_hz`
    frame_count: int  # exact for files that were scanned, 0 = unknown
    duration_s: float
    rotation_deg: int = 0  # what the container asks for; already applied to every frame
    variable_rate: bool = False
    content_key: str = ""  # identifies the pixels, not the path: key of the 2D cache
    fov_deg: float | None = None  # horizontal, if the file says so
    slow_motion: float = 1.0  # seconds of the file per second of the motion; times and rates here are the motion's
    notes: tuple[str, ...] = ()  # what was repaired or guessed about frames and times, as sentences


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright image. `index` counts the frames of the source from 0; `time_s` is its true timestamp."""

    index: int
    time_s: float
    bgr: Image  # (H, W, 3)
    fitted: bool = False  # the video has another size here than at its start: scaled into that, with black bars


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera with square pixels and the principal point in the middle of the image, and its frame rate.

    Made once per source (`Camera.of`) and passed along whole: no other code takes an image size and a field of view
    side by side. Spaces: image (pixels, y down) and camera (metres; x right, y down, z forward), see `core.geometry`.
    """

    size_px: tuple[int, int]  # width, height of the upright image
    fov_deg: float  # horizontal field of view
    fov_from: FovFrom = "set by the user"
    rate_hz: float = UNKNOWN_RATE_HZ  # mean frame rate
    even_rate: bool = True  # frames are 1 / rate_hz apart; False: the rate varies, or the source does not state it

    @classmethod
    def of(cls, info: VideoInfo, scene: SceneConfig | None = None, time_s: Doubles | None = None) -> Camera:
        """Return the camera of a source: field of view of `scene`, else of the file, else assumed.

        `time_s` (T,) are the time stamps of its frames, from which the rate is measured if the source states none.
        """
        size_px = (max(info.width_px, 1), max(info.height_px, 1))
        rate_hz = frame_rate_hz(info.fps_hz, time_s)
        even = rate_hz == info.fps_hz and not info.variable_rate
        if scene is not None and scene.fov_deg is not None:
            return cls(size_px, scene.fov_deg, "set by the user", rate_hz, even)
        if info.fov_deg is not None:
            return cls(size_px, info.fov_deg, "from the file", rate_hz, even)
        return cls.assumed(size_px, rate_hz, even)

    @classmethod
    def assumed(cls, size_px: tuple[int, int], rate_hz: float = UNKNOWN_RATE_HZ, even_rate: bool = True) -> Camera:
        """Return a camera of unknown field of view: 60 degrees across the longer side of the image.

        Main cameras of phones and most webcams lie between 55 and 75 degrees. An estimate, and labelled as one.
        """
        half = np.tan(np.radians(_ASSUMED_FOV_DEG / 2)) * size_px[0] / max(size_px)
        return cls(size_px, float(np.degrees(2 * np.arctan(half))), "assumed", rate_hz, even_rate)

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return float(self.size_px[0] / 2 / np.tan(np.radians(self.fov_deg) / 2))

    @property
    def middle_px(self) -> Doubles:
        """(2,) principal point in pixels: the middle of the image."""
        return np.array(self.size_px) / 2

    def rays(self, joints_image: NDArray[np.floating]) -> Doubles:
        """(..., 2) pixels -> (..., 2) slopes x / z and y / z of the lines of sight; NaN stays NaN."""
        return np.asarray((np.asarray(joints_image, np.float64) - self.middle_px) / self.focal_px)

    def project(self, joints_camera: NDArray[np.floating]) -> NDArray[np.floating]:
        """(..., 3) metres in front of the camera -> (..., 2) pixels, of the same dtype."""
        z = np.maximum(joints_camera[..., 2:3], _NEAREST_Z_M)
        return joints_camera[..., :2] / z * self.focal_px + self.middle_px.astype(joints_camera.dtype)

    def horizon(self, pitch_deg: float, roll_deg: float) -> tuple[Doubles, Doubles]:
        """Return the horizon in the image: its point nearest to the middle (2,) px and its direction (2,), rightward.

        All level lines of sight meet the image on it: sin(roll) u + cos(roll) v = -tan(pitch), with u and v from the
        middle in focal lengths. A camera that looks down has it above the middle; a clockwise roll lifts its right end.
        """
        roll = np.radians(roll_deg)
        across = np.array([np.sin(roll), np.cos(roll)])
        point = self.middle_px - np.tan(np.radians(pitch_deg)) * self.focal_px * across
        return point, np.array([np.cos(roll), -np.sin(roll)])

    def tilt_from_horizon(self, point: Doubles, direction: Doubles) -> tuple[float, float]:
        """Return pitch and roll in degrees from any point (2,) px of the horizon and its direction (2,), either way.

        Inverse of `horizon` for rolls up to 90 degrees: the image is not upside down.
        """
        x, y = (direction if direction[0] >= 0 else -direction) / np.linalg.norm(direction)
        roll = np.arctan2(-y, x)
        from_middle = (np.asarray(point) - self.middle_px) / self.focal_px
        pitch = np.arctan(-(from_middle @ [np.sin(roll), np.cos(roll)]))
        return float(np.degrees(pitch)), float(np.degrees(roll))


def frame_rate_hz(stated_hz: float | None, time_s: Doubles | None = None) -> float:
    """Return the stated rate if there is one (above 0), else the mean rate of the time stamps (T,), else 30 Hz."""
    if stated_hz is not None and np.isfinite(stated_hz) and stated_hz > 0:
        return stated_hz
    if time_s is not None and len(time_s) > 1 and time_s[-1] > time_s[0]:
        return (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    return UNKNOWN_RATE_HZ
