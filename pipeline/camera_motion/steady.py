"""Bring tracks of a camera that turns into the axes of one still camera.

What the lifter answers is in the axes of each frame's camera. Turned into the axes of the camera in the middle of the
path, people walk where they walk, and gravity is one direction for the whole take.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..core.arrays import Doubles, Floats
from ..core.camera import Camera
from ..core.poses import PersonTrack
from ..core.take import LiftedTrack, SceneEstimate

_NEAREST_Z = 0.05  # rays beyond this are at the edge of what a plane can show


def turn_matrices(turn: Doubles) -> Doubles:
    """Return rotation vectors (T, 3) as matrices (T, 3, 3)."""
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(turn).as_matrix(), np.float64)


def camera_rotations(scene: SceneEstimate, frames: int) -> Doubles:
    """Return the rotations (T, 3, 3) from the camera axes of each of T frames to world axes."""
    if scene.turn is None:
        return np.broadcast_to(scene.rotation, (frames, 3, 3)).astype(np.float64)
    return np.asarray(scene.rotation @ turn_matrices(scene.turn), np.float64)


def turn_at(turn: Doubles | None, measured: Camera, camera: Camera) -> Doubles | None:
    """Return turns (T, 3), measured with the field of view of `measured`, with that of `camera`.

    A point that crosses the middle of the picture at the same speed turns by less in a longer lens.
    """
    return None if turn is None else turn * (measured.focal_px / camera.focal_px)


def turn_note(turn: Doubles) -> str:
    """Describe the turns (T, 3) of a camera in a sentence."""
    from scipy.spatial.transform import Rotation

    turns = Rotation.from_rotvec(turn)
    farthest = turns[int(turns.magnitude().argmax())]
    most_deg = np.degrees((farthest.inv() * turns).magnitude().max())
    return f"the camera turns by up to {most_deg:.1f} degrees: paths and gravity are corrected for it"


def steady_lifted(lifted: LiftedTrack, turn: Doubles) -> LiftedTrack:
    """Return the lifter's answer in the axes of the still camera."""
    relative = np.einsum("tij,tkj->tki", turn_matrices(turn), lifted.relative.astype(np.float64))
    return replace(lifted, relative=relative.astype(np.float32))


def steady_track(track: PersonTrack, camera: Camera, turn: Doubles) -> PersonTrack:
    """Return the 2D track as the still camera sees it; points can lie outside of its picture."""
    joints, scores = track.h36m17
    return replace(
        track,
        joints_image=_seen(track.joints_image, camera, turn),
        h36m17=(_seen(joints, camera, turn), scores),
    )


def _seen(joints_image: Floats, camera: Camera, turn: Doubles) -> Floats:
    slopes = camera.rays(joints_image)
    rays = np.concatenate([slopes, np.ones((*slopes.shape[:-1], 1))], axis=-1)
    turned = np.einsum("tij,t...j->t...i", turn_matrices(turn), rays)
    depth = np.maximum(turned[..., 2:], _NEAREST_Z)
    return np.asarray(turned[..., :2] / depth * camera.focal_px + camera.middle_px, np.float32)
