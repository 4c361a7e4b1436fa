"""Recognise the format of 2D joints by content, read them, and add what the file lacks."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ...core.errors import SourceError
from ...system.safe_read import DamagedFile, open_regular, read_json
from ..file.checks import check_readable
from ..frame_names import natural_key
from . import mmpose, openpose, records, trc
from .complete import complete
from .deeplabcut import csv_table, h5_table
from .found import FoundJoints
from .npz import read_npz

KNOWN = "OpenPose, AlphaPose, MMPose, COCO (.json), DeepLabCut (.csv, .h5), Sports2D (.trc), or .npz"
_LARGEST_JSON = 512 << 20  # bytes of a file with all frames of a video
_HEAD = 4096  # bytes that distinguish the formats
_JSON_KEYS = (
    "people", "bodies", "image_id", "keypoints", "instances", "instance_info", "annotations", "images", "categories",
)  # fmt: skip
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class ReadJoints:
    """Hold the arrays that `npz` describes, the assumptions, and other facts of the file."""

    arrays: dict[str, NDArray[Any]]
    format: str
    names: tuple[str, ...] = ()  # of the identities 1, 2, ...
    notes: tuple[str, ...] = ()
    video: Path | None = None  # the video beside the joints


def read_joints(path: Path, fps_hz: float | None = None, size_px: tuple[int, int] | None = None) -> ReadJoints:
    """Read 2D joints of any known format from a file, an archive or a folder.

    Raises `SourceError`.
    """
    if path.is_dir():
        found, inside = _read_folder(path)
    else:
        check_readable(path)
        head = _head(path)
        if _is_npz(path, head):
            return ReadJoints(read_npz(path), "npz")
        found, inside = _read_file(path, head)
    arrays, notes, video = complete(found, path, fps_hz=fps_hz, size_px=size_px, names=inside)
    return ReadJoints(arrays, found.format, found.names, notes, video)


def is_joints(path: Path) -> bool:
    """Return whether a file or folder looks like 2D joints, by first bytes and names.

    Never raises.
    """
    with contextlib.suppress(OSError):
        if path.is_dir():
            return is_joints_folder(path)
        head = _head(path)
        if head[:4] == _ZIP or head[:8] == h5_table.MAGIC:
            return True
        text = head.decode("utf-8-sig", "ignore").lstrip()
        suffix = path.suffix.lower()
        if suffix == ".json":
            return text[:1] in ("{", "[") and any(f'"{key}"' in text for key in _JSON_KEYS)
        if suffix == ".trc":
            return text.startswith("PathFileType")
        return suffix == ".csv" and csv_table.is_table(text)
    return False


def is_joints_folder(folder: Path) -> bool:
    """Return whether a folder holds the joints of one video, a file a frame."""
    return bool(openpose.folder_files(folder) or _frame_files(folder))


def _head(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read(_HEAD)


def _is_npz(path: Path, head: bytes) -> bool:
    if path.suffix.lower() in (".npz", ".npy") or head[:6] == b"\x93NUMPY":
        return True
    return head[:4] == _ZIP and not openpose.is_zipped(path)


def _read_folder(folder: Path) -> tuple[FoundJoints, Sequence[str]]:
    files = openpose.folder_files(folder)
    if files:
        return openpose.read_folder(folder), [_video_of(files[0].name.removesuffix(openpose.SUFFIX))]
    files = _frame_files(folder)
    if files:
        return mmpose.read_folder(folder, files), [_video_of(files[0].stem)]
    raise SourceError(f"There are no 2D joints in the folder {folder}.", f"Known are {KNOWN}.")


def _frame_files(folder: Path) -> list[Path]:
    """List the files of a folder in which MMPose has one image each; none if there are others, too."""
    files = sorted(
        (path for path in folder.glob("*.json") if not path.name.startswith(".")),
        key=lambda path: natural_key(path.name),
    )
    if len(files) < 2:
        return []
    with contextlib.suppress(DamagedFile, OSError):
        if any(mmpose.is_frame(read_json(path, _HEAD << 10)) for path in (files[0], files[-1])):
            return files
    return []


def _video_of(frame: str) -> str:
    """Return the name of a video from that of its frame: "clip_000000000012" -> "clip"."""
    return frame.rstrip("0123456789").rstrip("_-. ")


def _read_file(path: Path, head: bytes) -> tuple[FoundJoints, Sequence[str]]:
    if head[:8] == h5_table.MAGIC:
        return h5_table.read_h5(path), ()
    if head[:4] == _ZIP:
        return openpose.read_zip(path), [path.stem.removesuffix("_openpose")]
    text = head.decode("utf-8-sig", "ignore").lstrip()
    if text[:1] in ("{", "["):
        return _read_json(path), ()
    if csv_table.is_table(text):
        return csv_table.read_csv(path), ()
    if text.startswith("PathFileType"):
        return trc.read_people(path), ()
    raise SourceError(f"{path.name} has no 2D joints in a known format.", f"Known are {KNOWN}.")


def _read_json(path: Path) -> FoundJoints:
    try:
        value = read_json(path, _LARGEST_JSON)
    except (DamagedFile, OSError) as error:
        raise SourceError(f"{path.name} cannot be read ({error}).", "Write or copy it again.") from error
    if openpose.is_openpose(value):
        return openpose.read_file(path)
    if mmpose.is_video(value):
        return mmpose.read_video(value, path.name)
    if mmpose.is_frame(value):
        return mmpose.read_folder(path.parent, [path])
    if records.is_records(value):
        return records.read_records(value, path.name)
    raise SourceError(f"{path.name} has no 2D joints in a known format.", f"Known are {KNOWN}.")
