"""Lock standing feet: keep the ankles in place while they are in contact, as in animation.

    off        nothing is changed
    auto       plausible contacts: the foot has to be moved only a little
    always     every contact, and contacts are found more easily
    grounding  as auto, and feet that stand near the floor are placed exactly on it

Sliding comes mostly from the root: depth is the weak direction of one camera. So first the root is shifted along the
line of sight until standing feet do not move, with a path as smooth as people move. The faster part of the remaining
motion moves the body, too, because the lifter predicts the position of an ankle relative to the pelvis better than the
image shows both. Only the rest is done by the legs (`leg_ik.move_ankle`). An ankle's shift begins before its contact
and fades after it, so that nothing pops. Between contacts and in the air only these fades change the motion: a jump
stays a jump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...body.filters import runs, whittaker
from ...body.leg_ik import LEGS, leg_reach, move_ankle
from ...core.arrays import Doubles
from ..joint_limits import turn_sideways
from .foot_contacts import ANKLES, Bools, standing_feet

FootLock = Literal["off", "auto", "always", "grounding"]

_MAX_SHIFT_M = 0.15  # m, a contact whose ankle would have to move more is not plausible
_FLOOR_M = 0.15  # m, contacts this near the floor's height are on the floor
_BLEND_S = 0.2  # s, fade of an ankle's shift before and after a contact
_EASE_ALWAYS = 1.4  # factor of the standing speeds in mode "always"
# Cut-offs of the root's shift: slower drifts are left to the image evidence.
_DEPTH_HZ = 0.1  # Hz, along the line of sight, where the image shows least
_LEVEL_HZ, _HEIGHT_HZ = 0.5, 0.3  # Hz, horizontal and vertical: the figure moves by 2 px of 1768 in the sample
_ROOT_TRUST = 0.02  # weight with which a frame without standing feet keeps the root in place
_KNEE_PASSES = 4  # passes of rotating knees sideways: the fade of one repair can push its neighbours over the limit
_PULL_SIGMA_S = 0.06  # s, standard deviation of the Gaussian over the hips' shift toward a foot out of reach
_PULL_PASSES = 6  # passes of that shift, each adding what the smoothing left missing


def lock_feet(joints: Doubles, rate_hz: float, mode: FootLock, camera_m: Doubles, ankle_m: float) -> Doubles:
    """Lock the standing feet of world joints (T, 17, 3): z up, floor 0, metres, NaN = not seen.

    `camera_m` (3,) is the camera's position in the world; the ankle joint stands `ankle_m` above the floor.
    """
    if mode == "off":
        return joints
    out = joints.copy()
    for run in runs(np.isfinite(joints).all(axis=(1, 2))):
        part = joints[run]
        standing = feet_that_stand(part, rate_hz, mode)
        if standing.any():
            shift = root_shift(part, standing, camera_m, rate_hz)
            out[run] = hold_feet(part + shift[:, None], standing, rate_hz, mode, ankle_m)
    return out


def feet_that_stand(joints: Doubles, rate_hz: float, mode: FootLock) -> Bools:
    """Return which feet (T, 2) of world joints (T, 17, 3) the lock holds."""
    return standing_feet(joints, np.array([0.0, 0.0, 1.0]), rate_hz, _EASE_ALWAYS if mode == "always" else 1.0)


def hold_feet(joints: Doubles, standing: Bools, rate_hz: float, mode: FootLock, ankle_m: float) -> Doubles:
    """Move the legs of joints (T, 17, 3) so that standing feet (T, 2) keep their places.

    All joints are known.
    The path of the root is shifted already (`root_shift`). A frame depends on the contacts that it is in or next to.
    """
    targets = [_ankle_target(joints[:, LEGS[side][2]], standing[:, side], rate_hz, mode, ankle_m) for side in range(2)]
    part = joints + _pull_hips(joints, targets, rate_hz)[:, None]
    for side in range(2):
        part = move_ankle(part, side, targets[side].ankle)
    # Hips and ankles are final: a knee that now bends backward is rotated about the line between them.
    for _ in range(_KNEE_PASSES):
        part, wrong = turn_sideways(part)
        if not wrong.any():
            break
    return part


def root_shift(joints: Doubles, standing: Bools, camera_m: Doubles, rate_hz: float) -> Doubles:
    """Compute the shift (T, 3) of the body after which standing ankles move least.

    First along the lines of sight of the pelvis, then, for the remaining motion, along the world's axes.
    """
    line = joints[:, 0] - camera_m
    line = line / np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-6)
    ankles = joints[:, ANKLES]
    along = np.einsum("tfc,tc->tf", np.diff(ankles, axis=0), line[1:])
    shift = _counter_slide(along, standing, rate_hz, _DEPTH_HZ)[:, None] * line
    left = np.diff(ankles + shift[:, None], axis=0)
    for axis, cutoff_hz in enumerate((_LEVEL_HZ, _LEVEL_HZ, _HEIGHT_HZ)):
        shift[:, axis] += _counter_slide(left[..., axis], standing, rate_hz, cutoff_hz)
    return np.asarray(shift)


def _counter_slide(steps: Doubles, standing: Bools, rate_hz: float, cutoff_hz: float) -> Doubles:
    """Compute the shift (T,) that cancels the slide of standing ankles.

    `steps` (T - 1, 2) are the ankles' movements between frames. The position of each contact is unknown, so only
    changes within a contact count: they are subtracted and summed up, and the drift of the sum below the cut-off is
    left out.
    """
    both = standing[1:] & standing[:-1]  # (T - 1, 2)
    count = both.sum(axis=1)
    slide = np.where(count > 0, (steps * both).sum(axis=1) / np.maximum(count, 1), 0.0)
    counter = np.concatenate([[0.0], -np.cumsum(slide)])
    weight = np.where(np.concatenate([[False], count > 0]), 1.0, _ROOT_TRUST)
    return np.asarray(counter - whittaker(counter, weight, rate_hz, cutoff_hz))


@dataclass(frozen=True, slots=True)
class _AnkleTarget:
    """Hold the target positions of an ankle (T, 3), and the frames (T,) fixed by a contact."""

    ankle: Doubles
    held: Bools


def _ankle_target(ankle: Doubles, stands: Bools, rate_hz: float, mode: FootLock, ankle_m: float) -> _AnkleTarget:
    """Compute an ankle's target (T, 3): fixed in contacts, blended around them, else unchanged."""
    contacts = []
    for run in runs(stands):
        position = np.median(ankle[run], axis=0)
        if mode == "grounding" and abs(position[2] - ankle_m) < _FLOOR_M:
            position[2] = ankle_m
        if mode == "always" or np.linalg.norm((ankle[run] - position)[:, :2], axis=1).max() < _MAX_SHIFT_M:
            contacts.append((run, position))
    shift, fades = np.zeros_like(ankle), np.zeros_like(ankle)
    held, weights = np.zeros(len(ankle), np.bool_), np.zeros(len(ankle))
    distance = np.arange(1, max(1, round(_BLEND_S * rate_hz)) + 1)  # frames from a contact
    fading = 1 - distance / (len(distance) + 1)
    fading = fading**2 * (3 - 2 * fading)
    for run, position in contacts:
        shift[run], held[run] = position - ankle[run], True
        for edge, step in ((run.start, -1), (run.stop - 1, 1)):
            at = edge + step * distance
            inside = (at >= 0) & (at < len(ankle))
            fades[at[inside]] += fading[inside, None] * (position - ankle[edge])
            weights[at[inside]] += fading[inside]
    # Two fades that overlap are averaged and never add up to more than one whole shift.
    shift[~held] = fades[~held] / np.maximum(weights[~held], 1.0)[:, None]
    return _AnkleTarget(ankle + shift, held)


def _pull_hips(joints: Doubles, targets: Sequence[_AnkleTarget], rate_hz: float) -> Doubles:
    """Compute the shift (T, 3) of the body that brings fixed ankles within the legs' reach.

    It is mostly some mm down.
    """
    from scipy.ndimage import gaussian_filter1d

    shift = np.zeros((len(joints), 3))
    for _ in range(_PULL_PASSES):
        missing, feet = np.zeros_like(shift), np.zeros((len(shift), 1))
        for side, target in enumerate(targets):
            offset = target.ankle - joints[:, LEGS[side][0]] - shift
            distance = np.linalg.norm(offset, axis=1)
            over = np.where(target.held, np.maximum(distance - leg_reach(joints, side), 0), 0)
            missing += (over / np.maximum(distance, 1e-9))[:, None] * offset
            feet[:, 0] += over > 0
        if not feet.any():
            break
        # A sum of averages is smooth; each pass adds what the averages before it left missing.
        sigma = max(_PULL_SIGMA_S * rate_hz, 0.1)
        shift += gaussian_filter1d(missing / np.maximum(feet, 1), sigma, axis=0, mode="nearest")
    return shift
