"""No joint of the rig turns by more than a body can from one frame to the next, whatever its bones do.

A knee or an elbow that hardly bends stands off the line between its neighbours by millimetres, and which way it does is
noise; but that way is how the limb is turned about itself. Where it makes a local rotation leap, the joint is led round
that line evenly over the frames around: its neighbours, the lengths of the bones and, to a few millimetres, its place
stay as they are. Before that, bones that swing too fast are slowed down (`turns`): locking a foot that never stood
there can do that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.bones import measure_body, unit
from ..body.filters import runs
from ..core.arrays import Doubles
from ..rig.rotations import solve
from ..rig.skeleton import NAMES, rig_from_world
from .joint_limits import HINGES, backward, turned_aside
from .turn_rate import limited_turns

MOST_DEG = 55.0
_HALF = 5  # frames to each side of a leap in the first round, twice that in the second, ...
_ROUNDS = 6
# Bones whose leap a hinge's swivel causes, in the order of `HINGES`.
_BONES = (
    ("RightUpLeg", "RightLeg"),
    ("LeftUpLeg", "LeftLeg"),
    ("LeftArm", "LeftForeArm"),
    ("RightArm", "RightForeArm"),
)
_COLUMNS = [[NAMES.index(name) for name in pair] for pair in _BONES]


def calm_swivels(world: Doubles, rate_hz: float, forward_only: bool = True) -> tuple[Doubles, NDArray[np.bool_]]:
    """(T, 17, 3) world, NaN = not seen -> the same with limbs that turn evenly, and which frames (T,) changed.

    `forward_only`: knees and elbows that bend backward then are turned aside (`limits`).
    """
    out = world.copy()
    changed = np.zeros(len(world), np.bool_)
    for run in runs(np.isfinite(world).all(axis=(1, 2))):
        if run.stop - run.start < 3:
            continue
        part, touched = limited_turns(out[run], measure_body(out[run]), rate_hz)
        for number in range(1, _ROUNDS + 1):
            leaps = local_steps_deg(part, rate_hz) > MOST_DEG
            wrong = forward_only and bool(backward(part).any())
            if not leaps.any() and not wrong:
                break
            for hinge, columns in zip(HINGES, _COLUMNS, strict=True):
                for frame in np.flatnonzero(leaps[:, columns].any(axis=1)):
                    a, b = max(frame - number * _HALF, 0), min(frame + 1 + number * _HALF, len(part) - 1)
                    lead_round(part[a : b + 1], hinge)
                    touched[a + 1 : b] = True
            if forward_only:
                part, aside = turned_aside(part)
                touched |= aside.any(axis=1)
        out[run], changed[run] = part, touched
    return out, changed


def local_steps_deg(world: Doubles, rate_hz: float) -> Doubles:
    """(T, 17, 3), all known -> (T - 1, 21) degrees by which each bone of the rig turns against its parent."""
    pose = solve(rig_from_world(world), np.arange(len(world)) / rate_hz, rate_hz).rotations
    dot = np.abs(np.einsum("tjc,tjc->tj", pose[1:], pose[:-1]))
    return np.asarray(np.degrees(2 * np.arccos(np.clip(dot, 0, 1))))


def lead_round(part: Doubles, hinge: tuple[int, int, int]) -> None:
    """Lead the middle joint of a hinge round evenly between the first and the last frame of (n, 17, 3), in place."""
    start, middle, end = (part[:, joint] for joint in hinge)
    along = unit(end - start)
    foot = start + ((middle - start) * along).sum(-1, keepdims=True) * along
    offset = middle - foot
    size = np.linalg.norm(offset, axis=1)
    # The way that no turning about the line would take: the first frame's, carried along with the line.
    carried = np.empty_like(offset)
    carried[0] = unit(offset[:1])[0]
    for i in range(1, len(part)):
        across = carried[i - 1] - (carried[i - 1] @ along[i]) * along[i]
        carried[i] = across / max(float(np.linalg.norm(across)), 1e-9)
    third = np.cross(along, carried)
    angle = float(np.arctan2(offset[-1] @ third[-1], offset[-1] @ carried[-1]))
    share = np.linspace(0, 1, len(part))
    turn = (angle * share**2 * (3 - 2 * share))[:, None]
    part[1:-1, hinge[1]] = (foot + size[:, None] * (np.cos(turn) * carried + np.sin(turn) * third))[1:-1]
