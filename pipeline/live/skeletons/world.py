"""Estimate gravity and floor of a live run while people are seen, in constant memory.

The evidence is that of file mode (`post.ground.gravity`, `post.ground.floor`): postures and standing feet. Here it is
collected over time, kept in ring buffers (so that the estimate is right again a minute after the camera was moved), and
evaluated every second. The axes then move smoothly to the new estimate instead of jumping.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...body.bones import unit
from ...body.stature import ankle_height_m
from ...core.arrays import Doubles
from ...core.config import SceneConfig
from ...core.geometry import rotation_world_from_camera
from ...post.ground.floor import floor_height
from ...post.ground.foot_contacts import ANKLES, contact_positions, standing_feet
from ...post.ground.gravity import find_gravity, up_from_angles
from .ring_buffer import Ring

_POSTURES_HZ = 5.0  # Hz, highest rate at which postures are collected
_POSTURES, _PLACES, _STANDING = 300, 100, 600  # rows per person: about a minute
_MOST_PEOPLE = 8  # people whose evidence is kept; that of the least recently seen is removed
_FEWEST_STANDING = 10  # standing ankles; fewer give no floor
_STOREY_M = 0.25  # m below the common floor from which the lowest floor of one person counts
# s: interval of the estimates, their interval at first, and how long that lasts.
_EVERY_S, _EVERY_AT_FIRST_S, _AT_FIRST_S = 1.0, 0.4, 5.0
_GLIDE_S = 0.7  # s, time constant with which the axes follow the estimate


@dataclass(slots=True)
class _Evidence:
    postures: Ring = field(default_factory=lambda: Ring(_POSTURES, joints=(17, 3)))
    places: Ring = field(default_factory=lambda: Ring(_PLACES, place=(3,)))
    standing: Ring = field(default_factory=lambda: Ring(_STANDING, ankle=(3,)))
    learned_s: float = -np.inf


class LiveWorld:
    """Transform camera space to a world that is estimated from people. Use from one thread.

    `place` transforms joints; `due` and `learn` update the estimate.
    """

    def __init__(self, scene: SceneConfig) -> None:
        self._scene = scene
        self._ankle_m = ankle_height_m(scene)
        self._people: dict[int, _Evidence] = {}
        self._up = self._target_up = up_from_angles(scene.pitch_deg or 0.0, scene.roll_deg or 0.0)
        self._floor = self._target_floor = 0.0
        self._origin: Doubles | None = None
        self._began_s: float | None = None
        self._learned_s = -np.inf
        self._moved_s = -np.inf
        self.rotation = np.eye(3)
        self.translation = np.zeros(3)
        self._turn()

    def due(self, time_s: float) -> bool:
        """Return whether enough time has passed since the last estimate to call `learn`."""
        early = self._began_s is None or time_s - self._began_s < _AT_FIRST_S
        return time_s - self._learned_s >= (_EVERY_AT_FIRST_S if early else _EVERY_S)

    def newest_s(self, person: int) -> float:
        """Return the time (s) up to which `learn` has a person's joints; -inf before the first ones."""
        return self._people[person].learned_s if person in self._people else -np.inf

    def learn(self, time_s: float, seen: dict[int, tuple[Doubles, Doubles]]) -> None:
        """Update gravity and floor from the latest joints of people.

        `seen`: person -> times (n,) s and joints (n, 17, 3) m in camera space. They may overlap with those of earlier
        calls.
        """
        first = self._began_s is None
        for person, (times, joints) in seen.items():
            if len(times):
                self._gather(person, times, joints)
        if not self._people:
            return
        self._began_s = time_s if self._began_s is None else self._began_s
        self._learned_s = time_s
        everyone = list(self._people.values())
        if self._scene.pitch_deg is None:
            found = find_gravity([e.postures["joints"] for e in everyone], [e.places["place"] for e in everyone])
            roll = found.roll_deg if self._scene.roll_deg is None else self._scene.roll_deg
            self._target_up = up_from_angles(found.pitch_deg, roll)
        self._target_floor = self._find_floor(everyone)
        if first:
            self._up, self._floor = self._target_up, self._target_floor
            self._turn()

    def place(self, time_s: float, joints: Doubles) -> Doubles:
        """Transform joints (..., 17, 3) m from camera space to the world, and move the axes.

        The axes approach the estimate by the time since the last call.
        """
        if self._origin is None:
            self._origin = joints.reshape(-1, 17, 3)[0, 0].copy()
            self._turn()
        if time_s > self._moved_s:
            elapsed = min(time_s - self._moved_s, 1.0)
            share = 1 - float(np.exp(-elapsed / _GLIDE_S))
            self._up = unit(self._up + share * (self._target_up - self._up))
            self._floor += share * (self._target_floor - self._floor)
            self._moved_s = time_s
            self._turn()
        return self.in_world(joints)

    def in_world(self, joints: Doubles) -> Doubles:
        """Transform joints (..., 17, 3) m from camera space to the world without moving the axes."""
        return np.asarray(joints @ self.rotation.T + self.translation)

    def _turn(self) -> None:
        pitch = np.degrees(np.arcsin(np.clip(-self._up[2], -1, 1)))
        roll = np.degrees(np.arctan2(-self._up[0], -self._up[1]))
        self.rotation = np.asarray(rotation_world_from_camera(float(pitch), float(roll)), np.float64)
        under = np.zeros(3) if self._origin is None else self.rotation @ self._origin
        self.translation = np.array([-under[0], -under[1], -self._floor])

    def _gather(self, person: int, times: Doubles, joints: Doubles) -> None:
        evidence = self._people.pop(person, None) or _Evidence()
        self._people[person] = evidence  # the most recently updated person is the last
        while len(self._people) > _MOST_PEOPLE:
            del self._people[next(iter(self._people))]
        new = times > evidence.learned_s
        last_s = -np.inf
        for at, pose in zip(times[new], joints[new], strict=True):
            if at - last_s >= 1 / _POSTURES_HZ:
                evidence.postures.push(joints=pose)
                last_s = at
        if len(times) > 2:
            rate_hz = (len(times) - 1) / max(float(times[-1] - times[0]), 1e-3)
            standing = standing_feet(joints, self._target_up, rate_hz)
            for place in contact_positions(joints[new], standing[new]):
                evidence.places.push(place=place)
            for foot, ankle in enumerate(ANKLES):
                for point in joints[new & standing[:, foot], ankle]:
                    evidence.standing.push(ankle=point)
        evidence.learned_s = float(times[-1])

    def _find_floor(self, everyone: list[_Evidence]) -> float:
        up = self._target_up
        standing = np.concatenate([e.standing["ankle"] for e in everyone])
        if len(standing) < _FEWEST_STANDING:  # too few standing feet yet: the lower ankles replace them
            ankles = np.concatenate([e.postures["joints"][:, ANKLES] for e in everyone])
            return float(floor_height((ankles @ up).min(axis=1), self._ankle_m))
        floor = float(floor_height(standing @ up, self._ankle_m))
        # A person who stands well below it decides: others, on a stool or roof, may have been seen earlier and longer.
        own = [e.standing["ankle"] @ up for e in everyone if len(e.standing) >= _FEWEST_STANDING]
        lowest = min(float(floor_height(heights, self._ankle_m)) for heights in own) if own else floor
        return lowest if lowest < floor - _STOREY_M else floor
