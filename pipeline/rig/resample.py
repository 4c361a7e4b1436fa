"""A rig's motion at other times than those it is known at: gaps are bridged."""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles
from .rotations import RigPose, same_sign


def resample(pose: RigPose, times_s: Doubles) -> RigPose:
    """The pose at other times: gaps are bridged by turning evenly (slerp), the ends hold the nearest pose."""
    known = pose.times_s
    if np.array_equal(known, times_s):
        return pose
    after = np.clip(np.searchsorted(known, times_s), 1, max(len(known) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(known) - 1)
    span = np.maximum(known[after] - known[before], 1e-9)
    share = np.clip((times_s - known[before]) / span, 0.0, 1.0)[:, None]
    root = pose.root[before] * (1 - share) + pose.root[after] * share
    start, end = pose.rotations[before], pose.rotations[after]
    dot = np.einsum("tjc,tjc->tj", start, end)
    end = end * np.where(dot < 0, -1.0, 1.0)[..., None]
    angle = np.arccos(np.clip(np.abs(dot), 0, 1))
    sine = np.sin(angle)
    small = sine < 1e-6
    safe = np.where(small, 1.0, sine)
    first = np.where(small, 1 - share, np.sin((1 - share) * angle) / safe)
    second = np.where(small, share, np.sin(share * angle) / safe)
    mixed = first[..., None] * start + second[..., None] * end
    mixed /= np.linalg.norm(mixed, axis=-1, keepdims=True)
    for bone in range(mixed.shape[1]):
        mixed[:, bone] = same_sign(mixed[:, bone])
    return RigPose(np.asarray(times_s, np.float64), root, mixed)
