"""Put the observed hands of a person on the wrists of the lifted skeleton."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Doubles
from ..core.camera import Camera
from ..core.hands.points import Hands
from .fit import Evidence, fitted
from .model import HAND_PER_FOREARM, HandPose, HandShape, hand_points, mean_shape, relaxed
from .motion import smoothed
from .place import points_from_wrist
from .rotations import solve

_NEAREST_M = 0.1  # m, smallest depth of a wrist


@dataclass(frozen=True, slots=True)
class HandsMotion:
    """Hold the hands of one person in every frame of a take."""

    joints: Doubles  # (T, 2, 21, 3) m, camera axes; NaN where the person was not seen
    confidence: Doubles  # (T, 2) mean score of the observed points, 0 where the hand was not observed
    poses: tuple[HandPose, HandPose]  # rotations of the left and the right hand
    shape: HandShape


def hands_on_skeleton(
    hands: Hands, wrists: Doubles, forearms: Doubles, forearm_m: float, camera: Camera, rate_hz: float, cutoff_hz: float
) -> HandsMotion:
    """Return a person's hands on the wrists (T, 2, 3) of the lifted skeleton.

    `forearms` (T, 2, 3, 3) are the rotations of the forearms from the T-pose (`rig.skeleton`) and `forearm_m` their
    length. Everything is along the camera's axes, metres; an unseen person is NaN. `cutoff_hz`: see `motion.smoothed`.
    Hands without 3D points of the detector count as not observed.
    """
    length_m = HAND_PER_FOREARM * forearm_m
    points = points_from_wrist(hands, camera, length_m)
    there = np.isfinite(wrists).all(axis=(1, 2)) & np.isfinite(forearms).all(axis=(1, 2, 3))
    known = np.isfinite(points).all(axis=(2, 3)) & there[:, None]
    weights = np.where(known, hands.scores.mean(axis=-1), 0.0).astype(np.float64)
    shape = mean_shape(length_m)
    joints = np.full((*hands.scores.shape, 3), np.nan)
    poses = []
    rows = np.flatnonzero(there)
    for side in (0, 1):
        pose = relaxed(forearms[:, side].copy())
        seen = known[:, side]
        if seen.any():
            evidence = Evidence(
                camera.rays(hands.joints_image[seen, side]),
                hands.scores[seen, side].astype(np.float64),
                points[seen, side, :, 2],
                np.maximum(wrists[seen, side, 2], _NEAREST_M),
                forearms[seen, side],
            )
            found = fitted(evidence, [solve(points[seen, side], shape, side)], shape, side)
            pose.hand[seen], pose.fingers[seen], pose.thumb[seen] = found.hand, found.fingers, found.thumb
        here = HandPose(pose.hand[rows], pose.fingers[rows], pose.thumb[rows])
        even = smoothed(here, weights[rows, side], forearms[rows, side], rate_hz, cutoff_hz).limited()
        joints[rows, side] = hand_points(even, wrists[rows, side], shape, side)
        pose.hand[rows], pose.fingers[rows], pose.thumb[rows] = even.hand, even.fingers, even.thumb
        poses.append(pose)
    return HandsMotion(joints, weights, (poses[0], poses[1]), shape)
