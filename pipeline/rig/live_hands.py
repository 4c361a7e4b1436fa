"""Compute the rotations of hands and fingers in a live run, one frame at a time.

A hand that is seen is shown at once. One that is lost passes from its last pose into the relaxed one, and one that
comes back passes out of it, within `EASE_S`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from ..core.arrays import Doubles, Floats
from ..hands.model import HandPose, mean_shape, relaxed
from ..hands.motion import MOST_TURN_DEG
from ..hands.rotations import solve, stretched_length
from .live_rotations import LivePose
from .skeleton import rig_from_world
from .with_hands import global_rotation, rig_with_hands, rotations_with_hands

EASE_S = 0.3  # s from a seen hand to the relaxed pose, and back
_HAND_M = 0.18  # m, length of a hand before one was seen
_LENGTHS = 90  # seen hands over whose lengths the median is taken


class LiveHands:
    """Add the hands of one person to rig poses; use one for each person, from one thread."""

    def __init__(self) -> None:
        self._lengths: deque[float] = deque(maxlen=_LENGTHS)
        self._shares = np.zeros(2)  # of the last seen pose in what is shown; the rest is relaxed
        self._angles = np.zeros((2, 24))  # of the last seen pose: see `_angles_of`
        self._time_s: float | None = None
        self._before: Doubles | None = None  # (B, 4)

    def __call__(self, pose: LivePose, hands: Doubles | Floats, time_s: float) -> LivePose:
        """Return the pose with hands (2, 21, 3), left and right, world metres, NaN = not seen.

        The rig gets fingers of a mean hand as long as those seen so far.
        """
        points = rig_from_world(np.asarray(hands, np.float64))
        for side in (0, 1):
            if np.isfinite(points[side]).all():
                self._lengths.append(float(stretched_length(points[side][None])[0]))
        shape = mean_shape(float(np.median(self._lengths)) if self._lengths else _HAND_M)
        rig = rig_with_hands(pose.rig, shape)
        first = self._time_s is None
        step = 0.0 if self._time_s is None else max(time_s - self._time_s, 0.0) / EASE_S
        self._time_s = time_s
        both = []
        for side, name in enumerate(("Left", "Right")):
            forearm = global_rotation(pose.rig, pose.rotations[None], pose.rig.names.index(f"{name}ForeArm"))
            rest = _angles_of(relaxed(forearm), forearm)
            seen = np.isfinite(points[side]).all()
            if seen:
                found = solve(points[side][None], shape, side).limited()
                angles = _angles_of(found, forearm)
                seen = np.linalg.norm(angles[:3]) <= np.radians(MOST_TURN_DEG)
                if seen:
                    self._angles[side] = angles
            more = 1.0 if first else step
            self._shares[side] = np.clip(self._shares[side] + (more if seen else -step), 0, 1)
            share = self._shares[side]
            both.append(_pose_of(share * self._angles[side] + (1 - share) * rest, forearm))
        rotations = rotations_with_hands(rig, pose.rotations[None], both)[0]
        if self._before is not None:
            rotations[np.einsum("jc,jc->j", rotations, self._before) < 0] *= -1
        self._before = rotations
        return replace(pose, rig=rig, rotations=rotations)


def _angles_of(pose: HandPose, forearm: Doubles) -> Doubles:
    """Return one hand as numbers (24,): rotation vector against the forearm (1, 3, 3), radians, and degrees."""
    from scipy.spatial.transform import Rotation

    turn = Rotation.from_matrix(np.swapaxes(forearm, 1, 2) @ pose.hand).as_rotvec()[0]
    return np.concatenate([turn, pose.fingers.ravel(), pose.thumb.ravel()])


def _pose_of(angles: Doubles, forearm: Doubles) -> HandPose:
    from scipy.spatial.transform import Rotation

    hand = forearm @ Rotation.from_rotvec(angles[None, :3]).as_matrix()
    return HandPose(hand, angles[3:19].reshape(1, 4, 4), angles[None, 19:])
