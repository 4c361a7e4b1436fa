"""Hold a motion capture recording in its rig's own points, before conversion to 17 joints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Doubles


@dataclass(frozen=True, slots=True)
class MocapRecording:
    """One motion capture file: `P` named points over `F` frames, in the file's unit and axes."""

    names: tuple[str, ...]
    positions: Doubles  # (F, P, 3)
    rotations: Doubles  # (F, P, 3, 3) file_from_segment, of the body segment that moves with the point
    rate_hz: float
    metres: float | None = None  # m per unit of length; None: the format does not define it


def axis_rotation(axis: str, angle_rad: Doubles) -> Doubles:
    """Build rotations (..., 3, 3) about "x", "y" or "z" by angles (...).

    Right-handed, acting on columns.
    """
    c, s, zero, one = np.cos(angle_rad), np.sin(angle_rad), np.zeros_like(angle_rad), np.ones_like(angle_rad)
    rows = {
        "x": ((one, zero, zero), (zero, c, -s), (zero, s, c)),
        "y": ((c, zero, s), (zero, one, zero), (-s, zero, c)),
        "z": ((c, -s, zero), (s, c, zero), (zero, zero, one)),
    }[axis.lower()]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def euler_rotation(axes: str, angles_rad: Doubles) -> Doubles:
    """Chain axis rotations: angles (..., len(axes)) -> rotations (..., 3, 3).

    `axis_rotation(axes[0]) @ axis_rotation(axes[1]) @ ...`.
    """
    out: Doubles = np.broadcast_to(np.eye(3), (*angles_rad.shape[:-1], 3, 3))
    for column, axis in enumerate(axes):
        out = out @ axis_rotation(axis, angles_rad[..., column])
    return out
