"""Load the official test sets of Human3.6M and MPI-INF-3DHP as takes of 17 joints.

Both are read from the files that published code uses; their licences forbid redistribution, so none are included.
Joints are H36M-17 in the order of `pipeline.core.skeletons`; 2D in pixels, 3D in metres in camera axes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.camera import Camera
from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.skeletons import chain_length
from training.data.npz_without_pickle import read_archive

H36M_SUBJECTS = ("S9", "S11")
# Indices of the 17 joints in Human3.6M's 32; the others are duplicates, fingers and toes (VideoPose3D).
H36M_OF_32 = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)
# Indices in MPI-INF-3DHP's 17: pelvis, right leg, left leg, spine, neck, head, head_top, left arm, right arm.
H36M_OF_3DHP = (14, 8, 9, 10, 11, 12, 13, 15, 1, 16, 0, 5, 6, 7, 2, 3, 4)
_LAYOUT = "The layout is that of VideoPose3D; see training/README.md."


@dataclass(frozen=True, slots=True)
class OfficialTake:
    """One person in one camera: image (T, 17, 2) px, truth (T, 17, 3) m, valid frames (T,)."""

    group: str  # row of the paper's table: an action or a sequence
    image: Floats
    true: Doubles
    valid: NDArray[np.bool_]
    camera: Camera  # of assumed field of view where the files do not state it


@dataclass(frozen=True, slots=True)
class OfficialCamera:
    """Extrinsics and lens of one Human3.6M camera, metres.

    `camera = rotation.T @ (world - position)`.
    """

    rotation: Doubles  # (3, 3)
    position_m: Doubles  # (3,)
    lens: Camera


def load_cameras(path: Path) -> dict[str, list[OfficialCamera]]:
    """Read the Human3.6M cameras of each subject from a JSON file. Raises `SourceError`.

    The file holds the two tables of VideoPose3D's `common/h36m_dataset.py`: `extrinsic` {subject: [{orientation:
    w x y z, translation: mm}]} and `intrinsic` [{res_w, res_h, focal_length: px}].
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        return {
            subject: [_camera(pose, lens) for pose, lens in zip(poses, data["intrinsic"], strict=True)]
            for subject, poses in data["extrinsic"].items()
            if all("orientation" in pose for pose in poses)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SourceError(f"The cameras {path} cannot be read ({error}).", "See training/README.md.") from error


def _camera(pose: Mapping[str, Any], lens: Mapping[str, Any]) -> OfficialCamera:
    w, x, y, z = np.array(pose["orientation"], np.float64) / np.linalg.norm(pose["orientation"])
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    width, height = int(lens["res_w"]), int(lens["res_h"])
    focal = float(lens["focal_length"][0]) if "focal_length" in lens else 0.0
    camera = Camera.assumed((width, height))
    if focal > 0:
        camera = Camera((width, height), float(np.degrees(2 * np.arctan(width / 2 / focal))), "from the file")
    return OfficialCamera(rotation, np.array(pose["translation"], np.float64).reshape(3) / 1000, camera)


def h36m_takes(
    data_3d: Path, data_2d: Path, cameras: Mapping[str, list[OfficialCamera]], subjects: tuple[str, ...] = H36M_SUBJECTS
) -> Iterator[OfficialTake]:
    """Yield every action of the subjects in every camera. Raises `SourceError`, `ConfigError`."""
    (positions,), (points,) = read_archive(data_3d, ["positions_3d"]), read_archive(data_2d, ["positions_2d"])
    for subject in subjects:
        if subject not in cameras:
            raise ConfigError(f"The cameras of {subject} are not in the cameras' file.", "See training/README.md.")
        for kind, table in (("3D", positions), ("2D", points)):
            if not isinstance(table, dict) or not isinstance(table.get(subject), dict):
                raise SourceError(f"The {kind} file knows no subject {subject}.", _LAYOUT)
        for action, world in positions[subject].items():
            views = points[subject].get(action)
            if views is None:
                raise SourceError(f"The 2D file has no '{action}' of {subject}.", _LAYOUT)
            if len(views) != len(cameras[subject]):
                raise SourceError(f"'{action}' of {subject} has {len(views)} views.", "There should be one a camera.")
            joints = _checked_joints(world, f"'{action}' of {subject}", 3)
            for camera, view in zip(cameras[subject], views, strict=True):
                image = _checked_joints(view, f"'{action}' of {subject}", 2)[: len(joints)]  # videos outlast the truth
                if len(image) < len(joints):
                    raise SourceError(f"'{action}' of {subject} has fewer 2D than 3D frames.", _LAYOUT)
                true = (joints - camera.position_m) @ camera.rotation
                yield OfficialTake(
                    action.split(" ")[0], image.astype(np.float32), true, np.ones(len(true), bool), camera.lens
                )


def _checked_joints(values: Any, of: str, axes: int) -> Doubles:
    """Check an array of 17 or (3D) 32 joints and select (T, 17, axes).

    Further columns, such as scores, are dropped.
    """
    array = np.asarray(values, np.float64) if isinstance(values, np.ndarray) and values.dtype.kind == "f" else None
    if array is None or array.ndim != 3 or array.shape[1] not in (17, 32) or array.shape[2] < axes:
        raise SourceError(f"{of} is no array of (frames, 17 or 32 joints, {axes}).", _LAYOUT)
    return array[:, list(H36M_OF_32) if array.shape[1] == 32 else slice(None), :axes]


def mpi_takes(path: Path) -> Iterator[OfficialTake]:
    """Yield the sequences TS1 to TS6 of MPI-INF-3DHP. Raises `SourceError`.

    The file has P-STMO's layout: `data` {sequence: {data_2d (T, 17, 2) px, data_3d (T, 17, 3) mm or m, valid (T,)}}.
    """
    (data,) = read_archive(path, ["data"])
    if not isinstance(data, dict):
        raise SourceError(f"{path.name} holds no sequences.", _LAYOUT)
    for name, sequence in data.items():
        try:
            parts = [sequence[key] for key in ("data_2d", "data_3d", "valid")]
        except (TypeError, KeyError) as error:
            raise SourceError(f"The sequence {name} has no data_2d, data_3d and valid.", _LAYOUT) from error
        image, true = (
            _checked_joints(part, name, axes)[:, list(H36M_OF_3DHP)] for part, axes in zip(parts, (2, 3), strict=False)
        )
        valid = np.asarray(parts[2]).reshape(-1).astype(bool)
        if not len(image) == len(true) == len(valid) or not valid.any():
            raise SourceError(f"The parts of the sequence {name} do not belong together.", _LAYOUT)
        if np.median(chain_length(true[valid])) > 50:  # a chain of about 1600 is in millimetres, not metres
            true = true / 1000
        camera = Camera.assumed((1920, 1080) if name in ("TS5", "TS6") else (2048, 2048))
        yield OfficialTake(str(name), image.astype(np.float32), true, valid, camera)
