"""Read BVH files for tests, independently of the exporter, from the format's description."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_AXIS = {"X": 0, "Y": 1, "Z": 2}


@dataclass
class Joint:
    name: str
    parent: int
    offset: np.ndarray | None = None
    channels: list[str] = field(default_factory=list)


@dataclass
class Bvh:
    joints: list[Joint]
    frame_time: float
    motion: np.ndarray  # (frames, channels)

    def index(self, name: str) -> int:
        return [joint.name for joint in self.joints].index(name)

    def children(self, name: str) -> list[str]:
        return [j.name for j in self.joints if j.parent == self.index(name)]

    def positions(self, motion: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Return (frames, 3) positions of every joint and end site, by forward kinematics."""
        motion = self.motion if motion is None else motion
        column, places, turns = 0, [], []
        for joint in self.joints:
            place = np.tile(joint.offset, (len(motion), 1)).astype(float)
            turn = np.tile(np.eye(3), (len(motion), 1, 1))
            for channel in joint.channels:
                axis, value = _AXIS[channel[0]], motion[:, column]
                column += 1
                if channel.endswith("position"):
                    place[:, axis] += value
                else:
                    turn = turn @ about(axis, np.radians(value))
            if joint.parent >= 0:
                parent_turn = turns[joint.parent]
                place = places[joint.parent] + np.einsum("tij,tj->ti", parent_turn, place)
                turn = parent_turn @ turn
            places.append(place)
            turns.append(turn)
        assert column == motion.shape[1]
        return {joint.name: place for joint, place in zip(self.joints, places, strict=True)}


def about(axis: int, angle: np.ndarray) -> np.ndarray:
    """Return (T, 3, 3) right-handed rotations about a coordinate axis."""
    c, s = np.cos(angle), np.sin(angle)
    out = np.tile(np.eye(3), (len(angle), 1, 1))
    a, b = (axis + 1) % 3, (axis + 2) % 3
    out[:, a, a], out[:, a, b], out[:, b, a], out[:, b, b] = c, -s, s, c
    return out


def read_bvh(path: Path) -> Bvh:
    words = path.read_text("utf-8").split()
    assert words[0] == "HIERARCHY"
    joints: list[Joint] = []
    stack: list[int] = []
    at = 1
    while words[at] != "MOTION":
        word = words[at]
        if word in ("ROOT", "JOINT"):
            joints.append(Joint(words[at + 1], stack[-1] if stack else -1))
            at += 2
        elif word == "End":
            joints.append(Joint(joints[stack[-1]].name + "End", stack[-1]))
            at += 2
        elif word == "{":
            stack.append(len(joints) - 1)
            at += 1
        elif word == "}":
            stack.pop()
            at += 1
        elif word == "OFFSET":
            joints[-1].offset = np.array([float(w) for w in words[at + 1 : at + 4]])
            at += 4
        elif word == "CHANNELS":
            count = int(words[at + 1])
            joints[-1].channels = words[at + 2 : at + 2 + count]
            at += 2 + count
        else:
            raise ValueError(f"unexpected '{word}'")
    assert not stack
    assert words[at + 1] == "Frames:"
    frames = int(words[at + 2])
    assert words[at + 3 : at + 5] == ["Frame", "Time:"]
    numbers = np.array(words[at + 6 :], float)
    return Bvh(joints, float(words[at + 5]), numbers.reshape(frames, -1))
