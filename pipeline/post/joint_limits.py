"""Detect knees and elbows that bend backward, from the plane of the limb, and repair them.

A knee (elbow) bends about an axis that rotates with the thigh (upper arm) when this swings without twist; hips and
shoulders twist, so the axis is only known to within a wide angle. A joint bends backward if its axis points nearly the
other way (cosine below -0.8), at a bend that is neither small (noise, over-stretched knees) nor so deep that the legs
are crossed under the body: in the validation motion, 140 000 planes of joints, this never happens.

A wrong knee is nearly always a wrong depth. It is mirrored about the line hip-ankle along the line of sight, which
keeps the lengths of both bones, the other joints and the image. Where it then still bends backward, the 2D joints are
wrong, too: the knee is rotated about the line hip-ankle to the side, by the smallest sufficient angle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..body.filters import runs
from ..core.arrays import Doubles
from ..rig.rotations import chest_and_hips, swung

KNEES_AND_ELBOWS = ((1, 2, 3), (4, 5, 6), (11, 12, 13), (14, 15, 16))  # joints of right and left leg, left, right arm
_BACKWARD_COSINE = -0.8  # cosine between measured and expected axis, below which a joint bends backward
_EASE_FRAMES = 4  # frames before and after a repair over which it fades
_CHECKED_BENDS_DEG = (25.0, 120.0)  # degrees, range of bends that are checked


def backward(joints: Doubles) -> NDArray[np.bool_]:
    """Return which of `KNEES_AND_ELBOWS` bend backward, (T, 4), in joints (T, 17, 3).

    In any right-handed axes, NaN = not known.
    """
    out = np.zeros((len(joints), 4), np.bool_)
    seen = np.isfinite(joints).all(axis=(1, 2))
    if seen.any():
        known = joints[seen]
        axes = bending_axes(known)
        found = [_is_backward(known, limb, axis) for limb, axis in zip(KNEES_AND_ELBOWS, axes, strict=True)]
        out[seen] = np.stack(found, axis=1)
    return out


def repair_backward(joints: Doubles, lines: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
    """Bend knees and elbows of joints (T, 17, 3) forward; also return which (T, 4) changed.

    The joints have constant bones, in camera axes. `lines` (T, 17, 3): their lines of sight, of any length (NaN:
    straight ahead). Only knees and elbows move.
    """
    out, changed = joints.copy(), backward(joints)
    frames = np.flatnonzero(changed.any(axis=1))
    if not len(frames):
        return out, changed
    axes = bending_axes(joints[frames])
    for column, limb in enumerate(KNEES_AND_ELBOWS):
        here = changed[frames, column]
        at = frames[here]
        if len(at):
            part = joints[at]
            line = np.where(np.isfinite(lines[at, limb[1]]), lines[at, limb[1]], [0.0, 0.0, 1.0])
            part[:, limb[1]] = _mirror_depth(part, limb, line)
            still = _is_backward(part, limb, axes[column][here])
            part[still, limb[1]] = _bend_sideways(part[still], limb, axes[column][here][still])
            out[at, limb[1]] = part[:, limb[1]]
    return out, changed


def turn_sideways(joints: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
    """Rotate backward knees and elbows to the side; also return which (T, 4) were backward.

    As `repair_backward`, but without mirroring: the rotation fades over the frames before and after.
    """
    out, changed = joints.copy(), backward(joints)
    for column, limb in enumerate(KNEES_AND_ELBOWS):
        for run in runs(changed[:, column]):
            start, stop = max(run.start - _EASE_FRAMES, 0), min(run.stop + _EASE_FRAMES, len(joints))
            while not np.isfinite(joints[start]).all():
                start += 1
            while not np.isfinite(joints[stop - 1]).all():
                stop -= 1
            part = out[start:stop]
            axis = bending_axes(part)[column]
            along, offset, base = _perpendicular(part, limb)
            sideways = _bend_sideways(part, limb, axis) - base
            third = np.cross(along, offset)
            angle = np.arctan2((sideways * third).sum(-1), (sideways * offset).sum(-1))
            inside = slice(run.start - start, run.stop - start)
            # The same direction of rotation for the whole run, with a linear fade in and out.
            sign = 1.0 if angle[inside].sum() >= 0 else -1.0
            angle = np.where(angle * sign < 0, angle + sign * np.pi, angle)
            row = np.arange(len(part))
            from_edge = np.maximum(np.maximum(inside.start - row, row - inside.stop + 1), 0)
            middle = np.interp(row, row[inside], angle[inside]) * (1 - from_edge / (_EASE_FRAMES + 1))
            c, s = np.cos(middle)[:, None], np.sin(middle)[:, None]
            part[:, limb[1]] = base + c * offset + s * third
    return out, changed


def bending_axes(joints: Doubles) -> list[Doubles]:
    """Return the axes (n, 3) of forward bending of `KNEES_AND_ELBOWS` for joints (n, 17, 3).

    Hips and shoulders are assumed not to twist.
    """
    x, y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    chest, hips = chest_and_hips(joints)
    axes = [swung(hips, -y, unit(joints[:, knee] - joints[:, hip]), x) for hip, knee, _ in KNEES_AND_ELBOWS[:2]]
    for sign, (shoulder, elbow, _) in zip((1.0, -1.0), KNEES_AND_ELBOWS[2:], strict=True):
        upper = unit(joints[:, elbow] - joints[:, shoulder])
        # Axis of a forearm that bends forward: the rest pose's up, with the signs of `rotations`.
        axes.append(-sign * swung(chest, sign * x, upper, y))
    return axes


def _is_backward(joints: Doubles, limb: tuple[int, int, int], axis: Doubles) -> NDArray[np.bool_]:
    """Return whether a limb bends about the opposite of `axis`, (n,)."""
    first, second = joints[:, limb[1]] - joints[:, limb[0]], joints[:, limb[2]] - joints[:, limb[1]]
    normal = np.cross(first, second)
    size = np.linalg.norm(normal, axis=1)
    bend = np.degrees(np.arctan2(size, (first * second).sum(-1)))
    cosine = (normal * axis).sum(-1) / np.maximum(size, 1e-12)
    in_range = (bend > _CHECKED_BENDS_DEG[0]) & (bend < _CHECKED_BENDS_DEG[1])
    return np.asarray(in_range & (cosine < _BACKWARD_COSINE))


def _perpendicular(joints: Doubles, limb: tuple[int, int, int]) -> tuple[Doubles, Doubles, Doubles]:
    """Return the direction first-last joint, the middle joint's offset, and its base point.

    Each (n, 3); the base point is the projection of the middle joint onto the line.
    """
    start, middle = joints[:, limb[0]], joints[:, limb[1]]
    along = unit(joints[:, limb[2]] - start)
    base = start + ((middle - start) * along).sum(-1, keepdims=True) * along
    return along, middle - base, base


def _mirror_depth(joints: Doubles, limb: tuple[int, int, int], line: Doubles) -> Doubles:
    """Mirror the depth of the middle joint (n, 3) about the line between the others."""
    along, offset, base = _perpendicular(joints, limb)
    depth = unit(line - (line * along).sum(-1, keepdims=True) * along)
    return np.asarray(base + offset - 2 * (offset * depth).sum(-1, keepdims=True) * depth)


def _bend_sideways(joints: Doubles, limb: tuple[int, int, int], axis: Doubles) -> Doubles:
    """Rotate the middle joint (n, 3) about the line between the others until it bends sideways."""
    along, offset, base = _perpendicular(joints, limb)
    size = np.linalg.norm(offset, axis=1, keepdims=True)
    # The normal of the limb's plane is at right angles to the offset: sideways is where the offset is along the axis.
    side = axis - (axis * along).sum(-1, keepdims=True) * along
    undefined = np.linalg.norm(side, axis=1, keepdims=True) < 1e-6
    side = unit(np.where(undefined, offset, side))
    sign = np.where((offset * side).sum(-1, keepdims=True) < 0, -1.0, 1.0)
    return np.asarray(base + sign * size * side)
