"""Joint rotations of a live run: one frame at a time, steady from frame to frame, from the past alone.

Positions are exact in every frame. How a bone is turned about itself follows with a little delay, as `rotations` does
it for a whole take with the frames on both sides: the plane of a bent limb is averaged over a few frames, carried on
while the limb is straight, fades to the rest pose with time, and never leaps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from ..body.bones import Body, measure_body, with_body
from ..core.arrays import Doubles, Floats
from .rotations import CARRY, FAR_S, NEAR_S, REST, local_rotations, seen_twist, twisted
from .skeleton import NAMES, Rig, rig_for, rig_from_world

_FORGET_S = 0.5  # after a longer pause a bone may be turned anyhow
_MOST_DEG_S = 600.0  # of a bone about itself
_BODY_FRAMES, _BODY_EVERY = 90, 10  # the body is measured over the first number, again after the second


@dataclass(frozen=True, slots=True)
class LivePose:
    """One person's rig, with the proportions known so far, and its pose in one frame; rig axes, metres."""

    rig: Rig
    joints: Doubles  # (17, 3) what the rig poses: the joints given, with the constant bones of this body
    root: Doubles  # (3,)
    rotations: Doubles  # (21, 4) local, x y z w; order of rig.NAMES; signs continue those of the frame before


class LiveSolver:
    """Frames of one person in, poses out. Use one for each person, from one thread."""

    def __init__(self) -> None:
        self._seen: deque[Doubles] = deque(maxlen=_BODY_FRAMES)
        self._count = 0
        self._body = Body(np.zeros(17))
        self._turning = _Past()
        self._before: Doubles | None = None  # (21, 4)

    def __call__(self, joints_world: Doubles | Floats, time_s: float) -> LivePose:
        """(17, 3) world metres, all known, and their time, which should grow -> the pose.

        Bone lengths are the medians of the last frames: a lifter that says something else in every frame would make
        an avatar whose bones are moved tremble.
        """
        joints = rig_from_world(np.asarray(joints_world, np.float64))
        self._seen.append(joints)
        self._count += 1
        if self._count <= _BODY_EVERY or self._count % _BODY_EVERY == 0:
            self._body = measure_body(np.stack(self._seen))
        joints = with_body(joints[None], self._body)
        self._turning.advance(time_s)
        rotations = local_rotations(joints, self._turning)[0]
        before = self._before if self._before is not None else np.tile([0.0, 0.0, 0.0, 1.0], (len(NAMES), 1))
        rotations[np.einsum("jc,jc->j", rotations, before) < 0] *= -1
        self._before = rotations
        return LivePose(rig_for(self._body), joints[0], joints[0, 0], rotations)


class _Past:
    """`rotations.Turning` for one frame at a time, from those before. Arrays have T = 1."""

    def __init__(self) -> None:
        self._time_s: float | None = None
        self._elapsed_s = np.inf
        self._sides: dict[str, Doubles] = {}
        self._near: dict[str, complex] = {}
        self._far: dict[str, complex] = {}
        self._local: dict[str, Doubles] = {}

    def advance(self, time_s: float) -> None:
        """The next frame is from this time. A clock that was set back counts as a pause."""
        elapsed = np.inf if self._time_s is None else time_s - self._time_s
        self._elapsed_s = elapsed if elapsed >= 0 else np.inf
        self._time_s = time_s

    def held(self, name: str, vectors: Doubles) -> Doubles:
        length = float(np.linalg.norm(vectors))
        if length > 1e-3:
            self._sides[name] = vectors / length
        return self._sides.get(name, vectors)

    def carried(self, name: str, along: Doubles, normal: Doubles, rest: Doubles, forward_only: bool = False) -> Doubles:
        twist = complex(seen_twist(along, normal, rest, forward_only)[0])
        near = self._faded(self._near, name, twist, NEAR_S)
        angle = float(np.angle(near + CARRY * self._faded(self._far, name, twist, FAR_S) + REST))
        return twisted(along, rest, np.array([angle]))

    def settled(self, directions: Doubles) -> Doubles:
        return directions

    def calmed(self, name: str, turn: Doubles, parent: Doubles, axis: Doubles) -> Doubles:
        local = parent[0].T @ turn[0]
        before = self._local.get(name)
        if before is not None and self._elapsed_s <= _FORGET_S:
            angle = _turn_about(before.T @ local, axis)
            most = np.radians(_MOST_DEG_S) * self._elapsed_s
            if abs(angle) > most:
                back = _about(axis, float(np.sign(angle)) * most - angle)
                turn, local = turn @ back, local @ back
        self._local[name] = local
        return turn

    def _faded(self, state: dict[str, complex], name: str, value: complex, time_s: float) -> complex:
        """First-order low-pass with that time constant; after a long pause the new value alone."""
        state[name] = value + (state.get(name, value) - value) * float(np.exp(-self._elapsed_s / time_s))
        return state[name]


def _turn_about(step: Doubles, axis: Doubles) -> float:
    """Radians in (-pi, pi] by which the rotation `step` (3, 3) turns about the unit `axis` (swing-twist)."""
    sine = np.array([step[2, 1] - step[1, 2], step[0, 2] - step[2, 0], step[1, 0] - step[0, 1]]) @ axis
    return float(np.arctan2(sine, np.trace(step) - axis @ step @ axis))


def _about(axis: Doubles, angle: float) -> Doubles:
    """(3, 3) rotation by `angle` radians about the unit `axis` (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)
