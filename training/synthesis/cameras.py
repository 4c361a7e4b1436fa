"""Draw synthetic perspective cameras and project motion into them.

The cameras cover phones, webcams and long lenses, near and far, high and low, rolled and panning. `Cameras` holds B
cameras as plain numbers relative to the person that they look at, so that a drawn set can be stored in a file;
`project_into_cameras` places them around given motion. Axes and signs are those of `pipeline.core.geometry`.

Shapes: `B` windows, `F` frames. World: z up. Camera: x right, y down, z forward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.camera import UNKNOWN_RATE_HZ, Camera

NEAREST_M = 0.15  # m, minimum depth; nearer joints and those behind the camera have no image point


@dataclass(frozen=True, slots=True)
class Cameras:
    """Parameters of B cameras; every field is (B,).

    Signs of angles are those of `pipeline.core.geometry`.
    """

    fov_deg: Doubles  # horizontal
    width_px: Doubles
    height_px: Doubles
    distance_m: Doubles  # to the pelvis at its nearest, for a body at unit stature
    bearing_deg: Doubles  # azimuth of the camera around the person
    pitch_deg: Doubles  # positive: looks down, so the camera is above the person
    roll_deg: Doubles
    aim_x: Doubles  # position of the person in the image: -1 left edge, 1 right edge
    aim_y: Doubles  # -1 upper edge, 1 lower edge
    pan_deg_s: Doubles  # steady pan
    sway_deg: Doubles  # amplitude of a hand-held camera's slow waves in pan and pitch
    follow: Doubles  # 0: the camera is static, 1: it pans with the person

    def __len__(self) -> int:
        return len(self.fov_deg)

    def pinhole(self, b: int, rate_hz: float = UNKNOWN_RATE_HZ) -> Camera:
        """Return one of them as the library's camera."""
        return Camera((int(self.width_px[b]), int(self.height_px[b])), float(self.fov_deg[b]), rate_hz=rate_hz)

    @property
    def focal_px(self) -> Doubles:
        """(B,) focal lengths in pixels."""
        return np.array([self.pinhole(b).focal_px for b in range(len(self))])

    def rows(self) -> list[dict[str, float]]:
        """Convert to one dictionary per camera."""
        return [{key: float(value[b]) for key, value in asdict(self).items()} for b in range(len(self))]

    @staticmethod
    def from_rows(rows: Sequence[Mapping[str, float]]) -> Cameras:
        """Build from one dictionary per camera, the inverse of `rows`."""
        return Cameras(**{f.name: np.array([row[f.name] for row in rows]) for f in fields(Cameras)})


def draw_cameras(rng: np.random.Generator, count: int) -> Cameras:
    """Draw cameras over the whole range, each kind about as often as people record with it."""

    def among(share: Sequence[float], *choices: Doubles) -> Doubles:
        return np.choose(rng.choice(len(share), count, p=share), choices)

    def uniform(low: float, high: float) -> Doubles:
        return rng.uniform(low, high, count)

    # Degrees across the longer side: phones 55-75, webcams 60-90, long lenses 15-45, action cameras to 110.
    long_fov = among([0.5, 0.2, 0.2, 0.1], uniform(55, 75), uniform(60, 90), uniform(15, 45), uniform(85, 110))
    shape = rng.choice(4, count, p=[0.55, 0.1, 0.25, 0.1])
    width = np.choose(shape, [1280.0, 1280.0, 720.0, 960.0])
    height = np.choose(shape, [720.0, 960.0, 1280.0, 1280.0])
    fov = np.degrees(2 * np.arctan(np.tan(np.radians(long_fov) / 2) * width / np.maximum(width, height)))
    # Degrees: usual heights; from the floor, a wall or a ceiling; anywhere.
    pitch = among([0.6, 0.25, 0.15], rng.normal(6, 8, count), uniform(-20, 45), uniform(-35, 75))
    still = rng.random(count)
    return Cameras(
        fov_deg=fov,
        width_px=width,
        height_px=height,
        distance_m=np.exp(uniform(np.log(0.8), np.log(10))),
        bearing_deg=uniform(0, 360),
        pitch_deg=pitch,
        roll_deg=among([0.8, 0.2], rng.normal(0, 3, count), rng.normal(0, 15, count)),
        aim_x=uniform(-0.6, 0.6) * (rng.random(count) < 0.8),
        aim_y=uniform(-0.4, 0.4),
        pan_deg_s=np.where(still < 0.15, rng.normal(0, 12, count), 0),
        sway_deg=np.where((still > 0.1) & (still < 0.4), uniform(0, 2.5), 0),
        follow=np.where((still > 0.25) & (still < 0.45), uniform(0.5, 1), 0),
    )


def project_into_cameras(joints: Doubles, cameras: Cameras, rate_hz: Doubles) -> tuple[Doubles, Doubles]:
    """Project world joints (B, F, 17, 3) at unit stature into one camera each.

    `rate_hz` (B,) are the frame rates of the rows. Returns the joints in camera coordinates (B, F, 17, 3) metres and
    their image points (B, F, 17, 2) px, NaN behind the camera or nearer than `NEAREST_M`.
    """
    eye, axes = place_cameras(joints[:, :, 0], cameras, rate_hz)
    in_camera = np.einsum("bfji,bfki->bfkj", axes, joints - eye[:, None, None])
    depth = in_camera[..., 2:]
    focal = cameras.focal_px
    centre = np.stack([cameras.width_px, cameras.height_px], -1)[:, None, None] / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        image = np.where(depth > NEAREST_M, in_camera[..., :2] / depth * focal[:, None, None, None] + centre, np.nan)
    return in_camera, image


def place_cameras(pelvis: Doubles, cameras: Cameras, rate_hz: Doubles) -> tuple[Doubles, Doubles]:
    """Place one camera each around a moving pelvis (B, F, 3), world.

    Returns where the cameras stand (B, 3) and their axes in every frame (B, F, 3, 3), see `camera_axes`.
    """
    B, F = pelvis.shape[:2]
    bearing, pitch, roll = (np.radians(v) for v in (cameras.bearing_deg, cameras.pitch_deg, cameras.roll_deg))
    forward = np.stack([np.sin(bearing) * np.cos(pitch), np.cos(bearing) * np.cos(pitch), -np.sin(pitch)], -1)
    middle = pelvis.mean(axis=1)
    # Move back until the pelvis is never nearer than `distance_m`.
    nearest = np.einsum("bfi,bi->bf", middle[:, None] - pelvis, forward).max(axis=1)
    eye = middle - forward * (cameras.distance_m + nearest)[:, None]
    half_x = np.tan(np.radians(cameras.fov_deg) / 2)
    half_y = half_x * cameras.height_px / cameras.width_px

    # Rotate away from the person, so that it appears at `aim` in the image; then add panning and sway.
    time_s = (np.arange(F) - (F - 1) / 2) / rate_hz[:, None]
    wave = np.radians(cameras.sway_deg)[:, None]
    pan = (
        bearing[:, None] - np.arctan(cameras.aim_x * half_x)[:, None] + np.radians(cameras.pan_deg_s)[:, None] * time_s
    )
    pan = pan + wave * np.sin(2.1 * time_s + bearing[:, None])
    tilt = (
        pitch[:, None] - np.arctan(cameras.aim_y * half_y)[:, None] + wave * np.sin(1.3 * time_s + 2 * bearing[:, None])
    )
    to_pelvis = pelvis - eye[:, None]
    off = np.arctan2(to_pelvis[..., 0], to_pelvis[..., 1]) - bearing[:, None]
    off = np.mod(off + np.pi, 2 * np.pi) - np.pi
    pan = pan + cameras.follow[:, None] * off

    return eye, camera_axes(pan, tilt, np.broadcast_to(roll[:, None], (B, F)))


def camera_axes(pan_rad: Doubles, pitch_rad: Doubles, roll_rad: Doubles) -> Doubles:
    """Build camera_from_world rotations (..., 3, 3) from angles (...).

    Rows are the camera's x, y and z axes in the world. Pan is clockwise seen from above and zero along world +y; pitch
    and roll are as in `pipeline.core.geometry.rotation_world_from_camera`, whose transpose this is at zero pan.
    """
    zero = np.zeros_like(pan_rad)
    sp, cp, st, ct, sr, cr = (f(a) for a in (pan_rad, pitch_rad, roll_rad) for f in (np.sin, np.cos))
    right = np.stack([cp, -sp, zero], -1)
    down = np.stack([-sp * st, -cp * st, -ct], -1)
    forward = np.stack([sp * ct, cp * ct, -st], -1)
    cr, sr = cr[..., None], sr[..., None]
    return np.stack([right * cr + down * sr, down * cr - right * sr, forward], axis=-2)
