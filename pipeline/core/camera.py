"""Describe a source of frames (`VideoInfo`), one frame (`Frame`) and its camera (`Camera`)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .arrays import Doubles, Image
from .config import SceneConfig

UNKNOWN_RATE_HZ = 30.0  # Hz, assumed where neither the source nor its timestamps give the frame rate

FovFrom = Literal["set by the user", "from the file", "assumed"]

_ASSUMED_FOV_DEG = 60.0  # degrees across the longer side of the image, for a camera of unknown field of view
_USUAL_STEP = 0.2  # relative to the median frame step: larger deviations (pauses) do not count for the rate
_NEAREST_Z_M = 1e-6  # m, smallest depth, which keeps the division by the depth finite


VIEW_FOV_DEG = 38.0  # degrees, horizontal, of a view of a 3D scene


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Describe a video before it is decoded; sizes are those of the upright, displayed image."""

    name: str  # shown to the user: file name or camera name
    path: str  # absolute path or URL; "" if there is none
    width_px: int
    height_px: int
    fps_hz: float  # true rate by the median frame step; 0 = unknown, see `frame_rate_hz`
    frame_count: int  # exact for files that were scanned; 0 = unknown
    duration_s: float
    rotation_deg: int = 0  # rotation that the container requests; already applied to every frame
    variable_rate: bool = False
    content_key: str = ""  # identifies the pixels, not the path: key of the 2D cache
    fov_deg: float | None = None  # horizontal field of view, if the file states it
    slow_motion: float = 1.0  # seconds of the file per second of the motion; times and rates here are the motion's
    notes: tuple[str, ...] = ()  # sentences about repaired or assumed frames and times
    turned_deg: int = 0  # clockwise turn that undoes the roll of the camera; already applied to every frame


def at_recorded_rate(info: VideoInfo, recorded_fps: float | None) -> VideoInfo:
    """Return the video with the time axis of a recording at `recorded_fps` frames per second.

    With None, or the rate that the video already has, `info` is returned unchanged.
    """
    if recorded_fps is None or info.fps_hz <= 0 or recorded_fps == info.fps_hz:
        return info
    factor = recorded_fps / info.fps_hz
    stored_hz = info.fps_hz / info.slow_motion
    note = f"recorded at {recorded_fps:g} Hz (set by the user) and stored at {stored_hz:g} Hz: times are the motion's"
    return replace(
        info,
        fps_hz=recorded_fps,
        duration_s=info.duration_s / factor,
        slow_motion=info.slow_motion * factor,
        notes=(*info.notes, note),
    )


def fov_over_deg(fov_deg: float, width: float, other_width: float) -> float:
    """Return the field of view over `other_width` of a camera with `fov_deg` over `width`."""
    half = math.tan(math.radians(fov_deg / 2)) * other_width / width
    return math.degrees(2 * math.atan(half))


def turned_info(info: VideoInfo, degrees: int) -> VideoInfo:
    """Return the video with its images turned clockwise by `degrees` (a multiple of 90) more."""
    total = (info.turned_deg + degrees) % 360
    if degrees % 180 == 0:
        return replace(info, turned_deg=total)
    fov = info.fov_deg
    if fov is not None and info.width_px:
        fov = fov_over_deg(fov, info.width_px, info.height_px)
    return replace(info, width_px=info.height_px, height_px=info.width_px, fov_deg=fov, turned_deg=total)


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold one upright image.

    `index` counts the source's frames from 0; `time_s` is its true timestamp.
    """

    index: int
    time_s: float
    bgr: Image  # (H, W, 3)
    fitted: bool = False  # True: the frame differs in size from the first and was letterboxed into that size


@dataclass(frozen=True, slots=True)
class Camera:
    """Model a pinhole camera: square pixels, principal point at the image centre, frame rate.

    Made once per source (`Camera.of`) and passed along whole: no other code takes an image size and a field of view as
    separate arguments. Spaces: image (pixels, y down) and camera (metres; x right, y down, z forward), see
    `core.geometry`.
    """

    size_px: tuple[int, int]  # width, height of the upright image
    fov_deg: float  # horizontal field of view
    fov_from: FovFrom = "set by the user"
    rate_hz: float = UNKNOWN_RATE_HZ  # mean frame rate
    even_rate: bool = True  # frames are 1 / rate_hz apart; False: the rate varies, or the source does not state it

    @classmethod
    def of(cls, info: VideoInfo, scene: SceneConfig | None = None, time_s: Doubles | None = None) -> Camera:
        """Return the camera of a source: field of view of `scene`, else of the file, else assumed.

        `time_s` (T,) are the timestamps of its frames, from which the rate is measured if the source states none.
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

        Main cameras of phones and most webcams lie between 55 and 75 degrees. The value is labelled as an assumption.
        """
        return cls(size_px, fov_over_deg(_ASSUMED_FOV_DEG, max(size_px), size_px[0]), "assumed", rate_hz, even_rate)

    @property
    def focal_px(self) -> float:
        """Return the focal length in pixels."""
        return float(self.size_px[0] / 2 / np.tan(np.radians(self.fov_deg) / 2))

    @property
    def middle_px(self) -> Doubles:
        """Return the principal point (2,) in pixels: the centre of the image."""
        return np.array(self.size_px) / 2

    def rays(self, joints_image: NDArray[np.floating]) -> Doubles:
        """Convert (..., 2) pixels to (..., 2) ray slopes x / z and y / z; NaN stays NaN."""
        return np.asarray((np.asarray(joints_image, np.float64) - self.middle_px) / self.focal_px)

    def project(self, joints_camera: NDArray[np.floating]) -> NDArray[np.floating]:
        """Project (..., 3) metres in camera space to (..., 2) pixels of the same dtype."""
        z = np.maximum(joints_camera[..., 2:3], _NEAREST_Z_M)
        return joints_camera[..., :2] / z * self.focal_px + self.middle_px.astype(joints_camera.dtype)

    def horizon(self, pitch_deg: float, roll_deg: float) -> tuple[Doubles, Doubles]:
        """Return the horizon in the image: its point (2,) px nearest the centre, and direction (2,).

        The direction points right. All level rays meet the image on it: sin(roll) u + cos(roll) v = -tan(pitch), with u
        and v measured from the image centre in focal lengths. A camera that looks down has the horizon above the
        centre; a clockwise roll raises its right end.
        """
        roll = np.radians(roll_deg)
        across = np.array([np.sin(roll), np.cos(roll)])
        point = self.middle_px - np.tan(np.radians(pitch_deg)) * self.focal_px * across
        return point, np.array([np.cos(roll), -np.sin(roll)])

    def tilt_from_horizon(self, point: Doubles, direction: Doubles) -> tuple[float, float]:
        """Return pitch and roll in degrees from a point (2,) px and direction (2,) of the horizon.

        The point may be any of the horizon, and the direction may have either sign. Inverse of `horizon` for rolls up
        to 90 degrees (the image is not upside down).
        """
        x, y = (direction if direction[0] >= 0 else -direction) / np.linalg.norm(direction)
        roll = np.arctan2(-y, x)
        from_middle = (np.asarray(point) - self.middle_px) / self.focal_px
        pitch = np.arctan(-(from_middle @ [np.sin(roll), np.cos(roll)]))
        return float(np.degrees(pitch)), float(np.degrees(roll))


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Describe a view of a 3D scene that orbits around `centre` (world).

    Lengths in metres, angles in degrees; `fov_deg` is horizontal.
    """

    centre: tuple[float, float, float]
    distance: float
    elevation: float
    azimuth: float
    fov_deg: float = VIEW_FOV_DEG


def frame_rate_hz(stated_hz: float | None, time_s: Doubles | None = None) -> float:
    """Return the stated rate if above 0, else by the median step of timestamps (T,), else 30 Hz."""
    if stated_hz is not None and np.isfinite(stated_hz) and stated_hz > 0:
        return stated_hz
    if time_s is not None and len(time_s) > 1 and time_s[-1] > time_s[0]:
        steps = np.diff(time_s)
        usual = steps[np.abs(steps - np.median(steps)) <= _USUAL_STEP * np.median(steps)]
        chosen = usual if len(usual) and usual.sum() > 0 else steps
        return len(chosen) / float(chosen.sum())
    return UNKNOWN_RATE_HZ
