"""Estimate the direction of gravity in camera axes, one per take, and its deviation.

Three kinds of evidence, each with its uncertainty, are combined (maximum a posteriori, a few Gauss-Newton steps on the
sphere):

* Posture. People balance: the body's centre of mass is above the feet. `posture_up` is a weighted sum of seven
  directions of the body, above all from the middle of the ankles to the centre of mass; the weights are a robust least
  squares fit to the training motion (40 000 frames, 30 mm of noise, all sources), whose error is 2.5 degrees in the
  median over a clip of unseen motion. Straight standing frames have the largest weights.
* Contacts. Feet that stand on the floor at different positions lie in a plane. They are more informative the further
  they are spread, and independent of a lean in the lifter's poses.
* Cameras. They are seldom rolled, and seldom look straight up or down: a weak prior, which decides without contacts.

It is not estimated per frame: leaning, jumping and falling people keep their orientation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...body.bones import unit
from ...core.arrays import Doubles
from ...core.skeletons import chain_length

# Weights of trunk, thighs, shanks, centre of mass above the ankles, head, neck, and the chest's facing direction.
_WEIGHTS = np.array([0.173, 0.203, 0.110, 0.919, 0.032, 0.028, -0.050])
_STANDS = (0.35, 0.52)  # chain lengths from the ankles to the centre of mass: crouching, and upright
_MIN_TRUST = 0.02  # lower limit of the weight of a crouching frame

# Fractions of the body's mass (Dempster, 1955, rounded): trunk, head, and per side thigh, shank with foot, arm, forearm
# with hand; and the position of the centre along thigh and shank.
_TRUNK, _HEAD, _THIGH, _SHANK, _ARM, _FOREARM = 0.49, 0.08, 0.1, 0.06, 0.03, 0.025
_THIGH_AT, _SHANK_AT = 0.433, 0.45

_POSTURE_DEG = 4.0  # degrees, deviation of a straight standing person's direction: mostly a lean of the lifter
_CROUCHING_DEG = 9.0  # degrees, additional deviation if the person never stands straight
_LYING_DEG = 60.0  # degrees, additional deviation if all frames would need a camera on its side
_OUTLIER_DEG = 15.0  # degrees from the mean direction at which a frame's weight is halved (Cauchy)
# Degrees of roll and tip, from the usual pitch, beyond which a lying person is more likely than such a camera.
_ROLLED_DEG, _TIPPED_DEG, _USUAL_PITCH_DEG = 45.0, 70.0, 20.0
_ROBUST_ITERATIONS = 6  # iterations of the robust mean direction of a person
_PRIOR_START_DEG = 20.0  # degrees, deviation of the prior in the starting point of the iteration
# Degrees, mean pitch and spreads of pitch and roll of most cameras; the tails are long.
_PRIOR_PITCH_DEG, _PRIOR_PITCH_SPREAD_DEG, _PRIOR_ROLL_SPREAD_DEG = 5.0, 30.0, 4.0
_CONTACT_M = 0.06  # m, deviation of the height of one contact
_PLANE_DEG = 4.0  # degrees, error that all contacts share: more of them do not improve the plane beyond this
_DEPTH_SHARE = 0.02  # additional deviation of a contact's depth, as a fraction of the depth
_OUTLIER = 2.0  # deviations of a contact at which its weight falls: stairs, stools, wrong contacts
_MAX_ITERATIONS = 12  # Gauss-Newton steps
_CONVERGED = 1e-5  # radians, step at which the iteration ends


@dataclass(frozen=True, slots=True)
class Gravity:
    """Hold the up direction in camera axes and the standard deviations of the estimate."""

    up: Doubles  # (3,) unit vector
    pitch_sigma_deg: float
    roll_sigma_deg: float
    observed: bool = True  # False: no person was seen, and this is only the prior

    @property
    def pitch_deg(self) -> float:
        return float(np.degrees(np.arcsin(np.clip(-self.up[2], -1, 1))))

    @property
    def roll_deg(self) -> float:
        return float(np.degrees(np.arctan2(-self.up[0], -self.up[1])))


def up_from_angles(pitch_deg: float, roll_deg: float) -> Doubles:
    """Return the up direction (3,) in camera axes from pitch and roll.

    It is the third row of `geometry.rotation_world_from_camera`.
    """
    p, r = np.radians(pitch_deg), np.radians(roll_deg)
    return np.array([-np.sin(r) * np.cos(p), -np.cos(r) * np.cos(p), -np.sin(p)])


def find_gravity(postures: Sequence[Doubles], contacts: Sequence[Doubles]) -> Gravity:
    """Estimate the up direction from all people's joints and standing feet.

    `postures` (T, 17, 3) per person, camera axes, metres, NaN = not seen; only relative positions count. `contacts`
    (N, 3) per person: positions of the standing feet, one row per contact, in camera space. The scale differs between
    people (an assumed stature is wrong by a few percent), so heights are compared within a person.
    """
    prior = up_from_angles(_PRIOR_PITCH_DEG, 0.0)
    directions = [found for found in map(posture_up, postures) if found is not None]
    spread = [standing - standing.mean(axis=0) for standing in contacts if len(standing) >= 2]
    up = unit(prior / _PRIOR_START_DEG**2 + np.sum([up / sigma**2 for up, sigma in directions], axis=0))
    information = np.eye(2)
    for _ in range(_MAX_ITERATIONS):
        across = _across(up)
        rows, misses = _prior_rows(up, across)
        for direction, sigma_deg in directions:
            sigma = np.radians(sigma_deg)
            rows += [np.eye(2) / sigma]
            misses += [across.T @ (direction - up) / sigma]
        for points in spread:
            row, miss = _plane_rows(points, up, across)
            rows.append(row)
            misses.append(miss)
        design, wanted = np.concatenate(rows), np.concatenate(misses)
        information = design.T @ design
        step = np.linalg.solve(information, design.T @ wanted)
        up = unit(up + across @ step)
        if np.abs(step).max() < _CONVERGED:
            break
    covariance = np.linalg.inv(information)
    # The tangent directions are nearly those of roll and pitch, see `_across`.
    roll, pitch = np.degrees(np.sqrt(np.diag(covariance)))
    return Gravity(up, float(pitch), float(roll), bool(directions))


def _across(up: Doubles) -> Doubles:
    """Return unit vectors (3, 2) perpendicular to `up`: sideways (roll), along the view (pitch)."""
    side = unit(np.cross(up, [0.0, 0.0, 1.0])) if abs(up[2]) < 0.999 else np.array([1.0, 0.0, 0.0])
    return np.stack([side, np.cross(side, up)], axis=1)


def _prior_rows(up: Doubles, across: Doubles) -> tuple[list[Doubles], list[Doubles]]:
    pitch = np.degrees(np.arcsin(np.clip(-up[2], -1, 1)))
    roll = np.degrees(np.arctan2(-up[0], -up[1]))
    # A tangent step changes the angles by its size, except for the roll of a camera that looks far up or down.
    along = np.array([0.0, -1.0 / np.maximum(np.cos(np.radians(pitch)), 0.1)]) * across[2, 1]
    sideways = np.array([across[:, 0] @ _roll_direction(up), 0.0])
    # Cauchy: an unusual camera is set up so on purpose, and the prior must not pull it back.
    pitch_spread = np.hypot(_PRIOR_PITCH_SPREAD_DEG, _PRIOR_PITCH_DEG - pitch)
    roll_spread = np.hypot(_PRIOR_ROLL_SPREAD_DEG, roll)
    rows = np.stack([along / np.radians(pitch_spread), sideways / np.radians(roll_spread)])
    return [rows], [np.array([(_PRIOR_PITCH_DEG - pitch) / pitch_spread, -roll / roll_spread])]


def _roll_direction(up: Doubles) -> Doubles:
    """Return the derivative (3,) of the roll with respect to `up`."""
    flat = max(float(up[0] ** 2 + up[1] ** 2), 1e-3)
    return np.array([up[1], -up[0], 0.0]) / flat


def _plane_rows(points: Doubles, up: Doubles, across: Doubles) -> tuple[Doubles, Doubles]:
    """Return the equations of equal height along `up` for one person's contacts (N, 3).

    The contacts are relative to their mean.
    """
    sigma = np.hypot(_CONTACT_M, _DEPTH_SHARE * abs(up[2]) * np.abs(points[:, 2]))
    height = points @ up
    height = height - np.median(height)
    weight = 1 / (sigma * np.sqrt(1 + (height / (_OUTLIER * sigma)) ** 2))
    centred = points - (weight[:, None] ** 2 * points).sum(0) / (weight**2).sum()
    design, miss = centred @ across * weight[:, None], -(centred @ up) * weight
    # The same step with the shared error: (information^-1 + shared^2)^-1, along the principal directions.
    strength, axes = np.linalg.eigh(design.T @ design)
    strength = np.maximum(strength, 1e-9)
    step = axes @ ((axes.T @ (design.T @ miss)) / strength)
    root = axes.T / np.sqrt(1 / strength + np.radians(_PLANE_DEG) ** 2)[:, None]
    return root, root @ step


def posture_up(joints: Doubles) -> tuple[Doubles, float] | None:
    """Estimate up (3,) and its deviation (degrees) from one person (T, 17, 3); None if not seen.

    Up is in the axes of the joints. A lying body is as straight as a standing one: frames that would need a camera on
    its side have small weights, and so have outliers among the frames (Cauchy).
    """
    joints = joints[np.isfinite(joints).all(axis=(1, 2))]
    if not len(joints):
        return None
    directions, trust = body_up(joints)
    likely = _likely(directions)
    weights = trust * likely
    for _ in range(_ROBUST_ITERATIONS):
        up = unit(weights @ directions)
        error = np.degrees(np.arccos(np.clip(directions @ up, -1, 1)))
        weights = trust * likely / (1 + (error / _OUTLIER_DEG) ** 2)
    weights = weights / weights.sum()
    best = float(np.sqrt(weights @ trust**2))  # 0 to 1, straightness of the frames with the largest weights
    lying = 1 - float(weights @ likely)
    return unit(weights @ directions), float(
        np.sqrt(_POSTURE_DEG**2 + (_CROUCHING_DEG * (1 - best)) ** 2 + (_LYING_DEG * lying) ** 2)
    )


def _likely(up: Doubles) -> Doubles:
    """Return the plausibility (T,), 0 to 1, of cameras in whose axes (T, 3) is up."""
    pitch = np.degrees(np.arcsin(np.clip(-up[:, 2], -1, 1)))
    roll = np.degrees(np.arctan2(-up[:, 0], -up[:, 1]))
    roll = roll * np.cos(np.radians(pitch))  # the roll of a camera that looks far down has little meaning
    far = (roll / _ROLLED_DEG) ** 6 + ((pitch - _USUAL_PITCH_DEG) / _TIPPED_DEG) ** 6
    return np.asarray(1 / (1 + far))


def body_up(joints: Doubles) -> tuple[Doubles, Doubles]:
    """Return the up direction (T, 3) of each posture (T, 17, 3), and weights (T,) from 0 to 1."""

    def toward(a: int, b: int) -> Doubles:
        return unit(joints[:, b] - joints[:, a])

    size = np.maximum(chain_length(joints), 1e-6)[:, None]
    balance = (centre_of_mass(joints) - (joints[:, 3] + joints[:, 6]) / 2) / size
    trunk, left = toward(0, 8), toward(1, 4)
    thighs, shanks = (toward(2, 1) + toward(5, 4)) / 2, (toward(3, 2) + toward(6, 5)) / 2
    parts = np.stack([trunk, thighs, shanks, balance, toward(9, 10), toward(8, 9), unit(np.cross(left, trunk))], axis=1)
    standing = (np.linalg.norm(balance, axis=1) - _STANDS[0]) / (_STANDS[1] - _STANDS[0])
    straight = np.einsum("tc,tc->t", unit(thighs), unit(shanks))
    trust = np.clip(standing, _MIN_TRUST, 1) ** 2 * np.clip(straight, 0.05, 1) ** 2
    return unit(np.einsum("k,tkc->tc", _WEIGHTS, parts)), trust


def centre_of_mass(joints: Doubles) -> Doubles:
    """Compute the centre of mass (..., 3) of joints (..., 17, 3) from the segments' masses."""
    whole = _TRUNK * (joints[..., 0, :] + joints[..., 8, :]) / 2 + _HEAD * joints[..., 9, :]
    for hip, knee, ankle in ((1, 2, 3), (4, 5, 6)):
        whole = whole + _THIGH * (joints[..., hip, :] * (1 - _THIGH_AT) + joints[..., knee, :] * _THIGH_AT)
        whole = whole + _SHANK * (joints[..., knee, :] * (1 - _SHANK_AT) + joints[..., ankle, :] * _SHANK_AT)
    for shoulder, elbow, wrist in ((11, 12, 13), (14, 15, 16)):
        whole = whole + _ARM * (joints[..., shoulder, :] + joints[..., elbow, :]) / 2
        whole = whole + _FOREARM * (joints[..., elbow, :] + joints[..., wrist, :]) / 2
    return np.asarray(whole / (_TRUNK + _HEAD + 2 * (_THIGH + _SHANK + _ARM + _FOREARM)))
