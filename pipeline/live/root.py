"""Where somebody is in front of the camera, from one frame: the live form of `post.trajectory`.

The equations are the same: each joint gives X - a Z = a z - x and Y - b Z = b z - y for the root (X, Y, Z), with the
joint's image point (a, b) on the plane at distance 1. Depth is the weak direction. Here only the past is known, so it
is filtered causally and cannot leap: a jump in size is a detector's error, not a person. X and Y then follow for the
filtered depth, so that the figure still falls on the person in the picture. Written for one frame at a time, since it
runs for everyone in every frame.
"""

from __future__ import annotations

import numpy as np

from pipeline.geometry import focal_px
from pipeline.post.one_euro import OneEuro
from pipeline.types import Doubles, Floats

_ROUNDS = 4
_NEAREST_M = 0.15  # no joint is nearer to the camera
_FARTHEST_M = 100.0
_LEAST_NOISE_PX = 1.0
_OUTLIER = 2.0  # in units of the frame's own residual scale
_FEWEST = 3  # joints
_LEAP = 0.06  # change of the depth's logarithm against the filtered one that is believed in one frame
_SETTLING = 15  # frames of somebody new in which depths are simply averaged


class RootSolver:
    """Root of one frame for a camera of `fov_deg` across `size_px` (width, height)."""

    def __init__(self, fov_deg: float, size_px: tuple[int, int]) -> None:
        self._focal = focal_px(fov_deg, size_px[0])
        self._middle = np.array(size_px) / 2

    def solve(
        self, relative: Doubles, joints_image: Floats, scores: Floats, depth_m: float | None = None
    ) -> Doubles | None:
        """(17, 3) metres, root at zero, (17, 2) px, (17,) -> (3,) camera space; None if too little was seen.

        `depth_m`: the root's depth, if it is known better than from this frame.
        """
        seen = np.isfinite(joints_image).all(axis=1) & (scores > 0)
        if seen.sum() < _FEWEST:
            return None
        rays = (joints_image[seen].astype(np.float64) - self._middle) / self._focal  # (n, 2)
        body, trust = relative[seen], np.clip(scores[seen], 0, 1).astype(np.float64) ** 2
        flat, away = body[:, :2], body[:, 2]
        nearest = _NEAREST_M - float(relative[:, 2].min())
        target = rays * away[:, None] - flat  # of (X, Y) - rays Z
        weights = trust
        depth = depth_m
        if depth is None:
            spread, size = (np.sqrt(trust @ ((p - trust @ p / trust.sum()) ** 2).sum(1)) for p in (rays, flat))
            depth = float(size / max(spread, 1e-9))  # as large as in the picture: rough, but always positive
        depth = min(max(depth, nearest), _FARTHEST_M)
        place = np.zeros(2)
        for _ in range(_ROUNDS):
            total = weights.sum()
            place = weights @ (rays * depth + target) / total
            far = np.maximum(depth + away, _NEAREST_M)
            residual = np.sqrt(((place + flat - rays * far[:, None]) ** 2).sum(1)) / far
            scale = max(1.5 * float(np.median(residual)), _LEAST_NOISE_PX / self._focal)
            weights = trust / far**2 / (1 + (residual / (_OUTLIER * scale)) ** 2)
            if depth_m is None:
                centred = rays - weights @ rays / weights.sum()
                information = float(weights @ (centred**2).sum(1))
                found = -float(weights @ (centred * target).sum(1)) / max(information, 1e-12)
                depth = min(found, _FARTHEST_M) if found > nearest else depth
        place = weights @ (rays * depth + target) / weights.sum()
        return np.array([place[0], place[1], depth])


class RootFilter:
    """The root from frame to frame, causally."""

    def __init__(self, solver: RootSolver) -> None:
        self._solver = solver
        self._count = 0
        self._level = 0.0  # logarithm of the depth
        # Hz, and Hz per (1/s) of the depth's logarithm, per (slope/s) of the place.
        self._depth = OneEuro(0.4, 1.5, speed_hz=0.4)
        self._ray = OneEuro(2.0, 40.0)

    def reset(self) -> None:
        self._count = 0
        self._depth.reset()
        self._ray.reset()

    def __call__(self, relative: Doubles, joints_image: Floats, scores: Floats, time_s: float) -> Doubles | None:
        """(3,) camera space, or None if too little was seen in this frame. Times grow from call to call."""
        rough = self._solver.solve(relative, joints_image, scores)
        if rough is None:
            return None
        level = float(np.log(rough[2]))
        self._count += 1
        if self._count <= _SETTLING:
            self._level += (level - self._level) / self._count
            self._depth.reset()
            self._depth(np.array([self._level]), time_s)
        else:
            believed = self._level + float(np.clip(level - self._level, -_LEAP, _LEAP))
            self._level = float(self._depth(np.array([believed]), time_s)[0])
        depth = float(np.exp(self._level))
        root = self._solver.solve(relative, joints_image, scores, depth)
        if root is None:
            return None
        ray = self._ray(root[:2] / depth, time_s)
        return np.array([ray[0] * depth, ray[1] * depth, depth])
