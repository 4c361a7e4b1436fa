"""Resample a rig's motion at other times, and interpolate over gaps."""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles
from .rotations import RigPose, same_sign


def resample(pose: RigPose, times_s: Doubles) -> RigPose:
    """Interpolate a pose at times (N,) in s: rotations by slerp, positions linearly.

    Gaps are interpolated too; before the first and after the last known time the nearest pose is held.
    """
    known = pose.times_s
    if np.array_equal(known, times_s):
        return pose
    after = np.clip(np.searchsorted(known, times_s), 1, max(len(known) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(known) - 1)
    span = np.maximum(known[after] - known[before], 1e-9)
    fraction = np.clip((times_s - known[before]) / span, 0.0, 1.0)[:, None]
    root = pose.root[before] * (1 - fraction) + pose.root[after] * fraction
    start, end = pose.rotations[before], pose.rotations[after]
    dot = np.einsum("tjc,tjc->tj", start, end)
    end = end * np.where(dot < 0, -1.0, 1.0)[..., None]
    angle = np.arccos(np.clip(np.abs(dot), 0, 1))
    sine = np.sin(angle)
    small = sine < 1e-6
    safe = np.where(small, 1.0, sine)
    first = np.where(small, 1 - fraction, np.sin((1 - fraction) * angle) / safe)
    second = np.where(small, fraction, np.sin(fraction * angle) / safe)
    mixed = first[..., None] * start + second[..., None] * end
    mixed /= np.linalg.norm(mixed, axis=-1, keepdims=True)
    for bone in range(mixed.shape[1]):
        mixed[:, bone] = same_sign(mixed[:, bone])
    return RigPose(np.asarray(times_s, np.float64), root, mixed)
