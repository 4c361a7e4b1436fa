"""A take on disk: one `.pose3d` file, a zip of `take.json` (what and how) and `arrays.npz` (numbers). No pickle.

Opening a take runs no model: everything the viewer and the exporters need is in the file. Pixels are not; the video is
found again by its path.
"""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Ints, check_shape
from ..core.camera import VideoInfo
from ..core.errors import TakeError
from ..core.poses import PersonTrack
from ..core.take import Finding, LiftedTrack, SceneEstimate, Take, TokenStages, Track3D
from ..system.files import atomic_write

SUFFIX = ".pose3d"
FORMAT = "hourglass-pose3d"
VERSION = 1
_LARGEST_JSON = 64 * 2**20  # a take.json above this is not ours
_LARGEST_ARRAYS = 16 * 2**30


def save_take(take: Take, path: Path) -> Path:
    """Write `take` to `path` atomically. Raises `OutputError`."""
    arrays: dict[str, NDArray[Any]] = {}
    if take.tracks2d:
        arrays["frame_index"], arrays["time_s"] = take.tracks2d[0].frame_index, take.tracks2d[0].time_s
    for track in take.tracks2d:
        arrays[f"person{track.person}_joints_image"] = track.joints_image
        arrays[f"person{track.person}_scores_image"] = track.scores
    for track3d in take.tracks3d:
        arrays[f"person{track3d.person}_joints"] = track3d.joints
        arrays[f"person{track3d.person}_scores"] = track3d.scores
    for lifted in take.lifted:
        arrays[f"person{lifted.person}_lifted"] = lifted.relative
    for stages in take.token_stages:
        arrays[f"person{stages.person}_kept"] = np.packbits(stages.kept, axis=1)
    if take.scene:
        arrays["scene_rotation"], arrays["scene_translation"] = take.scene.rotation, take.scene.translation
        for person, error_px in take.scene.reprojection_px.items():
            arrays[f"person{person}_reprojection_px"] = error_px
    header = {
        "format": FORMAT,
        "version": VERSION,
        "info": dataclasses.asdict(take.info),
        "complete": take.complete,
        "tracks2d": [{"person": t.person, "skeleton": t.skeleton} for t in take.tracks2d],
        "tracks3d": [{"person": t.person, "skeleton": t.skeleton, "space": t.space} for t in take.tracks3d],
        "lifted": [{"person": t.person, "unit_stature_m": t.unit_stature_m} for t in take.lifted],
        "names": {str(person): name for person, name in take.names.items()},
        "token_stages": [{"person": s.person, "blocks": list(s.blocks)} for s in take.token_stages],
        "scene": take.scene
        and {
            "fov_deg": take.scene.fov_deg,
            "pitch_deg": take.scene.pitch_deg,
            "roll_deg": take.scene.roll_deg,
            "tilt_sigma_deg": take.scene.tilt_sigma_deg,
            "notes": take.scene.notes,
            "findings": [dataclasses.asdict(finding) for finding in take.scene.findings],
        },
        "provenance": take.provenance,
    }
    with atomic_write(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("take.json", json.dumps(header, indent=1, allow_nan=False))
        with archive.open("arrays.npz", "w", force_zip64=True) as member:
            np.savez_compressed(member, **arrays)
    return path


def load_take(path: Path) -> Take:
    """Read a `.pose3d` file. Raises `TakeError` for anything that is not a whole take of this version."""
    hint = "Open a .pose3d file saved by this program, or lift the video again."
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(archive, "take.json", _LARGEST_JSON)
            _check_size(archive, "arrays.npz", _LARGEST_ARRAYS)
            header = json.loads(archive.read("take.json"))
            if not isinstance(header, dict) or header.get("format") != FORMAT:
                raise TakeError(f"{path.name} is not a take.", hint)
            if header.get("version") != VERSION:
                raise TakeError(
                    f"{path.name} has format {header.get('version')}; this version of the program reads {VERSION}.",
                    "Update the program, or lift the video again.",
                )
            with np.load(io.BytesIO(archive.read("arrays.npz")), allow_pickle=False) as npz:
                return _take(header, dict(npz))
    except OSError as error:
        raise TakeError(
            f"Cannot read {path} ({error.strerror or error}).", "Check the path and its permissions."
        ) from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, NotImplementedError, RuntimeError) as error:
        raise TakeError(f"{path.name} is damaged or not a take ({error}).", hint) from error


def _check_size(archive: zipfile.ZipFile, member: str, limit: int) -> None:
    if archive.getinfo(member).file_size > limit:
        raise ValueError(f"{member} is larger than {limit} bytes")


def _take(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Take:
    """Put a take together from its two parts. Raises KeyError, ValueError or TypeError where they do not fit."""
    tracks2d = tuple(
        PersonTrack.of(
            *_person_and_frames(t, arrays),
            arrays[f"person{t['person']}_joints_image"].astype(np.float32),
            arrays[f"person{t['person']}_scores_image"].astype(np.float32),
            t["skeleton"],
        )
        for t in header["tracks2d"]
    )
    tracks3d = tuple(
        Track3D(
            *_person_and_frames(t, arrays),
            arrays[f"person{t['person']}_joints"].astype(np.float32),
            arrays[f"person{t['person']}_scores"].astype(np.float32),
            t["space"],
            t["skeleton"],
        )
        for t in header["tracks3d"]
    )
    scene = None
    if header["scene"]:
        s = header["scene"]
        scene = SceneEstimate(
            float(s["fov_deg"]),
            float(s["pitch_deg"]),
            arrays["scene_rotation"],
            arrays["scene_translation"],
            s["notes"],
            float(s.get("roll_deg", 0.0)),  # older files have none of these
            s.get("tilt_sigma_deg"),
            {
                track.person: arrays[f"person{track.person}_reprojection_px"].astype(np.float32)
                for track in tracks3d
                if f"person{track.person}_reprojection_px" in arrays
            },
            tuple(Finding(**finding) for finding in s.get("findings", ())),
        )
    stages = tuple(_stages(s, arrays) for s in header.get("token_stages", ()))  # older files have none
    lifted = tuple(_lifted(values, arrays) for values in header.get("lifted", ()))  # nor these
    names = {int(person): str(name) for person, name in dict(header.get("names", {})).items()}
    info = VideoInfo(**header["info"])
    return Take(info, tracks2d, tracks3d, scene, header["provenance"], bool(header["complete"]), stages, lifted, names)


def _person_and_frames(values: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> tuple[int, Ints, Doubles]:
    """What every track begins with: the person, and index and time of each of its frames."""
    return int(values["person"]), arrays["frame_index"].astype(np.int64), arrays["time_s"].astype(np.float64)


def _lifted(values: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> LiftedTrack:
    person = int(values["person"])
    relative = arrays[f"person{person}_lifted"].astype(np.float32)
    check_shape("relative", relative, (len(arrays["frame_index"]), 17, 3))
    return LiftedTrack(person, relative, float(values["unit_stature_m"]))


def _stages(values: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> TokenStages:
    blocks, packed = tuple(int(block) for block in values["blocks"]), arrays[f"person{values['person']}_kept"]
    frames = len(arrays["frame_index"])
    check_shape("kept", packed, (len(blocks), (frames + 7) // 8))
    return TokenStages(int(values["person"]), blocks, np.unpackbits(packed, axis=1, count=frames).astype(np.bool_))
