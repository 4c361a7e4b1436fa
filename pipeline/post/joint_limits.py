"""Knees and elbows do not bend backward: told from the plane of the limb, repaired where the picture allows it.

A hinge bends about an axis that turns with the thigh (upper arm) when this swings without twist; hips and shoulders
twist, so the axis is only known to within a wide angle. What counts as backward is an axis that points nearly the other
way (cosine under -0.8) at a bend that is neither small (noise, over-stretched knees) nor so deep that the legs are
crossed under the body: in the validation motion, 140 000 joints' planes, that never happens.

A wrong knee is nearly always a wrong depth. It is mirrored in the plane that the line of sight leaves as it is, which
keeps both bones' lengths, the other joints and the picture. Where it then still bends backward, the picture says so,
too: the knee is turned about the line hip-ankle to the side, by the smallest turn that will do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..body.filters import runs
from ..core.arrays import Doubles
from ..rig.rotations import chest_and_hips, swung

HINGES = ((1, 2, 3), (4, 5, 6), (11, 12, 13), (14, 15, 16))  # right knee, left knee, left elbow, right elbow
NAMES = ("right_knee", "left_knee", "left_elbow", "right_elbow")
_WRONG_COSINE = -0.8
_EASE = 4  # frames
_BENDS_DEG = (25.0, 120.0)


def backward(joints: Doubles) -> NDArray[np.bool_]:
    """(T, 17, 3) in any right-handed axes, NaN = not known -> (T, 4) which `HINGES` bend backward."""
    out = np.zeros((len(joints), 4), np.bool_)
    seen = np.isfinite(joints).all(axis=(1, 2))
    if seen.any():
        known = joints[seen]
        axes = rest_axes(known)
        out[seen] = np.stack([_wrong(known, hinge, axis) for hinge, axis in zip(HINGES, axes, strict=True)], axis=1)
    return out


def repaired(joints: Doubles, sights: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
    """(T, 17, 3) of constant bones, camera axes; (T, 17, 3) the joints' lines of sight, of any length (NaN: ahead).

    Returns the joints with every hinge bent forward, and which (T, 4) were changed. Only knees and elbows move.
    """
    out, changed = joints.copy(), backward(joints)
    frames = np.flatnonzero(changed.any(axis=1))
    if not len(frames):
        return out, changed
    axes = rest_axes(joints[frames])
    for column, hinge in enumerate(HINGES):
        here = changed[frames, column]
        at = frames[here]
        if len(at):
            part = joints[at]
            sight = np.where(np.isfinite(sights[at, hinge[1]]), sights[at, hinge[1]], [0.0, 0.0, 1.0])
            part[:, hinge[1]] = _mirrored(part, hinge, sight)
            still = _wrong(part, hinge, axes[column][here])
            part[still, hinge[1]] = _turned(part[still], hinge, axes[column][here][still])
            out[at, hinge[1]] = part[:, hinge[1]]
    return out, changed


def turned_aside(joints: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
    """As `repaired`, but nothing is mirrored: the middle joint is turned aside, and eased there over frames around."""
    out, changed = joints.copy(), backward(joints)
    for column, hinge in enumerate(HINGES):
        for run in runs(changed[:, column]):
            start, stop = max(run.start - _EASE, 0), min(run.stop + _EASE, len(joints))
            while not np.isfinite(joints[start]).all():
                start += 1
            while not np.isfinite(joints[stop - 1]).all():
                stop -= 1
            part = out[start:stop]
            axis = rest_axes(part)[column]
            along, offset, foot = _foot(part, hinge)
            aside = _turned(part, hinge, axis) - foot
            third = np.cross(along, offset)
            angle = np.arctan2((aside * third).sum(-1), (aside * offset).sum(-1))
            inside = slice(run.start - start, run.stop - start)
            # One way round for the whole stretch, in and out along a straight line.
            sign = 1.0 if angle[inside].sum() >= 0 else -1.0
            angle = np.where(angle * sign < 0, angle + sign * np.pi, angle)
            place = np.arange(len(part))
            from_edge = np.maximum(np.maximum(inside.start - place, place - inside.stop + 1), 0)
            middle = np.interp(place, place[inside], angle[inside]) * (1 - from_edge / (_EASE + 1))
            c, s = np.cos(middle)[:, None], np.sin(middle)[:, None]
            part[:, hinge[1]] = foot + c * offset + s * third
    return out, changed


def rest_axes(joints: Doubles) -> list[Doubles]:
    """(n, 17, 3) -> for each of `HINGES` the axis (n, 3) of bending forward, hip or shoulder without twist."""
    x, y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    chest, hips = chest_and_hips(joints)
    axes = [swung(hips, -y, unit(joints[:, knee] - joints[:, hip]), x) for hip, knee, _ in HINGES[:2]]
    for sign, (shoulder, elbow, _) in zip((1.0, -1.0), HINGES[2:], strict=True):
        upper = unit(joints[:, elbow] - joints[:, shoulder])
        # Of a forearm that bends forward: from the rest pose's up to the side that `rotations` uses, sign by sign.
        axes.append(-sign * swung(chest, sign * x, upper, y))
    return axes


def _wrong(joints: Doubles, hinge: tuple[int, int, int], axis: Doubles) -> NDArray[np.bool_]:
    """(n,) whether the hinge bends about the opposite of `axis`."""
    first, second = joints[:, hinge[1]] - joints[:, hinge[0]], joints[:, hinge[2]] - joints[:, hinge[1]]
    normal = np.cross(first, second)
    size = np.linalg.norm(normal, axis=1)
    bend = np.degrees(np.arctan2(size, (first * second).sum(-1)))
    cosine = (normal * axis).sum(-1) / np.maximum(size, 1e-12)
    return np.asarray((bend > _BENDS_DEG[0]) & (bend < _BENDS_DEG[1]) & (cosine < _WRONG_COSINE))


def _foot(joints: Doubles, hinge: tuple[int, int, int]) -> tuple[Doubles, Doubles, Doubles]:
    """Unit vector along first-last joint (n, 3), the middle joint's offset from that line, and its foot on the line."""
    start, middle = joints[:, hinge[0]], joints[:, hinge[1]]
    along = unit(joints[:, hinge[2]] - start)
    foot = start + ((middle - start) * along).sum(-1, keepdims=True) * along
    return along, middle - foot, foot


def _mirrored(joints: Doubles, hinge: tuple[int, int, int], sight: Doubles) -> Doubles:
    """(n, 3) the middle joint with its depth mirrored about the line between the others."""
    along, offset, foot = _foot(joints, hinge)
    depth = unit(sight - (sight * along).sum(-1, keepdims=True) * along)
    return np.asarray(foot + offset - 2 * (offset * depth).sum(-1, keepdims=True) * depth)


def _turned(joints: Doubles, hinge: tuple[int, int, int], axis: Doubles) -> Doubles:
    """(n, 3) the middle joint turned about the line between the others until it bends sideways."""
    along, offset, foot = _foot(joints, hinge)
    size = np.linalg.norm(offset, axis=1, keepdims=True)
    # The normal of the limb's plane is at right angles to the offset: sideways is where the offset is along the axis.
    side = axis - (axis * along).sum(-1, keepdims=True) * along
    lost = np.linalg.norm(side, axis=1, keepdims=True) < 1e-6
    side = unit(np.where(lost, offset, side))
    sign = np.where((offset * side).sum(-1, keepdims=True) < 0, -1.0, 1.0)
    return np.asarray(foot + sign * size * side)
