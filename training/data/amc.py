"""Read Acclaim motion capture: a subject's skeleton (ASF) and its recordings (AMC).

Points are the *distal ends* of the bones, as the format defines them; `root` is the point that all chains start from.
The skeleton of a CMU file is that of its subject (`06.asf` for `06_01.amc`), else the only ASF in the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.errors import SourceError
from pipeline.system.safe_read import read_bytes
from training.data.recording import MocapRecording, axis_rotation, euler_rotation

AMC_RATE_HZ = 120.0  # Hz: the format has no frame rate; CMU and HDM05 were captured at 120
_INCH_M = 0.0254  # m, the length unit of ASF at `length 1`
_LARGEST = 1 << 30  # bytes of a file
_HINT = "ASF and AMC must belong together and be complete."


@dataclass(slots=True)
class _Bone:
    name: str
    direction: Doubles  # (3,) unit vector in the skeleton's rest pose
    length: float = 0.0  # in the file's unit
    axis: Doubles | None = None  # (3, 3) local axes in the rest pose
    dof: tuple[str, ...] = ()  # rotation channels, such as "rx"
    parent: str = ""


@dataclass(frozen=True, slots=True)
class AsfSkeleton:
    """Skeleton of one ASF file. Parents come before their children; the first bone is the root."""

    bones: tuple[_Bone, ...]
    root_order: tuple[str, ...]
    radians: float  # rad per unit of angle in the file
    metres: float  # m per unit of length in the file


def find_asf(amc: Path) -> Path:
    """Find the ASF skeleton that belongs to an AMC file. Raises `SourceError`."""
    by_name = [amc.with_name(f"{amc.stem.split('_')[0]}.asf"), amc.with_suffix(".asf")]
    for path in by_name:
        if path.is_file():
            return path
    in_folder = sorted(amc.parent.glob("*.asf"))
    if len(in_folder) != 1:
        raise SourceError(f"There is no skeleton for {amc.name}.", f"Put {by_name[0].name} beside it.")
    return in_folder[0]


def read_asf(path: Path) -> AsfSkeleton:
    """Read an ASF skeleton. Raises `SourceError` if the file is unreadable or of another format."""
    try:
        sections = _sections(read_bytes(path, _LARGEST).decode("latin-1"))
        units = {words[0]: words[1] for words in sections["units"] if len(words) == 2}
        radians = 1.0 if units.get("angle", "deg").startswith("rad") else np.pi / 180
        root = {words[0]: words[1:] for words in sections["root"]}
        bones = {"root": _Bone("root", np.zeros(3), axis=np.eye(3))}
        for lines in _blocks(sections["bonedata"]):
            values = {words[0]: words[1:] for words in lines}
            turn = values["axis"]
            bones[values["name"][0]] = _Bone(
                values["name"][0],
                np.array([float(v) for v in values["direction"]]),
                float(values["length"][0]),
                # "XYZ" is extrinsic: rotated about the world's x first, then y, then z
                euler_rotation(turn[3].lower()[::-1], radians * np.array([float(v) for v in turn[2::-1]])),
                tuple(name.lower() for name in values.get("dof", [])),
            )
        order = ["root"]
        for parent, *children in next(iter(_blocks(sections["hierarchy"]))):
            for child in children:
                bones[child].parent = parent
                order.append(child)
        _check_tree(order, bones)
        while late := [n for i, n in enumerate(order) if i and bones[n].parent in order[i:]]:
            order.remove(late[0])
            order.append(late[0])
        metres = _INCH_M / _positive(units.get("length", "1"))
        return AsfSkeleton(
            tuple(bones[name] for name in order), tuple(word.lower() for word in root["order"]), float(radians), metres
        )
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).", _HINT) from error
    except (KeyError, ValueError, IndexError, StopIteration) as error:
        raise SourceError(f"{path} is no ASF skeleton ({type(error).__name__}: {error}).", _HINT) from error


def read_amc(path: Path, skeleton: AsfSkeleton, rate_hz: float = AMC_RATE_HZ) -> MocapRecording:
    """Read an AMC recording.

    Raises `SourceError` if it is unreadable or does not belong to the skeleton.
    """
    try:
        frames = _frames(read_bytes(path, _LARGEST).decode("latin-1"))
        values = {
            name: np.array([frame[name] for frame in frames], dtype=float)
            for name in frames[0]
            if all(name in frame for frame in frames)
        }
        positions, rotations = _kinematics(skeleton, values, len(frames))
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).", _HINT) from error
    except (KeyError, ValueError, IndexError) as error:
        raise SourceError(f"{path} does not fit its skeleton ({type(error).__name__}: {error}).", _HINT) from error
    return MocapRecording(tuple(bone.name for bone in skeleton.bones), positions, rotations, rate_hz, skeleton.metres)


def _check_tree(order: list[str], bones: dict[str, _Bone]) -> None:
    """Raise ValueError unless each bone is listed once and every chain of parents ends at the root."""
    if len(set(order)) != len(order):
        raise ValueError("a bone has two parents")
    for name in order:
        above, steps = name, 0
        while above != "root":
            above, steps = bones[above].parent, steps + 1
            if steps > len(bones):
                raise ValueError(f"the bone {name} is its own ancestor")


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise ValueError(f"the unit of length is {text}")
    return value


def _sections(text: str) -> dict[str, list[list[str]]]:
    """Split an ASF text into its sections (`:root` ...), each a list of lines of words."""
    out: dict[str, list[list[str]]] = {}
    current: list[list[str]] = []
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words and words[0].startswith(":"):
            current = out.setdefault(words[0][1:].lower(), [])
        elif words:
            current.append(words)
    return out


def _blocks(lines: list[list[str]]) -> list[list[list[str]]]:
    """Collect the lines between each `begin` and `end`."""
    out: list[list[list[str]]] = []
    for words in lines:
        if words[0].lower() == "begin":
            out.append([])
        elif words[0].lower() != "end":
            out[-1].append(words)
    return out


def _frames(text: str) -> list[dict[str, list[float]]]:
    """Split an AMC text into frames: bone name -> channel values.

    Raises ValueError if there are none.
    """
    frames: list[dict[str, list[float]]] = []
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if not words or words[0].startswith(":"):
            continue
        if len(words) == 1 and words[0].isdigit():
            frames.append({})
        else:
            frames[-1][words[0]] = [float(word) for word in words[1:]]
    if len(frames) > 1 and len(frames[-1]) < len(frames[0]):
        frames.pop()  # the file ends in the middle of a frame
    if not frames:
        raise ValueError("no frames")
    return frames


def _kinematics(skeleton: AsfSkeleton, values: dict[str, Doubles], frames: int) -> tuple[Doubles, Doubles]:
    """Run forward kinematics: channels by bone -> ends (F, P, 3), rotations (F, P, 3, 3)."""
    numbers = {bone.name: number for number, bone in enumerate(skeleton.bones)}
    positions = np.zeros((frames, len(numbers), 3))
    rotations = np.tile(np.eye(3), (frames, len(numbers), 1, 1))
    for number, bone in enumerate(skeleton.bones):
        dof = skeleton.root_order if number == 0 else bone.dof
        local = np.tile(np.eye(3), (frames, 1, 1))
        if dof:
            channels = values[bone.name]
            if channels.shape != (frames, len(dof)):
                raise ValueError(f"{bone.name} has {channels.shape[1]} values, {len(dof)} expected")
            for column, name in enumerate(dof):  # extrinsic: each further rotation is about a world axis
                if name in ("rx", "ry", "rz"):
                    local = axis_rotation(name[1], skeleton.radians * channels[:, column]) @ local
                elif number == 0:
                    positions[:, 0, "xyz".index(name[1])] = channels[:, column]
        if number == 0:
            rotations[:, 0] = local
            continue
        assert bone.axis is not None
        parent = numbers[bone.parent]
        rotations[:, number] = rotations[:, parent] @ bone.axis @ local @ bone.axis.T
        positions[:, number] = positions[:, parent] + rotations[:, number] @ (bone.direction * bone.length)
    return positions, rotations
