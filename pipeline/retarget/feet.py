"""Hold a character's feet where the take holds them, by the legs and a little by the hips.

The rotations of the take give ankles that drift, because a character's legs have other proportions. In a contact each
ankle is held at its mean place, at the height above the floor that the take has there. The whole body moves by what is
smooth in that, so that the legs keep their directions, and the legs do the rest. Their shift begins before the
contact and fades after it, as in `post.ground.foot_lock`; feet keep their rotation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..body.filters import runs, whittaker
from ..body.leg_ik import LEGS, leg_reach, move_ankle
from ..core.arrays import Doubles
from .turns import between

_BLEND_S = 0.2  # s, fade of an ankle's shift before and after a contact
_PULL_SIGMA_S = 0.06  # s, standard deviation of the Gaussian over the hips' shift toward a foot out of reach
_PULL_PASSES = 8
_BODY_HZ = 4.0  # Hz, cut-off of the shift of the whole body
_BODY_TRUST = 0.02  # weight with which a frame without held feet keeps the body in place
_BODY_PASSES = 3
_LEAST_BEND = 0.002  # share of a leg's length, below which a leg counts as straight
_LEAST_FRAMES = 3
# A nearly straight leg bends by degrees for a millimetre. A held foot gives way along the leg, by at most this share of
# the leg's length, where the knee would else bend by more than this from the take's bend.
_GIVE, _MOST_BEND = 0.004, np.radians(2.5)
_SIDE_OF = (1, 0)  # left and right as sides of `leg_ik`
_LEFT, _RIGHT = LEGS[1], LEGS[0]
_DOWN: Doubles = np.array([0.0, -1.0, 0.0])


@dataclass(frozen=True, slots=True)
class LegPose:
    """Hold the pose of a character's legs: canonical axes, unit of the file, left first."""

    turns: dict[str, Doubles]  # humanoid bone -> (T, 3, 3) world rotation since the T-pose
    middle: Doubles  # (T, 3) middle of both upper legs
    sockets: Doubles  # (2, 3) upper legs from that middle in the T-pose
    thigh: Doubles  # (2,) lengths
    shank: Doubles  # (2,)
    heights: Doubles  # (T, 2) heights of the ankles that the take gives


def locked_legs(legs: LegPose, locked: NDArray[np.bool_], rate_hz: float) -> tuple[Doubles, dict[str, Doubles]]:
    """Return the middle of the hips (T, 3) and the legs' rotations with feet held in place.

    `locked` (T, 2) are the contacts, left and right.
    """
    joints = _joints(legs)
    first = joints[:, 0].copy()
    for _ in range(_BODY_PASSES):  # each pass finds better places for the contacts, and a path of the body for these
        joints = joints + _body_shift(joints, legs.heights, locked, rate_hz)[:, None]
    body = joints[:, 0] - first
    places = np.stack(
        [
            _places(joints[:, leg[2]], legs.heights[:, side], locked[:, side])
            for side, leg in enumerate((_LEFT, _RIGHT))
        ],
        axis=1,
    )
    pull = _pull(joints, places, locked, rate_hz)
    joints = joints + pull[:, None]
    out: dict[str, Doubles] = {}
    for side, (name, leg) in enumerate((("left", _LEFT), ("right", _RIGHT))):
        held = locked[:, side]
        targets = _given_way(joints, places[:, side], leg, float(legs.thigh[side]), float(legs.shank[side]))
        wanted = np.where(held[:, None], targets, joints[:, leg[2]])
        moved = move_ankle(joints, _SIDE_OF[side], wanted)
        for bone, start, end in (("UpperLeg", leg[0], leg[1]), ("LowerLeg", leg[1], leg[2])):
            old, new = unit(joints[:, end] - joints[:, start]), unit(moved[:, end] - moved[:, start])
            out[f"{name}{bone}"] = _faded(between(old, new), held, rate_hz) @ legs.turns[f"{name}{bone}"]
    return legs.middle + body + pull, out


def _joints(legs: LegPose) -> Doubles:
    """Return hips, knees and ankles of the character as joints (T, 17, 3) of H36M-17; all others are at the hips."""
    joints = np.repeat(legs.middle[:, None], 17, axis=1)
    joints[:, 8] += legs.turns["spine"] @ -_DOWN * legs.thigh.mean()
    for side, (name, leg) in enumerate((("left", _LEFT), ("right", _RIGHT))):
        joints[:, leg[0]] += legs.turns["hips"] @ legs.sockets[side]
        joints[:, leg[1]] = joints[:, leg[0]] + legs.turns[f"{name}UpperLeg"] @ _DOWN * legs.thigh[side]
        joints[:, leg[2]] = joints[:, leg[1]] + legs.turns[f"{name}LowerLeg"] @ _DOWN * legs.shank[side]
    return joints


def _body_shift(joints: Doubles, heights: Doubles, locked: NDArray[np.bool_], rate_hz: float) -> Doubles:
    """Return the smooth shift (T, 3) of the whole body after which held ankles drift least.

    Of two held feet the one on the straighter leg counts more: a millimetre along a straight leg bends it by degrees.
    """
    missing, feet = np.zeros((len(joints), 3)), np.zeros((len(joints), 1))
    for side, leg in enumerate((_LEFT, _RIGHT)):
        for run in runs(locked[:, side]):
            away = _place(joints[run, leg[2]], heights[run, side]) - joints[run, leg[2]]
            reach = leg_reach(joints[run], _SIDE_OF[side])
            bent = 1 - np.linalg.norm(joints[run, leg[2]] - joints[run, leg[0]], axis=1) / np.maximum(reach, 1e-9)
            weight = 1 / np.maximum(bent, _LEAST_BEND)[:, None]
            missing[run] += weight * away
            feet[run] += weight
    if not feet.any() or len(joints) < _LEAST_FRAMES:
        return np.zeros((len(joints), 3))
    weights = np.where(feet[:, 0] > 0, 1.0, _BODY_TRUST)
    return whittaker(missing / np.maximum(feet, 1e-9), weights, rate_hz, min(_BODY_HZ, 0.4 * rate_hz))


def _place(ankle: Doubles, heights: Doubles) -> Doubles:
    """Return the place (3,) that holds an ankle (T, 3) in a contact."""
    place = ankle.mean(axis=0)
    place[1] = np.median(heights)
    return np.asarray(place)


def _places(ankle: Doubles, heights: Doubles, locked: NDArray[np.bool_]) -> Doubles:
    """Return the places (T, 3) of an ankle: fixed in contacts, else unchanged."""
    places = ankle.copy()
    for run in runs(locked):
        places[run] = _place(ankle[run], heights[run])
    return places


def _given_way(joints: Doubles, places: Doubles, leg: tuple[int, int, int], thigh: float, shank: float) -> Doubles:
    """Return the places (T, 3) of an ankle, moved along the leg so far that the knee keeps its bend."""
    hip = joints[:, leg[0]]

    def distance(bend: Doubles) -> Doubles:
        return np.sqrt(thigh**2 + shank**2 + 2 * thigh * shank * np.cos(np.clip(bend, 0, np.pi)))

    free = np.linalg.norm(joints[:, leg[2]] - hip, axis=1)
    bend = np.arccos(np.clip((free**2 - thigh**2 - shank**2) / (2 * thigh * shank), -1, 1))
    away = places - hip
    size = np.linalg.norm(away, axis=1)
    kept = np.clip(size, distance(bend + _MOST_BEND), distance(bend - _MOST_BEND))
    give = np.clip(kept - size, -_GIVE * (thigh + shank), _GIVE * (thigh + shank))
    return np.asarray(hip + away * ((size + give) / np.maximum(size, 1e-9))[:, None])


def _faded(turns: Doubles, held: NDArray[np.bool_], rate_hz: float) -> Doubles:
    """Fade rotations (T, 3, 3), which are those of held frames, before and after each contact.

    Rotations are faded and not places: some millimetres along a straight leg would bend its knee by degrees.
    """
    from scipy.spatial.transform import Rotation

    vectors = Rotation.from_matrix(turns).as_rotvec()
    fades, weights = np.zeros_like(vectors), np.zeros(len(vectors))
    distance = np.arange(1, max(1, round(_BLEND_S * rate_hz)) + 1)
    fading = 1 - distance / (len(distance) + 1)
    fading = fading**2 * (3 - 2 * fading)
    for run in runs(held):
        for edge, step in ((run.start, -1), (run.stop - 1, 1)):
            at = edge + step * distance
            inside = (at >= 0) & (at < len(vectors))
            fades[at[inside]] += fading[inside, None] * vectors[edge]
            weights[at[inside]] += fading[inside]
    # Two fades that overlap are averaged and never add up to more than one whole rotation.
    vectors[~held] = fades[~held] / np.maximum(weights[~held], 1.0)[:, None]
    return np.asarray(Rotation.from_rotvec(vectors).as_matrix())


def _pull(joints: Doubles, targets: Doubles, locked: NDArray[np.bool_], rate_hz: float) -> Doubles:
    """Return the shift (T, 3) of the hips that brings held feet within the reach of the legs."""
    from scipy.ndimage import gaussian_filter1d

    shift = np.zeros((len(joints), 3))
    sigma = max(_PULL_SIGMA_S * rate_hz, 0.1)
    for _ in range(_PULL_PASSES):
        missing, feet = np.zeros_like(shift), np.zeros((len(shift), 1))
        for side, leg in enumerate((_LEFT, _RIGHT)):
            offset = targets[:, side] - joints[:, leg[0]] - shift
            distance = np.linalg.norm(offset, axis=1)
            over = np.where(locked[:, side], np.maximum(distance - leg_reach(joints, _SIDE_OF[side]), 0), 0)
            missing += (over / np.maximum(distance, 1e-9))[:, None] * offset
            feet[:, 0] += over > 0
        if not feet.any():
            break
        shift += gaussian_filter1d(missing / np.maximum(feet, 1), sigma, axis=0, mode="nearest")
    return shift
