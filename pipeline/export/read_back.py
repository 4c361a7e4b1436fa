"""Read an exported file back and compare it with the take, for the report.

A check reads up to 200 frames spread over the file, so that it is fast and needs no more memory than a frame.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..core.arrays import Doubles, Ints
from ..core.export_options import ExportOptions
from ..rig.bone_names import bone_names
from ..rig.skeleton import NAMES, Rig, forward_kinematics, h36m_from_rig
from ..rig.with_hands import FINGER_BONES, hand_points_of_rig
from .animation.read_bvh import lines_of, read_bvh
from .biomechanics.markers import JOINTS
from .tracks import SelectedPerson

_FRAMES = 200


@dataclass(frozen=True, slots=True)
class Check:
    """Compare one `value` with its `limit`."""

    what: str
    value: float
    limit: float
    unit: str

    @property
    def passed(self) -> bool:
        return self.value <= self.limit  # False for NaN


def check_file(name: str, path: Path, person: SelectedPerson, options: ExportOptions) -> list[Check]:
    """Check the file that exporter `name` wrote to `path` for `person`.

    The list is empty for formats that are not read back here.
    """
    resampled = person.is_resampled and name in ("bvh", "c3d")  # no frame is left to compare with
    if name not in _READERS or resampled:
        return []
    read, limit_mm = _READERS[name]
    rows = np.flatnonzero(person.seen)
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(_FRAMES, len(rows))).astype(int))]
    found, expected = read(path, person, rows, options), person.joints_world[rows]
    with_fingers = name in ("bvh", "glb") and person.hands is not None
    if with_fingers and person.hands is not None:
        expected = np.concatenate([expected, person.hands.joints[rows].reshape(len(rows), -1, 3)], axis=1)
    if not options.root_motion and name in ("bvh", "glb"):
        found, expected = found - found[:, :1], expected - expected[:, :1]
    both = min(found.shape[1], expected.shape[1])
    distance = np.linalg.norm(found[:, :both] - expected[:, :both], axis=-1) * 1000
    checks = [Check(f"joints of {len(rows)} frames against the take", _most(distance[:, :17]), limit_mm, "mm")]
    if with_fingers:
        what = f"points of both hands in {len(rows)} frames against the take"
        checks.append(Check(what, _most(distance[:, 17:]), limit_mm, "mm"))
    if name == "bvh":
        stated = read_bvh(path, rows[:1]).frame_time_s
        checks.append(Check("rate against the video", abs(1 / stated - person.rate_hz), 1e-4, "Hz"))
    return checks


def _most(distances: Doubles) -> float:
    """Return the largest distance; infinite if the file has none of the points."""
    return float(distances.max()) if distances.size else float("inf")


def _world_from_rig(points: Doubles) -> Doubles:
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


def _bvh(path: Path, person: SelectedPerson, rows: Ints, options: ExportOptions) -> Doubles:
    found = read_bvh(path, rows + (1 if options.t_pose else 0))
    points = _points(found.rig, found.moves, found.rotations, options)
    return points * (0.01 if options.unit == "cm" else 1.0)


def _points(rig: Rig, moves: dict[int, Doubles], rotations: Doubles, options: ExportOptions) -> Doubles:
    """Return the joints (T, 17, 3) or, with fingers, (T, 59, 3) in world space, of bones with the preset's names.

    `moves`: bone -> local translations (T, 3).
    """
    known = (*NAMES, *FINGER_BONES)
    plain = dict(zip(bone_names(options.preset, known), known, strict=True))
    names = [plain.get(name, name) for name in rig.names]
    rig = replace(rig, names=tuple(names))
    places, tips = forward_kinematics(rig, moves[0], rotations, moves)
    order = [names.index(name) for name in NAMES]
    head_top = {NAMES.index("Head"): tips[names.index("Head")]}
    joints = h36m_from_rig(places[:, order], head_top)
    if FINGER_BONES[0] in names:
        hands = hand_points_of_rig(rig, places, tips)
        joints = np.concatenate([joints, hands.reshape(len(joints), -1, 3)], axis=1)
    return _world_from_rig(joints)


def _glb(path: Path, person: SelectedPerson, rows: Ints, options: ExportOptions) -> Doubles:
    data = np.memmap(path, np.uint8, "r")
    size = int.from_bytes(data[12:16].tobytes(), "little")
    document = json.loads(data[20 : 20 + size].tobytes())
    binary = data[28 + size :]
    keys = np.searchsorted(np.flatnonzero(person.seen), rows)  # only seen frames have keys

    def values(accessor: int, width: int) -> Doubles:
        about = document["accessors"][accessor]
        start = document["bufferViews"][about["bufferView"]]["byteOffset"]
        part = binary[start : start + 4 * width * about["count"]].view("<f4").reshape(-1, width)
        return part[keys].astype(np.float64)

    nodes, animation = document["nodes"], document["animations"][0]
    bones = [node for node in document["skins"][0]["joints"] if not nodes[node]["name"].endswith("_end")]  # they follow
    turns = np.tile([0.0, 0.0, 0.0, 1.0], (len(rows), len(bones), 1))
    moves = {0: np.zeros((len(rows), 3))}
    for channel in animation["channels"]:
        output, bone = animation["samplers"][channel["sampler"]]["output"], channel["target"]["node"]
        if channel["target"]["path"] == "translation":
            moves[bone] = values(output, 3)
        else:
            turns[:, bone] = values(output, 4)
    offsets = np.array([nodes[bone]["translation"] for bone in bones])
    pairs = [(child, bone) for bone in bones for child in nodes[bone].get("children", ())]
    ends = {bone: np.array(nodes[child]["translation"]) for child, bone in pairs if child >= len(bones)}
    parents = {child: bone for child, bone in pairs if child < len(bones)}
    names = tuple(nodes[bone]["name"] for bone in bones)
    rig = Rig(offsets, ends, 0.0, names, tuple(parents.get(bone, -1) for bone in bones))
    return _points(rig, moves, turns, options)


def _trc(path: Path, person: SelectedPerson, rows: Ints, options: ExportOptions) -> Doubles:
    cells = np.array([line.split("\t")[2:] for line in lines_of(path, 5 + rows)], float)
    values = cells.reshape(len(cells), -1, 3)[:, : len(JOINTS)]  # toes may follow
    return np.stack([-values[..., 2], -values[..., 0], values[..., 1]], axis=-1)


def _wide(path: Path, person: SelectedPerson, rows: Ints, options: ExportOptions) -> Doubles:
    return np.array([line.split(",")[2:] for line in lines_of(path, 1 + rows)], float).reshape(-1, 17, 3)


def _npz(path: Path, person: SelectedPerson, rows: Ints, options: ExportOptions) -> Doubles:
    with np.load(path, allow_pickle=False) as data:
        column = data["persons"].tolist().index(person.person)
        return np.asarray(data["joints_world"][rows, column], np.float64)


def _c3d(path: Path, person: SelectedPerson, rows: Ints, options: ExportOptions) -> Doubles:
    import ezc3d

    # ezc3d opens plain file names only, on Windows ASCII names only.
    with tempfile.TemporaryDirectory(prefix="hourglass-") as folder:
        copy = shutil.copyfile(path, Path(folder) / "markers.c3d")
        points = ezc3d.c3d(str(copy))["data"]["points"]
    return np.asarray(points[:3, : len(JOINTS)].transpose(2, 1, 0)[rows] / 1000)


# Exporter -> reader of its file, and largest joint deviation in mm.
_READERS: dict[str, tuple[Callable[[Path, SelectedPerson, Ints, ExportOptions], Doubles], float]] = {
    "bvh": (_bvh, 1.0),
    "glb": (_glb, 1.0),
    "trc": (_trc, 0.01),
    "csv_wide": (_wide, 0.01),
    "npz": (_npz, 0.01),
    "c3d": (_c3d, 0.01),
}
