"""Load a motion capture clip and project it into a camera: lifter input with known 3D truth.

data/mocap_clip.npz: 300 frames at 60 Hz of deep squats from UI-PRMD (A. Vakanski et al., Data 3(1):2, 2018; Open Data
Commons Public Domain Dedication), converted to Human3.6M-17 joints in metres, z up, stored as int16 in 1/4096 m.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.core.arrays import Floats
from pipeline.core.camera import Camera
from pipeline.core.geometry import camera_from_world, rotation_world_from_camera

DATA = Path(__file__).parent / "data"
SIZE_PX = (1280, 720)
RATE_HZ = 60.0
_FOV_DEG, _PITCH_DEG, _TURN_DEG = 55.0, 8.0, 35.0


def mocap_clip() -> tuple[Floats, Floats]:
    """Return the image joints (300, 17, 2) px and the truth (300, 17, 3) m of the clip.

    The truth is in camera axes, root-relative, at stature 1.55 m.
    """
    with np.load(DATA / "mocap_clip.npz") as stored:
        world = stored["positions"].astype(np.float64) / 4096
    world[:, 7] = (world[:, 0] + world[:, 8]) / 2  # spine by the `hourglass` rule
    turn = np.radians(_TURN_DEG)
    world[..., :2] -= world[:, 0, :2].mean(axis=0)
    world = world @ np.array([[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    rotation = rotation_world_from_camera(_PITCH_DEG)
    camera = camera_from_world(world, rotation, np.array([0.2, -3.6, 1.4]))
    joints = Camera(SIZE_PX, _FOV_DEG).project(camera)

    def bone(a: int, b: int) -> np.ndarray:
        return np.linalg.norm(camera[:, a] - camera[:, b], axis=-1)

    leg = (bone(1, 2) + bone(2, 3) + bone(4, 5) + bone(5, 6)) / 2
    stature = np.median(leg + bone(0, 8) + bone(8, 9) + bone(9, 10))
    truth = (camera - camera[:, :1]) * (1.55 / stature)
    return joints.astype(np.float32), truth.astype(np.float32)


def mpjpe(a: np.ndarray, b: np.ndarray) -> float:
    """Compute the mean per joint position error, metres."""
    return float(np.linalg.norm(a - b, axis=-1).mean())


def p_mpjpe(a: np.ndarray, b: np.ndarray) -> float:
    """Compute MPJPE after Procrustes alignment of `a` in every frame, metres.

    This is protocol 2 of Human3.6M.
    """
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    u, s, vt = np.linalg.svd(a.transpose(0, 2, 1) @ b)
    proper = np.linalg.det(u @ vt)
    s[:, 2] *= proper
    u[:, :, 2] *= proper[:, None]
    scale = s.sum(axis=1) / np.square(a).sum(axis=(1, 2))
    return mpjpe(scale[:, None, None] * (a @ u @ vt), b)
