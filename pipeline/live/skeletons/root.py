"""Where somebody is in front of the camera, from one frame: the live form of `post.root_path`.

The equations are the same: each joint gives X - a Z = a z - x and Y - b Z = b z - y for the root (X, Y, Z), with the
joint's image point (a, b) on the plane at distance 1. Depth is the weak direction. Here only the past is known, so it
is filtered causally and cannot leap: a jump in size is a detector's error, not a person. X and Y then follow for the
filtered depth, so that the figure still falls on the person in the picture. Written for one frame at a time, since it
runs for everyone in every frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...body.one_euro import OneEuro
from ...core.arrays import Doubles, Floats
from ...core.camera import Camera

_ROUNDS = 4
_NEAREST_M = 0.15  # no joint is nearer to the camera
_FARTHEST_M = 100.0
_LEAST_NOISE_PX = 1.0
_OUTLIER = 2.0  # in units of the frame's own residual scale
_FEWEST = 3  # joints
_LEAP = 0.06  # change of the depth's logarithm against the filtered one that is believed in one frame
_SETTLING = 15  # frames of somebody new in which depths are simply averaged


@dataclass(frozen=True, slots=True)
class RootFit:
    """What one frame says: the root is `(ray_x, ray_y) depth + shift`, at `depth_m` best."""

    ray: Doubles  # (2,) mean slope of the joints' rays, weighted by what each joint is worth
    shift: Doubles  # (2,) metres
    depth_m: float

    def at(self, depth_m: float) -> Doubles:
        """(3,) camera space, for a depth that is known better than from this frame."""
        place = self.ray * depth_m + self.shift
        return np.array([place[0], place[1], depth_m])


class RootSolver:
    """Solve the root of one frame in front of a camera."""

    def __init__(self, camera: Camera) -> None:
        self._focal_px, self._middle_px = camera.focal_px, camera.middle_px

    def solve(self, relative: Doubles, joints_image: Floats, scores: Floats) -> RootFit | None:
        """(17, 3) metres, root at zero, (17, 2) px, (17,); None if too little was seen."""
        seen = np.isfinite(joints_image).all(axis=1) & (scores > 0)
        count = int(np.count_nonzero(seen))
        if count < _FEWEST:
            return None
        rays = (joints_image[seen].astype(np.float64) - self._middle_px) / self._focal_px  # (n, 2)
        body, trust = relative[seen], np.minimum(scores[seen], 1.0).astype(np.float64) ** 2
        flat, away = body[:, :2], body[:, 2]
        nearest = _NEAREST_M - float(relative[:, 2].min())
        target = rays * away[:, None] - flat  # of (X, Y) - rays Z
        share = trust / trust.sum()
        spread, size = ((share @ (p - share @ p) ** 2).sum() for p in (rays, flat))
        depth = float(np.sqrt(size) / max(np.sqrt(spread), 1e-9))  # as large as in the picture: rough, but positive
        depth = min(max(depth, nearest), _FARTHEST_M)
        ray, shift = share @ rays, share @ target
        for _ in range(_ROUNDS):
            far = np.maximum(depth + away, _NEAREST_M)
            off = (ray * depth + shift) + flat - rays * far[:, None]
            residual = np.hypot(off[:, 0], off[:, 1]) / far
            scale = max(1.5 * float(np.partition(residual, count // 2)[count // 2]), _LEAST_NOISE_PX / self._focal_px)
            weights = trust / far**2 / (1 + (residual / (_OUTLIER * scale)) ** 2)
            weights /= weights.sum()
            ray, shift = weights @ rays, weights @ target
            centred = rays - ray
            information = float((weights @ centred**2).sum())
            found = -float((weights @ (centred * target)).sum()) / max(information, 1e-12)
            depth = min(found, _FARTHEST_M) if found > nearest else depth
        return RootFit(ray, shift, depth)


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
        fit = self._solver.solve(relative, joints_image, scores)
        if fit is None:
            return None
        level = float(np.log(fit.depth_m))
        self._count += 1
        if self._count <= _SETTLING:
            self._level += (level - self._level) / self._count
            self._depth.reset()
            self._depth(np.array([self._level]), time_s)
        else:
            believed = self._level + float(np.clip(level - self._level, -_LEAP, _LEAP))
            self._level = float(self._depth(np.array([believed]), time_s)[0])
        depth = float(np.exp(self._level))
        ray = self._ray(fit.at(depth)[:2] / depth, time_s)
        return np.array([ray[0] * depth, ray[1] * depth, depth])
