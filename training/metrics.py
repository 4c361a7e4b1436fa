"""Compute pose metrics: MPJPE, P-MPJPE, N-MPJPE, velocity and acceleration error.

Pure numpy, float64; joints (..., 17, 3) in metres, results in metres. `T` is the number of frames. MPJPE is
root-aligned; N-MPJPE is also scaled optimally (Rhodin et al., CVPR 2018), P-MPJPE also rotated optimally (Procrustes).
"""

from __future__ import annotations

import numpy as np

from pipeline.core.arrays import Doubles

_REFERENCE_HZ = 50.0  # accelerations are reported in mm per (1/50 s)^2, the frame rate of Human3.6M


def joint_errors(predicted: Doubles, true: Doubles) -> Doubles:
    """Measure root-aligned joint distances: (..., 17, 3) -> (..., 17)."""
    off = (predicted - predicted[..., :1, :]) - (true - true[..., :1, :])
    return np.asarray(np.linalg.norm(off, axis=-1))


def mpjpe(predicted: Doubles, true: Doubles) -> Doubles:
    """Average `joint_errors` over the joints (MPJPE): (..., 17, 3) -> (...)."""
    return np.asarray(joint_errors(predicted, true).mean(-1))


def n_mpjpe(predicted: Doubles, true: Doubles) -> Doubles:
    """Compute N-MPJPE, MPJPE at the least-squares scale per frame: (..., 17, 3) -> (...)."""
    p, t = predicted - predicted[..., :1, :], true - true[..., :1, :]
    scale = (p * t).sum((-1, -2), keepdims=True) / np.maximum((p * p).sum((-1, -2), keepdims=True), 1e-12)
    return mpjpe(p * scale, t)


def p_joint_errors(predicted: Doubles, true: Doubles) -> Doubles:
    """Measure joint distances after Procrustes alignment per frame: (..., 17, 3) -> (..., 17).

    The alignment is a similarity transform without reflection.
    """
    p, t = predicted - predicted.mean(-2, keepdims=True), true - true.mean(-2, keepdims=True)
    u, s, vt = np.linalg.svd(np.swapaxes(p, -1, -2) @ t)
    sign = np.ones_like(s)
    sign[..., -1] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign[..., None, :]) @ vt
    scale = (s * sign).sum(-1) / np.maximum((p * p).sum((-1, -2)), 1e-12)
    off = scale[..., None, None] * (p @ rotation) - t
    return np.asarray(np.linalg.norm(off, axis=-1))


def p_mpjpe(predicted: Doubles, true: Doubles) -> Doubles:
    """Average `p_joint_errors` over the joints (P-MPJPE): (..., 17, 3) -> (...)."""
    return np.asarray(p_joint_errors(predicted, true).mean(-1))


def velocity_error(predicted: Doubles, true: Doubles) -> Doubles:
    """Compute the mean velocity error per frame (MPJVE of VideoPose3D): (T, 17, 3) -> (T - 1,)."""
    off = (predicted - predicted[:, :1]) - (true - true[:, :1])
    return np.asarray(np.linalg.norm(np.diff(off, axis=0), axis=-1).mean(-1))


def joint_acceleration_errors(predicted: Doubles, true: Doubles, rate_hz: float) -> Doubles:
    """Compute the acceleration error of each joint, per (1/50 s)^2: (T, 17, 3) -> (T - 2, 17)."""
    off = (predicted - predicted[:, :1]) - (true - true[:, :1])
    return np.asarray(np.linalg.norm(np.diff(off, 2, axis=0), axis=-1) * (rate_hz / _REFERENCE_HZ) ** 2)


def acceleration_error(predicted: Doubles, true: Doubles, rate_hz: float) -> Doubles:
    """Average `joint_acceleration_errors` over the joints: (T, 17, 3) -> (T - 2,)."""
    return np.asarray(joint_acceleration_errors(predicted, true, rate_hz).mean(-1))


def peak_speed(joints: Doubles, rate_hz: float, which: tuple[int, ...] = (3, 6, 13, 16)) -> float:
    """Compute the 95th percentile of wrist and ankle speed, m/s: (T, 17, 3) -> scalar.

    Speeds are root-relative. The ratio of prediction to truth falls below 1 where a lifter flattens fast motion.
    """
    speed = np.linalg.norm(np.diff(joints - joints[:, :1], axis=0), axis=-1)[:, list(which)] * rate_hz
    return float(np.percentile(speed, 95))
