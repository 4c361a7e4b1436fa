"""Estimate the root position of one person in camera space from each frame.

This is the live form of `post.root_path`, with the same equations: each joint gives X - a Z = a z - x and
Y - b Z = b z - y for the root (X, Y, Z), with the joint's image point (a, b) on the plane at distance 1. Depth is the
poorly observed direction. Only past frames are known, so depth is filtered causally and its change per frame is
limited: a jump in size is an error of the detector, not motion. X and Y are then computed for the filtered depth, so
that the skeleton still projects onto the person in the image. The code handles one frame at a time, since it runs for
each person in every frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...body.one_euro import OneEuro
from ...core.arrays import Doubles, Floats
from ...core.camera import Camera

_ROUNDS = 4  # iterations of the reweighted least squares
_NEAREST_M = 0.15  # m, smallest depth of a joint
_FARTHEST_M = 100.0  # m, largest depth of the root
_LEAST_NOISE_PX = 1.0  # px, smallest scale of the residuals, so that tiny ones are not outliers
_OUTLIER = 2.0  # multiple of the frame's residual scale at which a joint has half its weight
_FEWEST = 3  # joints that must be seen
_LEAP = 0.06  # log(depth), largest deviation from the filtered value that one frame may contribute
_SETTLING = 15  # frames of a new person in which log(depth) is averaged


@dataclass(frozen=True, slots=True)
class RootFit:
    """Hold the root of one frame as a function of depth: `(ray_x, ray_y) depth + shift`.

    `depth_m` is the best depth.
    """

    ray: Doubles  # (2,) mean slope of the joints' rays, with the weights of the fit
    shift: Doubles  # (2,) metres
    depth_m: float

    def at(self, depth_m: float) -> Doubles:
        """Return the root (3,) in camera space for a depth from a better source than this frame."""
        place = self.ray * depth_m + self.shift
        return np.array([place[0], place[1], depth_m])


class RootSolver:
    """Solve the root of one frame in front of a camera."""

    def __init__(self, camera: Camera) -> None:
        self._focal_px, self._middle_px = camera.focal_px, camera.middle_px

    def solve(self, relative: Doubles, joints_image: Floats, scores: Floats) -> RootFit | None:
        """Fit the root of one frame by reprojection; return None if too few joints were seen.

        `relative` (17, 3) m, root at zero, `joints_image` (17, 2) px, `scores` (17,).
        """
        seen = np.isfinite(joints_image).all(axis=1) & (scores > 0)
        count = int(np.count_nonzero(seen))
        if count < _FEWEST:
            return None
        rays = (joints_image[seen].astype(np.float64) - self._middle_px) / self._focal_px  # (n, 2)
        body, trust = relative[seen], np.minimum(scores[seen], 1.0).astype(np.float64) ** 2
        flat, away = body[:, :2], body[:, 2]
        nearest = _NEAREST_M - float(relative[:, 2].min())
        target = rays * away[:, None] - flat  # right-hand side of (X, Y) - rays Z = target
        share = trust / trust.sum()
        spread, size = ((share @ (p - share @ p) ** 2).sum() for p in (rays, flat))
        depth = float(np.sqrt(size) / max(np.sqrt(spread), 1e-9))  # ratio of sizes: rough, but positive
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
    """Filter the root from frame to frame, causally."""

    def __init__(self, solver: RootSolver) -> None:
        self._solver = solver
        self._count = 0
        self._level = 0.0  # log(depth), filtered
        # Hz, and Hz per (1/s) of log(depth) or per (slope/s) of the ray.
        self._depth = OneEuro(0.4, 1.5, speed_hz=0.4)
        self._ray = OneEuro(2.0, 40.0)

    def reset(self) -> None:
        self._count = 0
        self._depth.reset()
        self._ray.reset()

    def __call__(self, relative: Doubles, joints_image: Floats, scores: Floats, time_s: float) -> Doubles | None:
        """Return the filtered root (3,) in camera space, or None if too few joints were seen.

        Shapes as in `RootSolver.solve`; `time_s` rises from call to call.
        """
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
