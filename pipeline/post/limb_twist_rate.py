"""Limit the twist rate of nearly straight limbs (swivel about the limb's axis).

A knee or an elbow that hardly bends is only millimetres off the line between its neighbours, and the direction of that
offset is noise; but this direction determines the twist of the limb. Where it makes a local rotation jump, the joint is
rotated evenly about that line over the frames around: its neighbours, the bone lengths and, to a few millimetres, its
position do not change. Before that, bones that swing too fast are slowed down (`turn_rate`): the lock of a foot that
did not really stand can cause this.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..body.bones import measure_body, unit
from ..body.filters import runs
from ..body.track_constants import TrackConstants
from ..core.arrays import Doubles
from ..rig.rotations import solve
from ..rig.skeleton import NAMES, rig_from_world
from .joint_limits import KNEES_AND_ELBOWS, backward, turn_sideways
from .turn_rate import limit_turn_rate

MAX_STEP_DEG = 55.0  # degrees, largest local rotation of a bone between two frames
_HALF_WINDOW = 5  # frames before and after a jump in the first pass, twice that in the second, ...
_REACH_S = 3.0  # s to either side on which a bone's rotation depends: the planes of limbs are averaged over 2.4 s
_PASSES = 6  # passes, each over a longer window than the one before
# Bones whose local rotation depends on the swivel, in the order of `KNEES_AND_ELBOWS`.
_BONES = (
    ("RightUpLeg", "RightLeg"),
    ("LeftUpLeg", "LeftLeg"),
    ("LeftArm", "LeftForeArm"),
    ("RightArm", "RightForeArm"),
)
_COLUMNS = [[NAMES.index(name) for name in pair] for pair in _BONES]


def limit_twist_rate(
    world: Doubles, rate_hz: float, forward_only: bool = True, constants: TrackConstants | None = None
) -> tuple[Doubles, NDArray[np.bool_]]:
    """Limit the twist rate of limbs in world joints (T, 17, 3); also return changed frames (T,).

    NaN = not seen. `forward_only`: knees and elbows that bend backward afterwards are rotated to the side
    (`joint_limits`). `constants`: those of the whole track, where this is a stretch of it.
    """
    out = world.copy()
    constants = constants or TrackConstants()
    changed = np.zeros(len(world), np.bool_)
    for run in runs(np.isfinite(world).all(axis=(1, 2))):
        if run.stop - run.start < 3:
            continue
        body = constants.of_run("body", run, partial(measure_body, out[run]))
        part, touched = limit_turn_rate(out[run], body, rate_hz)
        jumps, wrong = np.zeros((len(part) - 1, len(NAMES)), np.bool_), np.zeros(len(part), np.bool_)
        changed_now = np.ones(len(part), np.bool_)
        for number in range(1, _PASSES + 1):
            _find_jumps(jumps, part, changed_now, rate_hz)
            if forward_only:
                wrong[changed_now] = backward(part[changed_now]).any(axis=1)
            if not jumps.any() and not wrong.any():
                break
            before = part.copy()
            for limb, columns in zip(KNEES_AND_ELBOWS, _COLUMNS, strict=True):
                for frame in np.flatnonzero(jumps[:, columns].any(axis=1)):
                    a, b = max(frame - number * _HALF_WINDOW, 0), min(frame + 1 + number * _HALF_WINDOW, len(part) - 1)
                    spread_swivel(part[a : b + 1], limb)
                    touched[a + 1 : b] = True
            if forward_only:
                part, sideways = turn_sideways(part)
                touched |= sideways.any(axis=1)
            changed_now = (part != before).any(axis=(1, 2))
        out[run], changed[run] = part, touched
    return out, changed


def _find_jumps(jumps: NDArray[np.bool_], world: Doubles, changed: NDArray[np.bool_], rate_hz: float) -> None:
    """Update which bones jump (T - 1, 21) in place, around the rows `changed` (T,) of joints (T, 17, 3)."""
    reach = round(_REACH_S * rate_hz) + 1
    near = np.convolve(changed, np.ones(2 * reach + 1), "same")[: len(changed)] > 0.5 if reach < len(changed) else None
    if near is None or near.all():
        jumps[:] = local_steps_deg(world, rate_hz) > MAX_STEP_DEG
        return
    for run in runs(near):
        around = slice(max(run.start - reach, 0), run.stop + reach)
        found = local_steps_deg(world[around], rate_hz) > MAX_STEP_DEG
        inner = slice(run.start, min(run.stop, len(jumps)))
        jumps[inner] = found[inner.start - around.start : inner.stop - around.start]


def local_steps_deg(world: Doubles, rate_hz: float) -> Doubles:
    """Measure the local rotation of each bone between frames, (T, 17, 3) -> (T - 1, 21) degrees.

    All joints must be known.
    """
    pose = solve(rig_from_world(world), np.arange(len(world)) / rate_hz, rate_hz).rotations
    dot = np.abs(np.einsum("tjc,tjc->tj", pose[1:], pose[:-1]))
    return np.asarray(np.degrees(2 * np.arccos(np.clip(dot, 0, 1))))


def spread_swivel(part: Doubles, limb: tuple[int, int, int]) -> None:
    """Spread the swivel of a limb evenly over the frames of (n, 17, 3), in place.

    The first and the last frame do not change.
    """
    start, middle, end = (part[:, joint] for joint in limb)
    along = unit(end - start)
    base = start + ((middle - start) * along).sum(-1, keepdims=True) * along
    offset = middle - base
    size = np.linalg.norm(offset, axis=1)
    # Directions of the offset without any swivel: that of the first frame, transported along with the line.
    carried = np.empty_like(offset)
    carried[0] = unit(offset[:1])[0]
    for i in range(1, len(part)):
        across = carried[i - 1] - (carried[i - 1] @ along[i]) * along[i]
        carried[i] = across / max(float(np.linalg.norm(across)), 1e-9)
    third = np.cross(along, carried)
    angle = float(np.arctan2(offset[-1] @ third[-1], offset[-1] @ carried[-1]))
    share = np.linspace(0, 1, len(part))
    turn = (angle * share**2 * (3 - 2 * share))[:, None]
    part[1:-1, limb[1]] = (base + size[:, None] * (np.cos(turn) * carried + np.sin(turn) * third))[1:-1]
