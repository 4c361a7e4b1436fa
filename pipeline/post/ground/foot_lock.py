"""Feet that stand do not slide: locking of the ankles while they are in contact with something, as animators know it.

    off        nothing is changed
    auto       contacts that can be believed: what the foot would have to be moved by is small
    always     every contact, and contacts are found more easily
    grounding  as auto, and feet that stand near the floor stand on it, neither in it nor above it

What slides is mostly the root: depth is the weak direction of one camera. So first the root is shifted along the line
of sight so that standing feet stay where they are, with a path as smooth as people move. Of what is left the faster
part moves the body too: where an ankle is under its pelvis the lifter knows better than the picture says where both
are. Only the rest is done by the legs (`leg_ik.move_ankle`). Blending: an ankle's shift begins before its contact and
fades after it, so nothing pops. Between contacts and in the air nothing is touched but by these fades: a jump stays a
jump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...body.filters import runs, whittaker
from ...body.leg_ik import LEGS, leg_reach, move_ankle
from ...core.arrays import Doubles
from ..joint_limits import turned_aside
from .foot_contacts import ANKLES, Bools, standing_feet

FootLock = Literal["off", "auto", "always", "grounding"]

_BELIEVED_M = 0.15  # a shift that is larger at any time says that this was no contact
_FLOOR_M = 0.15  # places this near the floor's height are on the floor
_BLEND_S = 0.2
_EASE_ALWAYS = 1.4  # so much faster than usual may a foot be that stands
# Slower drifts of the root are left to what the picture says: along the line of sight, where it says least, ...
_SIGHT_HZ = 0.1
_LEVEL_HZ, _HEIGHT_HZ = 0.5, 0.3  # ... and then to and fro, up and down: the picture moves by 2 px of 1768 (sample)
_ROOT_TRUST = 0.02  # how much a frame without standing feet holds the root where it was
_ROUNDS = 4  # of turning knees aside: easing one there can bring its neighbours over the limit
_PULL_S, _PULLS = 0.06, 6  # hips follow a foot that is out of reach, smoothly: deviation of the Gaussian, rounds


def locked(joints: Doubles, rate_hz: float, mode: FootLock, eye: Doubles, ankle_m: float) -> Doubles:
    """(T, 17, 3) world (z up, floor 0, metres, NaN = not seen) -> the same with standing feet locked.

    `eye` (3,) is the camera's place in that world; the ankle joint stands `ankle_m` above the floor.
    """
    if mode == "off":
        return joints
    up = np.array([0.0, 0.0, 1.0])
    out = joints.copy()
    for run in runs(np.isfinite(joints).all(axis=(1, 2))):
        part = joints[run]
        standing = standing_feet(part, up, rate_hz, _EASE_ALWAYS if mode == "always" else 1.0)
        if not standing.any():
            continue
        part = part + _root_shift(part, standing, eye, rate_hz)[:, None]
        wanted = [_wanted(part[:, LEGS[side][2]], standing[:, side], rate_hz, mode, ankle_m) for side in range(2)]
        part = part + _pulled(part, wanted, rate_hz)[:, None]
        for side in range(2):
            part = move_ankle(part, side, wanted[side].ankle)
        # Hips and ankles are where they should be: a knee that this bent backward is turned about the line between.
        for _ in range(_ROUNDS):
            part, wrong = turned_aside(part)
            if not wrong.any():
                break
        out[run] = part
    return out


def _root_shift(joints: Doubles, standing: Bools, eye: Doubles, rate_hz: float) -> Doubles:
    """(T, 3) shift of the whole body after which standing ankles move least: along the lines of sight of the pelvis,
    then, for what is left, along the world's axes."""
    sight = joints[:, 0] - eye
    sight = sight / np.maximum(np.linalg.norm(sight, axis=1, keepdims=True), 1e-6)
    ankles = joints[:, ANKLES]
    along = np.einsum("tfc,tc->tf", np.diff(ankles, axis=0), sight[1:])
    shift = _countered(along, standing, rate_hz, _SIGHT_HZ)[:, None] * sight
    left = np.diff(ankles + shift[:, None], axis=0)
    for axis, cutoff_hz in enumerate((_LEVEL_HZ, _LEVEL_HZ, _HEIGHT_HZ)):
        shift[:, axis] += _countered(left[..., axis], standing, rate_hz, cutoff_hz)
    return np.asarray(shift)


def _countered(steps: Doubles, standing: Bools, rate_hz: float, cutoff_hz: float) -> Doubles:
    """How far each ankle goes from frame to frame (T - 1, 2) -> (T,) the shift against what standing ones slide.

    Each contact has a place of its own to be found, so only changes within a contact count: they are taken away,
    summed up, and what the sum drifts by, slower than the cut-off, is left out.
    """
    both = standing[1:] & standing[:-1]  # (T - 1, 2)
    seen = both.sum(axis=1)
    slide = np.where(seen > 0, (steps * both).sum(axis=1) / np.maximum(seen, 1), 0.0)
    away = np.concatenate([[0.0], -np.cumsum(slide)])
    weight = np.where(np.concatenate([[False], seen > 0]), 1.0, _ROOT_TRUST)
    return np.asarray(away - whittaker(away, weight, rate_hz, cutoff_hz))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Where one ankle should be (T, 3), and (T,) where it is held there by a contact."""

    ankle: Doubles
    held: Bools


def _wanted(ankle: Doubles, stands: Bools, rate_hz: float, mode: FootLock, ankle_m: float) -> _Wanted:
    """(T, 3) and its contacts -> still while it stands, with a blend before and after, elsewhere as it was."""
    contacts = []
    for run in runs(stands):
        place = np.median(ankle[run], axis=0)
        if mode == "grounding" and abs(place[2] - ankle_m) < _FLOOR_M:
            place[2] = ankle_m
        if mode == "always" or np.linalg.norm((ankle[run] - place)[:, :2], axis=1).max() < _BELIEVED_M:
            contacts.append((run, place))
    shift, fades = np.zeros_like(ankle), np.zeros_like(ankle)
    held, weights = np.zeros(len(ankle), np.bool_), np.zeros(len(ankle))
    far = np.arange(1, max(1, round(_BLEND_S * rate_hz)) + 1)
    fading = 1 - far / (len(far) + 1)
    fading = fading**2 * (3 - 2 * fading)
    for run, place in contacts:
        shift[run], held[run] = place - ankle[run], True
        for edge, step in ((run.start, -1), (run.stop - 1, 1)):
            at = edge + step * far
            inside = (at >= 0) & (at < len(ankle))
            fades[at[inside]] += fading[inside, None] * (place - ankle[edge])
            weights[at[inside]] += fading[inside]
    # Two fades that meet share the frame between them and never add up to more than one whole shift.
    shift[~held] = fades[~held] / np.maximum(weights[~held], 1.0)[:, None]
    return _Wanted(ankle + shift, held)


def _pulled(joints: Doubles, wanted: Sequence[_Wanted], rate_hz: float) -> Doubles:
    """(T, 3) how far the body has to go along so that held ankles are within the legs' reach: mostly mm, down."""
    from scipy.ndimage import gaussian_filter1d

    shift = np.zeros((len(joints), 3))
    for _ in range(_PULLS):
        missing, feet = np.zeros_like(shift), np.zeros((len(shift), 1))
        for side, one in enumerate(wanted):
            way = one.ankle - joints[:, LEGS[side][0]] - shift
            distance = np.linalg.norm(way, axis=1)
            over = np.where(one.held, np.maximum(distance - leg_reach(joints, side), 0), 0)
            missing += (over / np.maximum(distance, 1e-9))[:, None] * way
            feet[:, 0] += over > 0
        if not feet.any():
            break
        # A sum of averages is smooth; each round adds what the averages before it fell short by.
        shift += gaussian_filter1d(missing / np.maximum(feet, 1), max(_PULL_S * rate_hz, 0.1), axis=0, mode="nearest")
    return shift
