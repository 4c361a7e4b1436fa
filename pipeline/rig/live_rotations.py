"""Compute bone rotations in a live run, one frame at a time, from past frames only.

Positions are exact in every frame. The twist of a bone follows with a small delay; `rotations` computes it for a whole
take with the frames on both sides. The plane of a bent limb is averaged over a few frames, kept while the limb is
straight, fades to the rest pose with time, and never jumps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from ..body.bones import Body, measure_body, with_body
from ..core.arrays import Doubles, Floats
from .rotations import AVERAGE_S, CARRY_S, CARRY_WEIGHT, REST_WEIGHT, local_rotations, observed_twist, rotate_about
from .skeleton import NAMES, Rig, rig_for, rig_from_world

_FORGET_S = 0.5  # s: after a longer pause the twist rate is not limited
_MAX_TWIST_DEG_S = 600.0  # degrees/s, limit of a bone's twist rate
_BODY_FRAMES, _BODY_EVERY = 90, 10  # frames over which bone lengths are measured, and between two measurements


@dataclass(frozen=True, slots=True)
class LivePose:
    """Hold one person's rig and its pose in one frame; rig axes, metres.

    The rig has the bone lengths measured so far.
    """

    rig: Rig
    joints: Doubles  # (17, 3) joints of the posed rig: the given directions with the rig's bone lengths
    root: Doubles  # (3,)
    rotations: Doubles  # (B, 4) local quaternions x y z w, order of the rig, signs continuous over frames


class LiveSolver:
    """Convert the frames of one person to rig poses; use one solver per person, from one thread."""

    def __init__(self) -> None:
        self._seen: deque[Doubles] = deque(maxlen=_BODY_FRAMES)
        self._count = 0
        self._body = Body(np.zeros(17))
        self._twist_model = _LiveTwist()
        self._before: Doubles | None = None  # (21, 4)

    def __call__(self, joints_world: Doubles | Floats, time_s: float) -> LivePose:
        """Compute the pose of joints (17, 3), world metres, all known, at `time_s`.

        The time should grow from call to call. Bone lengths are medians over the last frames. Lengths that follow the
        lifter in every frame would make an avatar tremble whose bones get positions.
        """
        joints = rig_from_world(np.asarray(joints_world, np.float64))
        self._seen.append(joints)
        self._count += 1
        if self._count <= _BODY_EVERY or self._count % _BODY_EVERY == 0:
            self._body = measure_body(np.stack(self._seen))
        joints = with_body(joints[None], self._body)
        self._twist_model.advance(time_s)
        rotations = local_rotations(joints, self._twist_model)[0]
        before = self._before if self._before is not None else np.tile([0.0, 0.0, 0.0, 1.0], (len(NAMES), 1))
        rotations[np.einsum("jc,jc->j", rotations, before) < 0] *= -1
        self._before = rotations
        return LivePose(rig_for(self._body), joints[0], joints[0, 0], rotations)


class _LiveTwist:
    """Implement `rotations.TwistModel` frame by frame from past frames; arrays have T = 1."""

    def __init__(self) -> None:
        self._time_s: float | None = None
        self._elapsed_s = np.inf
        self._sides: dict[str, Doubles] = {}
        self._near: dict[str, complex] = {}
        self._far: dict[str, complex] = {}
        self._local: dict[str, Doubles] = {}

    def advance(self, time_s: float) -> None:
        """Set the time of the next frame; a clock that was set back counts as a pause."""
        elapsed = np.inf if self._time_s is None else time_s - self._time_s
        self._elapsed_s = elapsed if elapsed >= 0 else np.inf
        self._time_s = time_s

    def hold(self, name: str, vectors: Doubles) -> Doubles:
        length = float(np.linalg.norm(vectors))
        if length > 1e-3:
            self._sides[name] = vectors / length
        return self._sides.get(name, vectors)

    def side_of_limb(
        self, name: str, along: Doubles, normal: Doubles, rest: Doubles, forward_only: bool = False
    ) -> Doubles:
        twist = complex(observed_twist(along, normal, rest, forward_only)[0])
        near = self._low_pass(self._near, name, twist, AVERAGE_S)
        angle = float(np.angle(near + CARRY_WEIGHT * self._low_pass(self._far, name, twist, CARRY_S) + REST_WEIGHT))
        return rotate_about(along, rest, np.array([angle]))

    def smooth(self, directions: Doubles) -> Doubles:
        return directions

    def limit_twist(self, name: str, rotation: Doubles, parent: Doubles, axis: Doubles) -> Doubles:
        local = parent[0].T @ rotation[0]
        before = self._local.get(name)
        if before is not None and self._elapsed_s <= _FORGET_S:
            angle = _twist_angle(before.T @ local, axis)
            most = np.radians(_MAX_TWIST_DEG_S) * self._elapsed_s
            if abs(angle) > most:
                back = _rotation_about(axis, float(np.sign(angle)) * most - angle)
                rotation, local = rotation @ back, local @ back
        self._local[name] = local
        return rotation

    def _low_pass(self, state: dict[str, complex], name: str, value: complex, time_s: float) -> complex:
        """Low-pass a value with time constant `time_s`; after a long pause return the new value."""
        state[name] = value + (state.get(name, value) - value) * float(np.exp(-self._elapsed_s / time_s))
        return state[name]


def _twist_angle(step: Doubles, axis: Doubles) -> float:
    """Return the twist angle of a rotation (3, 3) about the unit `axis`, radians in (-pi, pi]."""
    sine = np.array([step[2, 1] - step[1, 2], step[0, 2] - step[2, 0], step[1, 0] - step[0, 1]]) @ axis
    return float(np.arctan2(sine, np.trace(step) - axis @ step @ axis))


def _rotation_about(axis: Doubles, angle: float) -> Doubles:
    """Build the rotation (3, 3) by `angle` radians about the unit `axis` (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)
