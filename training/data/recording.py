"""Recorded motion as it leaves a file: named points of a body and how they are turned, before it becomes 17 joints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Doubles


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of motion. `P` named points, `F` frames, in the file's own unit and axes."""

    names: tuple[str, ...]
    positions: Doubles  # (F, P, 3)
    rotations: Doubles  # (F, P, 3, 3) of the part of the body that moves with the point: local axes to the file's
    rate_hz: float
    metres: float | None = None  # length of one unit, if the format says so


def about(axis: str, angle_rad: Doubles) -> Doubles:
    """Rotations (..., 3, 3) by angles (...) about "x", "y" or "z": right-handed, acting on columns."""
    c, s, zero, one = np.cos(angle_rad), np.sin(angle_rad), np.zeros_like(angle_rad), np.ones_like(angle_rad)
    rows = {
        "x": ((one, zero, zero), (zero, c, -s), (zero, s, c)),
        "y": ((c, zero, s), (zero, one, zero), (-s, zero, c)),
        "z": ((c, -s, zero), (s, c, zero), (zero, zero, one)),
    }[axis.lower()]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def product(axes: str, angles_rad: Doubles) -> Doubles:
    """Rotations (..., 3, 3): `about(axes[0]) @ about(axes[1]) @ ...` with angles (..., len(axes))."""
    out: Doubles = np.broadcast_to(np.eye(3), (*angles_rad.shape[:-1], 3, 3))
    for place, axis in enumerate(axes):
        out = out @ about(axis, angles_rad[..., place])
    return out
