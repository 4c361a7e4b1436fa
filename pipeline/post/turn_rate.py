"""Limit the turn rate of bones: spread turns that are too fast over the frames around them.

Where a limb points at the camera, the lifted bone is nearly as short as its error, and its direction can flip in one
frame. Only directions are changed, along the shorter great circle, and only in the frames that need it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.bones import DIRECTIONS, Body, unit, with_body
from ..body.filters import runs
from ..core.arrays import Doubles

MAX_STEP_DEG = 30.0  # degrees between two frames; hardly any motion capture at 24 fps is faster
_MAX_DEG_S = 2000.0  # degrees/s, limit at high frame rates; a pitcher's forearm reaches it
_PASSES = 4  # passes over each bone; later ones spread what earlier ones pushed to their ends


def limit_turn_rate(joints: Doubles, body: Body, rate_hz: float) -> tuple[Doubles, NDArray[np.bool_]]:
    """Limit the turn rate of bones in joints (T, 17, 3); also return the changed frames (T,).

    The joints have constant bones; NaN = not known.
    """
    max_step = np.radians(min(MAX_STEP_DEG, max(_MAX_DEG_S / rate_hz, 10.0)) if rate_hz > 0 else MAX_STEP_DEG)
    out = joints.copy()
    changed = np.zeros(len(joints), np.bool_)
    for run in runs(np.isfinite(joints).all(axis=(1, 2))):
        part = joints[run]
        vectors = {bone: unit(part[:, bone[0]] - part[:, bone[1]]) for bone in DIRECTIONS}
        touched = np.zeros(len(part), np.bool_)
        for vector in vectors.values():
            for _ in range(_PASSES):
                spread = _spread(vector, max_step)
                touched |= spread
                if not spread.any():
                    break
        if touched.any():
            again = _joints(part[:, 0], vectors, body)
            out[run][touched] = again[touched]
            changed[run] = touched
    return out, changed


def _joints(pelvis: Doubles, vectors: dict[tuple[int, int], Doubles], body: Body) -> Doubles:
    """Build joints (n, 17, 3) from pelvis positions (n, 3) and unit vectors of the bones."""
    whole = np.zeros((len(pelvis), 17, 3))
    whole[:, 0] = pelvis
    for hip, side in ((4, 0.5), (1, -0.5)):
        whole[:, hip] = pelvis + side * vectors[4, 1]
    whole[:, 8] = pelvis + vectors[8, 0]
    for shoulder, side in ((11, 0.5), (14, -0.5)):
        whole[:, shoulder] = whole[:, 8] + side * vectors[11, 14]
    for to, origin in DIRECTIONS[3:]:
        whole[:, to] = whole[:, origin] + vectors[to, origin]
    return with_body(whole, body)


def _spread(vector: Doubles, max_step: float) -> NDArray[np.bool_]:
    """Spread steps of unit vectors (n, 3) above `max_step` radians; return changed frames.

    The vectors change in place.
    """
    changed = np.zeros(len(vector), np.bool_)
    steps = np.arccos(np.clip((vector[1:] * vector[:-1]).sum(-1), -1, 1))
    for frame in np.flatnonzero(steps > max_step):
        for half in range(1, len(vector)):
            a, b = max(frame - half + 1, 0), min(frame + half, len(vector) - 1)
            angle = float(np.arccos(np.clip(vector[a] @ vector[b], -1, 1)))
            if b - a > 1 and angle <= 0.8 * max_step * (b - a):
                vector[a : b + 1] = _great_circle(vector[a], vector[b], vector[(a + b) // 2], b - a)
                changed[a + 1 : b] = True
                break
    return changed


def _great_circle(start: Doubles, end: Doubles, middle: Doubles, steps: int) -> Doubles:
    """Interpolate unit vectors (steps + 1, 3) from `start` to `end`.

    Through `middle` if they are opposite.
    """
    angle = float(np.arccos(np.clip(start @ end, -1, 1)))
    across = end - (end @ start) * start
    if np.linalg.norm(across) < 1e-3:
        across = middle - (middle @ start) * start
    if np.linalg.norm(across) < 1e-3:
        across = np.eye(3)[np.argmin(np.abs(start))]
        across = across - (across @ start) * start
    across = across / np.linalg.norm(across)
    turn = np.linspace(0, angle, steps + 1)[:, None]
    return np.asarray(np.cos(turn) * start + np.sin(turn) * across)
