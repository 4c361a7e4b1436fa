"""Turn the detector's own depth of the joints into a network's input channel.

A detector that answers in 3D (BlazePose) knows something that its image points do not show: whether a hand is in front
of the body or behind it. Lifters that were trained with it have the channel "depth", always the last one, after the
channels of their normalisation rule. Zero stands for unknown, as in training (`training.synthesis.mixture`).

Shapes: `B` windows, `F` frames, 17 joints of H36M-17.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.arrays import Floats, check_shape

CHANNEL = "depth"
_DEEPEST_M = 1.5  # m at unit stature, limit of the channel


def has_depth(channels: Sequence[str]) -> bool:
    """Return whether a lifter with these input channels takes the detector's own depth."""
    return CHANNEL in channels


def with_depth(values: Floats, depth: Floats | None, unit_stature_m: float) -> Floats:
    """Append the channel to network input (B, F, 17, C): (B, F, 17, C + 1).

    `depth` (B, F, 17) is relative to the pelvis, in chain lengths (`core.poses.depth_h36m17_from`), NaN: unknown; None:
    unknown everywhere. `unit_stature_m`: chain length of the bodies that the network was trained with.
    """
    channel = np.zeros(values.shape[:-1], np.float32)
    if depth is not None:
        check_shape("depth", depth, values.shape[:-1])
        channel = np.clip(np.nan_to_num(depth) * np.float32(unit_stature_m), -_DEEPEST_M, _DEEPEST_M)
    return np.ascontiguousarray(np.concatenate([values, channel[..., None]], axis=-1), dtype=np.float32)
