"""Synthetic cameras: full perspective, near and far, high and low, rolled, panning, phones, webcams and long lenses.

A `Cameras` holds B cameras as plain numbers, relative to the person that they look at, so that a drawn set can be kept
in a file. `look` places them around given motion. Axes and signs are those of `pipeline.core.geometry`.

Shapes: `B` windows, `F` frames. World: z up. Camera: x right, y down, z forward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.geometry import focal_px

NEAREST_M = 0.15  # what is nearer than this, or behind the camera, gives no point in the picture


@dataclass(frozen=True, slots=True)
class Cameras:
    """Every field is (B,). Angles in degrees, as positive numbers mean it in `pipeline.core.geometry`."""

    fov_deg: Doubles  # horizontal
    width_px: Doubles
    height_px: Doubles
    distance_m: Doubles  # of the pelvis at its nearest, for a body at unit stature
    bearing_deg: Doubles  # of the camera around the person
    pitch_deg: Doubles  # positive: looks down, so it stands above the person
    roll_deg: Doubles
    aim_x: Doubles  # where the person stands in the picture: -1 left edge, 1 right edge
    aim_y: Doubles  # -1 upper edge, 1 lower edge
    pan_deg_s: Doubles  # steady turn
    sway_deg: Doubles  # a hand: slow waves of this size in pan and pitch
    follow: Doubles  # 0: stands still, 1: turns so that the person keeps the place

    def __len__(self) -> int:
        return len(self.fov_deg)

    def rows(self) -> list[dict[str, float]]:
        """One dictionary a camera."""
        return [{key: float(value[b]) for key, value in asdict(self).items()} for b in range(len(self))]

    @staticmethod
    def from_rows(rows: Sequence[Mapping[str, float]]) -> Cameras:
        return Cameras(**{f.name: np.array([row[f.name] for row in rows]) for f in fields(Cameras)})


def draw_cameras(rng: np.random.Generator, count: int) -> Cameras:
    """Cameras of the whole range; how often each kind comes follows what people film with."""

    def among(share: Sequence[float], *choices: Doubles) -> Doubles:
        return np.choose(rng.choice(len(share), count, p=share), choices)

    def uniform(low: float, high: float) -> Doubles:
        return rng.uniform(low, high, count)

    # Across the longer side: phones 55-75, webcams 60-90, long lenses 15-45, action cameras to 110.
    long_fov = among([0.5, 0.2, 0.2, 0.1], uniform(55, 75), uniform(60, 90), uniform(15, 45), uniform(85, 110))
    shape = rng.choice(4, count, p=[0.55, 0.1, 0.25, 0.1])
    width = np.choose(shape, [1280.0, 1280.0, 720.0, 960.0])
    height = np.choose(shape, [720.0, 960.0, 1280.0, 1280.0])
    fov = np.degrees(2 * np.arctan(np.tan(np.radians(long_fov) / 2) * width / np.maximum(width, height)))
    # Usual heights first; then from the floor, from a wall or ceiling, and from anywhere.
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


def look(joints: Doubles, cameras: Cameras, rate_hz: Doubles) -> tuple[Doubles, Doubles]:
    """World joints (B, F, 17, 3) at unit stature, one camera each, rate (B,) of the rows.

    Returns joints in the axes and at the place of the camera of every frame (B, F, 17, 3) metres, and their image
    points (B, F, 17, 2) px, NaN for what lies behind the camera or too near to it.
    """
    B, F = joints.shape[:2]
    pelvis = joints[:, :, 0]
    bearing, pitch, roll = (np.radians(v) for v in (cameras.bearing_deg, cameras.pitch_deg, cameras.roll_deg))
    forward = np.stack([np.sin(bearing) * np.cos(pitch), np.cos(bearing) * np.cos(pitch), -np.sin(pitch)], -1)
    middle = pelvis.mean(axis=1)
    # Stand so far back that the pelvis never comes nearer than the distance wanted.
    nearest = np.einsum("bfi,bi->bf", middle[:, None] - pelvis, forward).max(axis=1)
    eye = middle - forward * (cameras.distance_m + nearest)[:, None]
    half_x = np.tan(np.radians(cameras.fov_deg) / 2)
    half_y = half_x * cameras.height_px / cameras.width_px

    # Turn off the person, so that it stands at `aim` in the picture; panning comes on top, the sway last.
    time_s = (np.arange(F) - (F - 1) / 2) / rate_hz[:, None]
    wave = np.radians(cameras.sway_deg)[:, None]
    pan = (
        bearing[:, None] - np.arctan(cameras.aim_x * half_x)[:, None] + np.radians(cameras.pan_deg_s)[:, None] * time_s
    )
    pan = pan + wave * np.sin(2.1 * time_s + bearing[:, None])
    tilt = (
        pitch[:, None] - np.arctan(cameras.aim_y * half_y)[:, None] + wave * np.sin(1.3 * time_s + 2 * bearing[:, None])
    )
    way = pelvis - eye[:, None]
    off = np.arctan2(way[..., 0], way[..., 1]) - bearing[:, None]
    off = np.mod(off + np.pi, 2 * np.pi) - np.pi
    pan = pan + cameras.follow[:, None] * off

    in_camera = np.einsum("bfji,bfki->bfkj", camera_axes(pan, tilt, np.broadcast_to(roll[:, None], (B, F))),
                          joints - eye[:, None, None])  # fmt: skip
    depth = in_camera[..., 2:]
    focal = np.array([focal_px(f, w) for f, w in zip(cameras.fov_deg, cameras.width_px, strict=True)])
    centre = np.stack([cameras.width_px, cameras.height_px], -1)[:, None, None] / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        image = np.where(depth > NEAREST_M, in_camera[..., :2] / depth * focal[:, None, None, None] + centre, np.nan)
    return in_camera, image


def camera_axes(pan_rad: Doubles, pitch_rad: Doubles, roll_rad: Doubles) -> Doubles:
    """(...) angles -> (..., 3, 3): rows are the camera's x, y, z in the world.

    Pan is clockwise from above, from a camera that looks along world +y; pitch and roll as in
    `pipeline.core.geometry.rotation_world_from_camera`, whose transpose this is for a pan of zero.
    """
    zero = np.zeros_like(pan_rad)
    sp, cp, st, ct, sr, cr = (f(a) for a in (pan_rad, pitch_rad, roll_rad) for f in (np.sin, np.cos))
    right = np.stack([cp, -sp, zero], -1)
    down = np.stack([-sp * st, -cp * st, -ct], -1)
    forward = np.stack([sp * ct, cp * ct, -st], -1)
    cr, sr = cr[..., None], sr[..., None]
    return np.stack([right * cr + down * sr, down * cr - right * sr, forward], axis=-2)
