"""Describe a lifter's answer to the network of standard errors.

The network knows nothing of the lifter: it sees the 2D joints, the answer, and where the two contradict each other or
themselves (reprojection, bone lengths, speeds). So it serves every lifter, and its estimates are in the same axes:
those of a virtual camera that looks at the pelvis (`lift.inputs.person_ray`), x and y across the image, z in depth.

Times do not depend on the frame rate: differences are taken over the step of `step_rows`, and the network joins rows
that many apart. Shapes: `T` rows of a track, 17 joints of H36M-17, `C` features of a row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Doubles, Floats
from ...core.camera import Camera
from ...core.skeletons import H36M17, chain_length
from ..inputs.normalise import normalised

STATURE_M = 1.55  # m, stature (`core.skeletons.chain_length`) of the bodies that the network sees
JOINT_FEATURES = (
    "x", "y", "confidence", "seen", "answer_x", "answer_y", "answer_z", "miss_x", "miss_y", "bone", "speed",
    "image_speed", "acceleration", "image_acceleration", "edge", "depth_difference", "depth_known",
)  # fmt: skip
FRAME_FEATURES = ("size", "ray_x", "ray_y", "size_px", "distance", "step_s", "share_seen")
COUNT = 17 * len(JOINT_FEATURES) + len(FRAME_FEATURES)

_STEP_HZ = 25.0  # Hz, rate at which the network looks at a track of any rate
_NEAREST_M, _FARTHEST_M = 0.3, 60.0  # m at `STATURE_M`, limits of the pelvis's distance
_LIMIT = 4.0  # limit of every feature: an outlier must not dominate the network
_USUAL_PX = 300.0  # px, size of a person whose feature `size_px` is zero
_USUAL_M = 4.0  # m, distance of a person whose feature `distance` is zero
_SPEED_M_S, _ACCELERATION_M_S2 = 1.0, 10.0  # speed and acceleration whose features are log 2
_SMALLEST_M = 0.01  # m, shortest bone


@dataclass(frozen=True, slots=True)
class AnswerFeatures:
    """Hold the features (T, C) of a track, its lifted rows, and the axes of the errors.

    `axes` (T, 3, 3): rows are x, y and z of the virtual camera of each row, in camera axes. Features of rows that were
    not lifted are zero.
    """

    values: Floats
    lifted: NDArray[np.bool_]  # (T,)
    axes: Doubles


@dataclass(frozen=True, slots=True)
class UsualBody:
    """Hold the factor that brings an answer to `STATURE_M`, and its bone lengths (17,), metres.

    Both are medians over a whole track; the pelvis has no bone.
    """

    factor: float
    bones_m: Doubles

    @classmethod
    def of(cls, answer: Floats) -> UsualBody:
        """Measure the body of an answer (T, 17, 3), NaN: not lifted."""
        known = np.asarray(answer[np.isfinite(answer).all((-1, -2))], np.float64)
        if not len(known):
            return cls(1.0, np.ones(17))
        factor = STATURE_M / max(float(np.median(chain_length(known))), _SMALLEST_M)
        return cls(factor, np.median(_bone_lengths(known * factor), axis=0))


def step_rows(rate_hz: float) -> int:
    """Return the rows between the frames that the network compares at this frame rate."""
    return max(1, round(rate_hz / _STEP_HZ))


def answer_features(
    joints_image: Floats,
    scores: Floats,
    answer: Floats,
    camera: Camera,
    depth: Floats | None = None,
    usual: UsualBody | None = None,
) -> AnswerFeatures:
    """Compute the features of an answer (T, 17, 3) in camera axes; NaN: not lifted.

    `joints_image` (T, 17, 2) px, NaN = not seen, and `scores` (T, 17) are what was lifted. The answer may have any unit
    stature. `depth` (T, 17): the detector's own depth of the joints behind the pelvis, metres at `STATURE_M`, 0 where
    unknown. `usual` is the body of the whole track, if these are some rows of one; None: measured here.
    """
    usual = usual or UsualBody.of(answer)
    size_px, focal = np.array([camera.size_px], np.float64), np.array([camera.focal_px])
    view = normalised("person_ray", joints_image[None], scores[None], size_px, focal)
    assert view.axes is not None
    axes, flat = view.axes[0], view.values[0].astype(np.float64)  # (T, 17, 6)
    seen = np.isfinite(joints_image).all(-1)
    lifted = np.isfinite(answer).all((-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        body = np.asarray(answer, np.float64)
        body = (body - body[:, :1]) * usual.factor
        body = np.where(lifted[:, None, None], body @ np.swapaxes(axes, -1, -2), 0)
        size = np.exp(flat[:, :1, 3:4])  # slopes, (T, 1, 1)
        place = flat[..., :2].copy()
        place[:, 0] = 0
        slopes = place * size / 2
        distance = _distance(body, slopes, seen)
        miss = np.where(seen[..., None], body[..., :2] - slopes * (distance[:, None, None] + body[..., 2:]), 0)
        step = step_rows(camera.rate_hz)
        step_s = step / camera.rate_hz
        known = lifted[:, None] & seen
        speed, acceleration = _motion(body, lifted[:, None] & np.ones_like(seen), step, step_s)
        image_speed, image_acceleration = _motion(place, known, step, step_s)
        person_px = size[..., 0] * camera.focal_px  # (T, 1)
        edge = np.minimum(joints_image, camera.size_px - joints_image).min(-1) / np.maximum(person_px, 1)
        deep = np.zeros(seen.shape, np.float32) if depth is None else depth
        known_depth = (deep != 0).any(-1, keepdims=True) & np.ones_like(seen)
        difference = np.where(known_depth, deep - body[..., 2], 0)
        per_joint = [
            place, flat[..., 2:3], seen[..., None], body, 3 * miss, _bones(body, usual), speed, image_speed,
            acceleration, image_acceleration, np.clip(np.where(seen, edge, 0), -1, 1)[..., None],
            3 * difference[..., None], known_depth[..., None],
        ]  # fmt: skip
        per_frame = [
            flat[:, 0, 3:6], np.log(np.maximum(person_px, 1) / _USUAL_PX), np.log(distance[:, None] / _USUAL_M),
            np.full((len(seen), 1), np.log(step_s * _STEP_HZ)), seen.mean(-1, keepdims=True),
        ]  # fmt: skip
    joints = np.concatenate(per_joint, axis=-1).reshape(len(seen), 17 * len(JOINT_FEATURES))
    values = np.concatenate([joints, *per_frame], axis=-1)
    values = np.where(lifted[:, None], np.clip(np.nan_to_num(values), -_LIMIT, _LIMIT), 0)
    return AnswerFeatures(np.ascontiguousarray(values, np.float32), lifted, axes)


def mirrored(values: Floats) -> Floats:
    """Mirror features (..., C) left to right; twice is the identity."""
    joints = values[..., : 17 * len(JOINT_FEATURES)].reshape(*values.shape[:-1], 17, len(JOINT_FEATURES))
    joints = joints[..., H36M17.mirror, :].copy()
    joints[..., [JOINT_FEATURES.index(name) for name in ("x", "answer_x", "miss_x")]] *= -1
    frame = values[..., 17 * len(JOINT_FEATURES) :].copy()
    frame[..., FRAME_FEATURES.index("ray_x")] *= -1
    return np.concatenate([joints.reshape(*values.shape[:-1], -1), frame], axis=-1)


def _distance(body: Doubles, slopes: Doubles, seen: NDArray[np.bool_]) -> Doubles:
    """Fit the distance (T,) of the pelvis at which the answer projects onto the 2D joints best.

    Least squares of `body_xy - slopes * (distance + body_z)` over the seen joints.
    """
    weight = seen[..., None]
    above = (weight * slopes * (body[..., :2] - slopes * body[..., 2:])).sum((-1, -2))
    below = (weight * slopes**2).sum((-1, -2))
    return np.clip(np.nan_to_num(above / np.maximum(below, 1e-9), nan=_USUAL_M), _NEAREST_M, _FARTHEST_M)


def _bones(body: Doubles, usual: UsualBody) -> Doubles:
    """Compare bone lengths (T, 17, 1) with the usual ones, as logarithms; the pelvis has none."""
    length = _bone_lengths(body)
    return np.asarray(np.clip(3 * np.log(length / usual.bones_m), -_LIMIT, _LIMIT)[..., None])


def _bone_lengths(body: Doubles) -> Doubles:
    parents = [max(parent, 0) for parent in H36M17.parents]
    return np.asarray(np.maximum(np.linalg.norm(body - body[:, parents], axis=-1), _SMALLEST_M))


def _motion(points: Doubles, known: NDArray[np.bool_], step: int, step_s: float) -> tuple[Doubles, Doubles]:
    """Measure speeds and accelerations (T, 17, 1) of points (T, 17, n) as logarithms.

    They are zero where a row `step` earlier or later is not known.
    """
    T = len(points)
    before, after = np.maximum(np.arange(T) - step, 0), np.minimum(np.arange(T) + step, T - 1)
    inside = (after - before == 2 * step)[:, None]
    usable = inside & known & known[before] & known[after]
    speed = np.linalg.norm(points[after] - points[before], axis=-1) / (2 * step_s)
    change = np.linalg.norm(points[after] - 2 * points + points[before], axis=-1) / step_s**2
    return (
        np.where(usable, np.log1p(speed / _SPEED_M_S), 0)[..., None],
        np.where(usable, np.log1p(change / _ACCELERATION_M_S2), 0)[..., None],
    )
