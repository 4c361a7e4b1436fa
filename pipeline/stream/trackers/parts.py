"""Compute where a person's virtual trackers are and how they are turned, in Unity's axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Doubles
from ...core.errors import ConfigError
from ...core.live import LivePerson
from ...rig.live_rotations import LivePose, LiveSolver
from ...rig.skeleton import forward_kinematics
from ...rig.with_hands import global_rotation
from ..address import Address
from ..vmc import unity_positions, unity_rotations

# Bone whose start and rotation a tracker has. A tracker keeps its number, whichever are chosen.
BONES = {
    1: "Hips", 2: "Spine1", 3: "LeftFoot", 4: "RightFoot",
    5: "LeftLeg", 6: "RightLeg", 7: "LeftForeArm", 8: "RightForeArm",
}  # fmt: skip
_NUMBERS = {"hip": (1,), "chest": (2,), "feet": (3, 4), "knees": (5, 6), "elbows": (7, 8)}
_DEFAULT = "hip feet"
_LEAST_SCALE, _MOST_SCALE = 0.1, 10.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Hold the place of one bone.

    In Unity's axes: left-handed, y up, metres; a person who faces the camera looks along +z.
    """

    position: Doubles  # (3,) m, scaled
    rotation: Doubles  # (4,) x y z w, from the T-pose


class Trackers:
    """Place the trackers that an address asks for; use one for each stream, from one thread."""

    def __init__(self, address: Address) -> None:
        self._bones = {number: BONES[number] for number in chosen_numbers(address)}
        self.scale = _scale(address)
        self._person: int | None = None
        self._solver = LiveSolver()

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(self._bones)

    def __call__(self, person: LivePerson, time_s: float) -> tuple[dict[int, Placed], Placed]:
        """Return the trackers by number, and the head. All 17 joints are known."""
        if person.person != self._person:
            self._person, self._solver = person.person, LiveSolver()
        pose = self._solver(person.joints, time_s)
        positions, _ = forward_kinematics(pose.rig, pose.root[None], pose.rotations[None])
        placed = {number: self._placed(pose, positions[0], bone) for number, bone in self._bones.items()}
        return placed, self._placed(pose, positions[0], "Head")

    def _placed(self, pose: LivePose, positions: Doubles, name: str) -> Placed:
        from scipy.spatial.transform import Rotation

        bone = pose.rig.names.index(name)
        turn = Rotation.from_matrix(global_rotation(pose.rig, pose.rotations[None], bone)).as_quat()[0]
        return Placed(unity_positions(positions[bone]) * self.scale, unity_rotations(turn))


def chosen_numbers(address: Address) -> list[int]:
    """Return the numbers of the trackers in `?trackers=hip+feet`. Raises `ConfigError`."""
    numbers: set[int] = set()
    for word in (address.trackers or _DEFAULT).replace("+", " ").split():
        if word not in _NUMBERS:
            raise ConfigError(f"There is no tracker '{word}'.", f"Known: {'+'.join(_NUMBERS)}.")
        numbers.update(_NUMBERS[word])
    return sorted(numbers)


def refuse_several_people(address: Address) -> None:
    """Raise `ConfigError` if the address asks for all people: a set of trackers is one person's."""
    if address.all_people:
        raise ConfigError("Trackers carry one person.", f"Choose one: {address.scheme}://{address.host}?person=2.")


def euler_deg(rotation: Doubles) -> Doubles:
    """Return Unity's Euler angles x, y, z in degrees.

    Unity turns about z, then x, then y, in fixed axes.
    """
    from scipy.spatial.transform import Rotation

    y, x, z = Rotation.from_quat(rotation).as_euler("YXZ", degrees=True)
    return np.array([x, y, z])


def _scale(address: Address) -> float:
    try:
        scale = float(address.scale or 1.0)
    except ValueError:
        scale = np.nan
    if not _LEAST_SCALE <= scale <= _MOST_SCALE:
        raise ConfigError(
            f"'{address.scale}' is no scale of a body.",
            f"Give the avatar's height divided by the person's, {_LEAST_SCALE:g} to {_MOST_SCALE:g}.",
        )
    return scale
