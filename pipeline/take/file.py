"""Read and write takes: a `.pose3d` zip of `take.json` (description) and `arrays.npz`.

No pickle.

Opening a take runs no model: the file contains everything that the viewer and the exporters need, except the pixels;
the video is found again by its path.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..core.camera import VideoInfo
from ..core.errors import TakeError
from ..core.take import Take
from ..system.array_file import ArrayFile, open_member, open_zip, read_member, write_arrays
from ..system.files import atomic_write
from ..system.json_fields import JsonFields
from ..system.safe_read import parse_json
from .corrections.json_form import to_json
from .parts import DETECTED, arrays_2d, entry_2d, read_info, read_take

SUFFIX = ".pose3d"
FORMAT = "hourglass-pose3d"
VERSION = 1
_MAX_JSON_BYTES = 16 << 20  # bytes of a take.json
_MAX_ARRAY_BYTES = 4 << 30  # bytes of all arrays: four hours of ten people
_MAX_UNPACKED_BYTES = 1 << 30  # bytes of arrays that were compressed a second time


def save_take(take: Take, path: Path) -> Path:
    """Write `take` to `path` atomically. Raises `OutputError`."""
    arrays: dict[str, NDArray[Any]] = {}
    if take.tracks2d:
        arrays["frame_index"], arrays["time_s"] = take.tracks2d[0].frame_index, take.tracks2d[0].time_s
    for track in take.tracks2d:
        arrays |= arrays_2d(track)
    for track in take.detected:
        arrays |= arrays_2d(track, DETECTED)
    for track3d in take.tracks3d:
        arrays[f"person{track3d.person}_joints"] = track3d.joints
        arrays[f"person{track3d.person}_scores"] = track3d.scores
        if track3d.error_m is not None:
            arrays[f"person{track3d.person}_error_m"] = track3d.error_m
    for lifted in take.lifted:
        arrays[f"person{lifted.person}_lifted"] = lifted.relative
    for stages in take.token_stages:
        arrays[f"person{stages.person}_kept"] = np.packbits(stages.kept, axis=1)
    if take.scene:
        arrays["scene_rotation"], arrays["scene_translation"] = take.scene.rotation, take.scene.translation
        for person, error_px in take.scene.reprojection_px.items():
            arrays[f"person{person}_reprojection_px"] = error_px
    if take.camera_turn is not None:
        arrays["camera_turn"] = take.camera_turn
    header = {
        "format": FORMAT,
        "version": VERSION,
        "info": dataclasses.asdict(take.info),
        "complete": take.complete,
        "tracks2d": [entry_2d(track) for track in take.tracks2d],
        "tracks3d": [{"person": t.person, "skeleton": t.skeleton, "space": t.space} for t in take.tracks3d],
        "lifted": [{"person": t.person, "unit_stature_m": t.unit_stature_m} for t in take.lifted],
        # Programs that do not know these show the corrected points, to which the 3D belongs.
        "corrections": [to_json(one) for one in take.corrections],
        "detected": [entry_2d(track) for track in take.detected],
        "names": {str(person): name for person, name in take.names.items()},
        "token_stages": [{"person": s.person, "blocks": list(s.blocks)} for s in take.token_stages],
        "scene": take.scene
        and {
            "fov_deg": take.scene.fov_deg,
            "pitch_deg": take.scene.pitch_deg,
            "roll_deg": take.scene.roll_deg,
            "tilt_sigma_deg": take.scene.tilt_sigma_deg,
            "notes": take.scene.notes,
            "turns": take.scene.turn is not None,
            "findings": [dataclasses.asdict(finding) for finding in take.scene.findings],
        },
        "provenance": take.provenance,
    }
    with atomic_write(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        # Without the time of day, which a zip cannot hold before 1980, where clocks without a battery begin.
        entry = zipfile.ZipInfo("take.json")
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, json.dumps(header, indent=1, allow_nan=False))
        with archive.open("arrays.npz", "w", force_zip64=True) as member:
            write_arrays(member, arrays)
    return path


def load_take(path: Path) -> Take:
    """Read a `.pose3d` file.

    Raises `TakeError` unless it is a complete, valid take of this version.
    """
    with _opened(path) as (archive, header), ArrayFile(_seekable(archive), _MAX_ARRAY_BYTES) as arrays:
        return read_take(header, arrays)


def read_source(path: Path) -> VideoInfo:
    """Read the source description of a `.pose3d` file only. Raises `TakeError`."""
    with _opened(path) as (_, header):
        return read_info(header.object("info"))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, JsonFields]]:
    """Open a take's archive and read its header.

    Raises `TakeError`, also for damage found inside the block.
    """
    hint = "Open a .pose3d file saved by this program, or lift the video again."
    try:
        with open_zip(path) as archive:
            header = parse_json(read_member(archive, "take.json", _MAX_JSON_BYTES))
            if not isinstance(header, dict) or header.get("format") != FORMAT:
                raise TakeError(f"{path.name} is not a take.", hint)
            version = header.get("version")
            if version != VERSION or isinstance(version, bool):
                said = version if isinstance(version, int) and abs(version) < 10**6 else "that is not known"
                raise TakeError(
                    f"{path.name} has format {said}; this version of the program reads {VERSION}.",
                    "Update the program, or lift the video again.",
                )
            yield archive, JsonFields(header)
    except OSError as error:
        raise TakeError(
            f"Cannot read {path} ({error.strerror or error}).", "Check the path and its permissions."
        ) from error
    except ValueError as error:  # `DamagedFile`, or a zero byte in the path
        raise TakeError(f"{path.name} is damaged or not a take: {error}.", hint) from error


def _seekable(archive: zipfile.ZipFile) -> IO[bytes]:
    """Open the arrays inside the archive: in place, or unpacked into memory if compressed twice."""
    info = archive.NameToInfo.get("arrays.npz")
    if info is not None and info.compress_type != zipfile.ZIP_STORED:
        return io.BytesIO(read_member(archive, "arrays.npz", _MAX_UNPACKED_BYTES))
    return open_member(archive, "arrays.npz", _MAX_ARRAY_BYTES)
