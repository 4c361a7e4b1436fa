"""Compute the hands of one person in a live run, from past frames only.

A cheap form of `hands.on_skeleton`, which fits whole takes: the observed points are turned into rotations within the
limits of the joints, and the model of the hand is put on the wrist of the shown skeleton.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ...body.one_euro import OneEuro
from ...core.arrays import Doubles
from ...core.camera import Camera
from ...core.hands.points import Hands
from ...hands.model import HAND_PER_FOREARM, hand_points, mean_shape
from ...hands.place import points_from_wrist
from ...hands.rotations import solve

_ELBOWS, _WRISTS = [12, 15], [13, 16]  # H36M-17, left and right
_HELD_S = 0.3  # s that a hand is shown without being observed
_ROWS = 60  # observations kept: more than the longest look-ahead
_MIN_HZ, _BETA = 2.0, 20.0  # 1-euro filter of points from the wrist, for hands of length 1 (Hz, Hz per length/s)


class LivePersonHands:
    """Keep the observed hands of one person; use from one thread."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, Doubles]] = deque(maxlen=_ROWS)  # time_s, (2, 21, 3) lengths from the wrist
        self._filter = OneEuro(_MIN_HZ, _BETA)

    def push(self, time_s: float, hands: Hands, camera: Camera) -> None:
        """Add the hands of a detected frame (one row); times grow."""
        points = points_from_wrist(hands, camera, 1.0)[0]
        self._seen.append((time_s, self._filter(points, time_s)))

    def shown(self, time_s: float, joints: Doubles) -> Doubles:
        """Return the hands (2, 21, 3) at `time_s` on a skeleton (17, 3), camera axes, metres.

        NaN: not observed in the last 0.3 s.
        """
        out = np.full((2, 21, 3), np.nan)
        forearm_m = float(np.linalg.norm(joints[_WRISTS] - joints[_ELBOWS], axis=-1).mean())
        shape = mean_shape(HAND_PER_FOREARM * forearm_m)
        for side in (0, 1):
            points = self._at(time_s, side)
            if points is not None:
                pose = solve(points[None], shape, side).limited()
                out[side] = hand_points(pose, joints[None, _WRISTS[side]], shape, side)[0]
        return out

    def _at(self, time_s: float, side: int) -> Doubles | None:
        """Return the latest observation of a hand (21, 3) up to `time_s`, None if there is none."""
        for at_s, points in reversed(self._seen):
            if time_s - at_s > _HELD_S:
                return None
            if at_s <= time_s and np.isfinite(points[side]).all():
                return np.asarray(points[side])
        return None
