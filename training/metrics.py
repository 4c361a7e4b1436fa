"""The field's measures of a sequence of 3D joints. Pure numpy, float64; joints (..., 17, 3) metres, results metres.

Letters: `T` frames. MPJPE is root-aligned; N-MPJPE also at the best scale (Rhodin et al., CVPR 2018), P-MPJPE also at
the best rotation (Procrustes).
"""

from __future__ import annotations

import numpy as np

from pipeline.core.arrays import Doubles

_AT_HZ = 50.0  # accelerations are told in mm per (1/50 s)^2, the rate of the field's benchmark


def joint_errors(predicted: Doubles, true: Doubles) -> Doubles:
    """(..., 17, 3) -> (..., 17) distances of the joints with the pelvises together."""
    off = (predicted - predicted[..., :1, :]) - (true - true[..., :1, :])
    return np.asarray(np.linalg.norm(off, axis=-1))


def mpjpe(predicted: Doubles, true: Doubles) -> Doubles:
    """(..., 17, 3) -> (...) mean of the `joint_errors`."""
    return np.asarray(joint_errors(predicted, true).mean(-1))


def n_mpjpe(predicted: Doubles, true: Doubles) -> Doubles:
    """As `mpjpe`, after the scale that fits best in every frame."""
    p, t = predicted - predicted[..., :1, :], true - true[..., :1, :]
    scale = (p * t).sum((-1, -2), keepdims=True) / np.maximum((p * p).sum((-1, -2), keepdims=True), 1e-12)
    return mpjpe(p * scale, t)


def p_joint_errors(predicted: Doubles, true: Doubles) -> Doubles:
    """(..., 17, 3) -> (..., 17) distances after the similarity (no mirroring) that fits best in every frame."""
    p, t = predicted - predicted.mean(-2, keepdims=True), true - true.mean(-2, keepdims=True)
    u, s, vt = np.linalg.svd(np.swapaxes(p, -1, -2) @ t)
    sign = np.ones_like(s)
    sign[..., -1] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign[..., None, :]) @ vt
    scale = (s * sign).sum(-1) / np.maximum((p * p).sum((-1, -2)), 1e-12)
    off = scale[..., None, None] * (p @ rotation) - t
    return np.asarray(np.linalg.norm(off, axis=-1))


def p_mpjpe(predicted: Doubles, true: Doubles) -> Doubles:
    """Mean of the `p_joint_errors`."""
    return np.asarray(p_joint_errors(predicted, true).mean(-1))


def velocity_error(predicted: Doubles, true: Doubles) -> Doubles:
    """(T, 17, 3) -> (T - 1,) mean error of the joints' step from frame to frame (MPJVE of VideoPose3D), per frame."""
    off = (predicted - predicted[:, :1]) - (true - true[:, :1])
    return np.asarray(np.linalg.norm(np.diff(off, axis=0), axis=-1).mean(-1))


def joint_acceleration_errors(predicted: Doubles, true: Doubles, rate_hz: float) -> Doubles:
    """(T, 17, 3) -> (T - 2, 17) error of each joint's acceleration, per (1/50 s)^2."""
    off = (predicted - predicted[:, :1]) - (true - true[:, :1])
    return np.asarray(np.linalg.norm(np.diff(off, 2, axis=0), axis=-1) * (rate_hz / _AT_HZ) ** 2)


def acceleration_error(predicted: Doubles, true: Doubles, rate_hz: float) -> Doubles:
    """(T, 17, 3) -> (T - 2,) mean of the `joint_acceleration_errors`."""
    return np.asarray(joint_acceleration_errors(predicted, true, rate_hz).mean(-1))


def peak_speed(joints: Doubles, rate_hz: float, which: tuple[int, ...] = (3, 6, 13, 16)) -> float:
    """(T, 17, 3) -> m/s: 95th percentile of the speed of wrists and ankles; flattening shows in its share."""
    speed = np.linalg.norm(np.diff(joints - joints[:, :1], axis=0), axis=-1)[:, list(which)] * rate_hz
    return float(np.percentile(speed, 95))
