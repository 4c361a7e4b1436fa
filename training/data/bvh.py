"""Read BVH files: joints at the proximal ends of their segments, end sites as `NAME.end`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.errors import SourceError
from pipeline.system.safe_read import read_bytes
from training.data.recording import MocapRecording, euler_rotation

_CHANNELS = [f"{axis}{kind}" for axis in "xyz" for kind in ("position", "rotation")]
_LARGEST = 1 << 30  # bytes of a file
_HINT = "Export it again as BVH from the program that wrote it."


@dataclass(slots=True)
class _Joint:
    name: str
    parent: int
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    channels: list[str] = field(default_factory=list)  # in file order, lower case: xposition, zrotation ...


def read_bvh(path: Path) -> MocapRecording:
    """Read the recording of a BVH file.

    Raises `SourceError` if it is unreadable or of another format.
    """
    try:
        text = read_bytes(path, _LARGEST).decode("utf-8", "replace")
        tokens = iter(text.split())
        joints = _hierarchy(tokens)
        frames, frame_time_s = _header(tokens)
        numbers = np.array([float(token) for token in tokens])
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).", _HINT) from error
    except StopIteration as error:
        raise SourceError(f"{path} ends too early to be a BVH file.", _HINT) from error
    except (ValueError, IndexError) as error:
        raise SourceError(f"{path} is no BVH file ({error}).", _HINT) from error
    width = sum(len(joint.channels) for joint in joints)
    if width == 0 or frame_time_s <= 0 or len(numbers) < width:
        raise SourceError(f"{path} holds no motion.", _HINT)
    # A truncated file, or a header that counts more frames than follow, still yields its complete frames.
    frames = min(frames, len(numbers) // width) if frames > 0 else len(numbers) // width
    motion = numbers[: frames * width].reshape(frames, width)
    if not np.isfinite(motion).all():
        raise SourceError(f"{path} holds values that are no numbers.", _HINT)
    positions, rotations = _kinematics(joints, motion)
    return MocapRecording(tuple(joint.name for joint in joints), positions, rotations, 1.0 / frame_time_s)


def _expect(tokens: Iterator[str], *words: str) -> None:
    for word in words:
        if (got := next(tokens)).upper() != word:
            raise ValueError(f"'{word}' expected, '{got[:40]}' found")


def _channel(word: str) -> str:
    if word.lower() not in _CHANNELS:
        raise ValueError(f"the channel '{word.lower()[:40]}' is unknown")
    return word.lower()


def _hierarchy(tokens: Iterator[str]) -> list[_Joint]:
    """Parse the hierarchy up to and including the keyword MOTION."""
    _expect(tokens, "HIERARCHY")
    joints: list[_Joint] = []
    open_joints: list[int] = []
    for word in tokens:
        match word.upper():
            case "ROOT" | "JOINT":
                joints.append(_Joint(next(tokens), open_joints[-1] if open_joints else -1))
            case "END":
                next(tokens)  # "Site"
                joints.append(_Joint(f"{joints[open_joints[-1]].name}.end", open_joints[-1]))
            case "{":
                open_joints.append(len(joints) - 1)
            case "}":
                open_joints.pop()
            case "OFFSET":
                joints[open_joints[-1]].offset = (float(next(tokens)), float(next(tokens)), float(next(tokens)))
            case "CHANNELS":
                joints[open_joints[-1]].channels = [_channel(next(tokens)) for _ in range(int(next(tokens)))]
            case "MOTION":
                return joints
            case _:
                raise ValueError(f"'{word[:40]}' is not expected in a hierarchy")
    raise StopIteration


def _header(tokens: Iterator[str]) -> tuple[int, float]:
    _expect(tokens, "FRAMES:")
    frames = int(next(tokens))
    _expect(tokens, "FRAME", "TIME:")
    return frames, float(next(tokens))


def _kinematics(joints: list[_Joint], motion: Doubles) -> tuple[Doubles, Doubles]:
    """Run forward kinematics: channels (F, C) -> positions (F, P, 3), rotations (F, P, 3, 3)."""
    positions = np.zeros((len(motion), len(joints), 3))
    rotations = np.tile(np.eye(3), (len(motion), len(joints), 1, 1))
    column = 0
    for number, joint in enumerate(joints):
        values = dict(zip(joint.channels, motion[:, column : column + len(joint.channels)].T, strict=True))
        column += len(joint.channels)
        if unknown := [name for name in joint.channels if name[1:] not in ("position", "rotation")]:
            raise SourceError(f"The joint {joint.name} has a channel '{unknown[0]}', which BVH does not know.", _HINT)
        offset = np.tile(joint.offset, (len(motion), 1))
        for axis, letter in enumerate("xyz"):  # position channels replace the offset
            offset[:, axis] = values.get(f"{letter}position", offset[:, axis])
        angles = [name for name in joint.channels if name.endswith("rotation")]
        local = euler_rotation(
            "".join(name[0] for name in angles),
            np.radians(np.stack([values[name] for name in angles], axis=-1)) if angles else np.zeros((len(motion), 0)),
        )
        if joint.parent < 0:
            positions[:, number], rotations[:, number] = offset, local
        else:
            parent = rotations[:, joint.parent]
            positions[:, number] = positions[:, joint.parent] + np.einsum("fij,fj->fi", parent, offset)
            rotations[:, number] = parent @ local
    return positions, rotations
