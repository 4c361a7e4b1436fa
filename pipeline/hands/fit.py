"""Fit the hand model to image points, with network depth and the arm as weak evidence.

A picture leaves a hand's depth open: a tilt toward the camera looks like one away from it, and a detector's own depth
is often wrong for small hands. The fit minimises, per frame, the distance to the image points, to the detector's depth,
and to how hands are used: near the relaxed pose, within the limits of the joints, on a wrist that bends little. It
starts from the detector's 3D points and from several turns of the forearm, and keeps the best (Levenberg-Marquardt, all
frames at once).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Doubles
from .model import (
    FINGER_LIMITS,
    RELAXED_FINGERS,
    RELAXED_THUMB,
    THUMB_LIMITS,
    HandPose,
    HandShape,
    axes_of,
    hand_points,
    relaxed,
    rotation_of,
)

# Standard deviations of the evidence. Lengths are relative to the hand's length, angles in radians.
_IMAGE = 0.06
_DEPTH = 0.6
_OFFSET = 0.05  # of the observed wrist from the model's
_DISTANCE = 0.08  # natural logarithm of the distance from the camera
_WRIST = np.radians([40.0, 12.0, 25.0])  # twist, deviation, flexion of the hand against the forearm
_FINGER = np.radians([35.0, 10.0, 35.0, 25.0])
_THUMB = np.radians([20.0, 20.0, 20.0, 25.0, 30.0])
_LIMIT = np.radians(4.0)

_STARTS_DEG = (-70.0, 0.0, 70.0)  # degrees of forearm twist from which the fit starts
_FIRST_STEPS, _STEPS = 4, 6  # steps from every start, and from the best one
_DAMPING = 1e-3
_NUDGE = 1e-4  # radians, for numeric derivatives

# Parameters of a frame: rotation vector of the hand against the forearm, angles of four fingers, of the thumb,
# logarithm of the distance, and offset of the wrist in the image.
_TURN, _FINGERS, _THUMBS, _FAR, _SHIFT, _COUNT = slice(0, 3), slice(3, 19), slice(19, 24), 24, slice(25, 27), 27


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold what is known about one hand in N frames. Camera axes, metres."""

    slopes: Doubles  # (N, 21, 2) x / z and y / z of the observed points
    scores: Doubles  # (N, 21)
    depth: Doubles  # (N, 21) of the detector's own 3D points behind the wrist; NaN: unknown
    distance_m: Doubles  # (N,) z of the lifted wrist
    forearm: Doubles  # (N, 3, 3) rotation of the forearm from the T-pose


def fitted(evidence: Evidence, starts: list[HandPose], shape: HandShape, side: int) -> HandPose:
    """Return the pose of a left (0) or right (1) hand that explains each frame's evidence best.

    `starts` are poses to start from, beside the relaxed hand at several turns of the forearm.
    """
    best, lowest = np.zeros((len(evidence.scores), _COUNT)), np.full(len(evidence.scores), np.inf)
    along = axes_of(1, side).along
    turned = [relaxed(evidence.forearm @ rotation_of(np.radians(angle) * along[None])) for angle in _STARTS_DEG]
    problem = _Problem(evidence, shape, side)
    for start in (*starts, *turned):
        values, cost = problem.solve(problem.parameters(start.limited()), _FIRST_STEPS)
        better = cost < lowest
        best[better], lowest[better] = values[better], cost[better]
    return problem.pose(problem.solve(best, _STEPS)[0]).limited()


class _Problem:
    """Compute residuals and their derivatives for all frames at once."""

    def __init__(self, evidence: Evidence, shape: HandShape, side: int) -> None:
        self._seen, self._shape, self._side = evidence, shape, side
        self._size = shape.length_m
        weights = np.sqrt(np.maximum(evidence.scores, 1e-3))
        self._image = weights[..., None] * (evidence.distance_m[:, None, None] / (self._size * _IMAGE))
        self._deep = np.where(np.isfinite(evidence.depth), weights, 0.0) / (self._size * _DEPTH)
        self._depth = np.nan_to_num(evidence.depth)
        fingers = np.radians(RELAXED_FINGERS).ravel()
        thumb = np.radians(RELAXED_THUMB)
        self._goal = np.concatenate([np.zeros(3), fingers, thumb, np.zeros(3)])
        slope = _OFFSET * self._size / np.median(evidence.distance_m)
        self._sigma = np.concatenate([_WRIST, np.tile(_FINGER, 4), _THUMB, [_DISTANCE, slope, slope]])
        limits = np.radians(np.concatenate([np.tile(FINGER_LIMITS, (4, 1)), THUMB_LIMITS]))
        self._limited = [*range(3, 19), 22, 23]
        self._low, self._high = limits.T

    def parameters(self, pose: HandPose) -> Doubles:
        from scipy.spatial.transform import Rotation

        count = len(pose.hand)
        values = np.zeros((count, _COUNT))
        values[:, _TURN] = Rotation.from_matrix(np.swapaxes(self._seen.forearm, 1, 2) @ pose.hand).as_rotvec()
        values[:, _FINGERS] = np.radians(pose.fingers.reshape(count, 16))
        values[:, _THUMBS] = np.radians(pose.thumb)
        return values

    def pose(self, values: Doubles) -> HandPose:
        hand = self._seen.forearm @ rotation_of(values[:, _TURN])
        return HandPose(hand, np.degrees(values[:, _FINGERS]).reshape(-1, 4, 4), np.degrees(values[:, _THUMBS]))

    def solve(self, values: Doubles, steps: int) -> tuple[Doubles, Doubles]:
        """Return improved parameters (N, 27) and their costs (N,)."""
        damping = np.full(len(values), _DAMPING)
        points = self._points(values)
        residuals = self._residuals(values, points)
        cost = (residuals**2).sum(axis=1)
        for _ in range(steps):
            slopes = self._derivatives(values, points)
            normal = np.swapaxes(slopes, 1, 2) @ slopes
            downhill = np.einsum("nrp,nr->np", slopes, residuals)
            scale = np.einsum("npp->np", normal)
            matrix = normal + np.eye(_COUNT) * (damping[:, None] * scale)[:, None, :]
            tried = values - np.linalg.solve(matrix, downhill[..., None])[..., 0]
            new_points = self._points(tried)
            new_residuals = self._residuals(tried, new_points)
            new_cost = (new_residuals**2).sum(axis=1)
            better = new_cost < cost
            damping = np.where(better, damping / 5, damping * 8)
            values = np.where(better[:, None], tried, values)
            points = np.where(better[:, None, None], new_points, points)
            residuals = np.where(better[:, None], new_residuals, residuals)
            cost = np.where(better, new_cost, cost)
        return values, cost

    def _points(self, values: Doubles) -> Doubles:
        return hand_points(self.pose(values), np.zeros((len(values), 3)), self._shape, self._side)

    def _residuals(self, values: Doubles, points: Doubles) -> Doubles:
        count = len(values)
        beyond = values[:, self._limited]
        outside = np.minimum(beyond - self._low, 0) + np.maximum(beyond - self._high, 0)
        return np.concatenate(
            [
                self._picture(values, points).reshape(count, -1),
                (points[..., 2] - self._depth) * self._deep,
                (values - self._goal) / self._sigma,
                outside / _LIMIT,
            ],
            axis=1,
        )

    def _picture(self, values: Doubles, points: Doubles) -> Doubles:
        distance = self._seen.distance_m * np.exp(values[:, _FAR])
        z = np.maximum(distance[:, None] + points[..., 2], 0.05)
        wrist = (self._seen.slopes[:, 0] + values[:, _SHIFT])[:, None]
        slopes = (wrist * distance[:, None, None] + points[..., :2]) / z[..., None]
        return np.asarray((slopes - self._seen.slopes) * self._image)

    def _derivatives(self, values: Doubles, points: Doubles) -> Doubles:
        """Return (N, residuals, 27). The angles of different fingers are nudged together: they move other points."""
        count = len(values)
        out = np.zeros((count, 42 + 21 + _COUNT + len(self._limited), _COUNT))
        picture = self._picture(values, points)

        def difference(columns: list[int]) -> tuple[Doubles, Doubles]:
            nudged = values.copy()
            nudged[:, columns] += _NUDGE
            moved = self._points(nudged) if columns[0] < _FAR else points
            image = (self._picture(nudged, moved) - picture) / _NUDGE
            return image, (moved[..., 2] - points[..., 2]) * self._deep / _NUDGE

        for column in (0, 1, 2, _FAR, 25, 26):
            image, deep = difference([column])
            out[:, :42, column], out[:, 42:63, column] = image.reshape(count, 42), deep
        for angle in range(5):
            columns = [19 + angle] + [3 + 4 * finger + angle for finger in range(4) if angle < 4]
            image, deep = difference(columns)
            for column in columns:
                finger = 0 if column >= 19 else 1 + (column - 3) // 4
                own = range(1 + 4 * finger, 5 + 4 * finger)
                for point in own:
                    out[:, 2 * point : 2 * point + 2, column] = image[:, point]
                    out[:, 42 + point, column] = deep[:, point]
        diagonal = np.arange(_COUNT)
        out[:, 63 + diagonal, diagonal] = 1 / self._sigma
        beyond = values[:, self._limited]
        over = ((beyond < self._low) | (beyond > self._high)) / _LIMIT
        for row, column in enumerate(self._limited):
            out[:, 63 + _COUNT + row, column] = over[:, row]
        return out
