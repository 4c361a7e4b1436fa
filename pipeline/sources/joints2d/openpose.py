"""Read OpenPose's JSON files, one per frame: a folder, a zip archive, or a single file.

A file is `{"people": [{"pose_keypoints_2d": [x, y, score, ...], "person_id": [-1]}]}` (OpenPose, doc/02_output.md;
`pose_keypoints` in version 0.1), its name ends in the number of the frame: `clip_000000000012_keypoints.json`. 25
joints are BODY_25, 18 are COCO's; `face_keypoints_2d`, `hand_left_keypoints_2d` and `hand_right_keypoints_2d` follow
where its networks for them ran. AlphaPose's `--format cmu` and `--format open` have such objects too.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.errors import SourceError
from ...system.array_file import open_zip, read_member
from ...system.safe_read import DamagedFile, parse_json, read_json
from ..frame_names import frame_numbers, natural_key
from .found import FoundJoints, FoundPerson, of_people

SUFFIX = "_keypoints.json"
# Lists of points beyond the body -> their number, and how many of them are read, in the order of `FoundPerson.beyond`.
_BEYOND = (("face_keypoints_2d", 70, 68), ("hand_left_keypoints_2d", 21, 21), ("hand_right_keypoints_2d", 21, 21))
_SKELETONS = {25: "body25", 18: "openpose18"}
_LARGEST = 4 << 20  # bytes of one frame's file
_MOST_FRAMES = 1_000_000
_LIST_BYTES = 200  # of one file in an archive's list
_LARGEST_UNPACKED = 4 << 30  # bytes of all files of an archive


def is_openpose(value: object) -> bool:
    """Return whether a JSON value is OpenPose's of one frame."""
    return isinstance(value, dict) and isinstance(value.get("people", value.get("bodies")), list)


def folder_files(folder: Path) -> list[Path]:
    """List the files of a folder that have OpenPose's names, in the order of their frames."""
    files = (path for path in folder.iterdir() if path.name.endswith(SUFFIX) and not path.name.startswith("."))
    return sorted(files, key=lambda path: natural_key(path.name))


def read_folder(folder: Path) -> FoundJoints:
    """Read a folder of OpenPose's files. Raises `SourceError`."""
    files = folder_files(folder)
    read = ((path.name, _read_file(path)) for path in files)
    return _joined(read, [path.name for path in files], folder.name)


def read_file(path: Path) -> FoundJoints:
    """Read the file of a single frame. Raises `SourceError`."""
    return _joined(iter([(path.name, _read_file(path))]), [path.name], path.name)


def is_zipped(path: Path) -> bool:
    """Return whether a zip archive holds OpenPose's files; also False for what cannot be read."""
    try:
        with open_zip(path, _MOST_FRAMES, _MOST_FRAMES * _LIST_BYTES) as archive:
            return bool(_members(archive))
    except (DamagedFile, OSError):
        return False


def read_zip(path: Path) -> FoundJoints:
    """Read a zip archive of OpenPose's files, also in folders of it. Raises `SourceError`."""
    try:
        with open_zip(path, _MOST_FRAMES, _MOST_FRAMES * _LIST_BYTES) as archive:
            members = _members(archive)
            if sum(archive.getinfo(name).file_size for name in members) > _LARGEST_UNPACKED:
                raise DamagedFile(f"its files would take more than {_LARGEST_UNPACKED >> 30} GiB")
            folders = {str(PurePosixPath(name).parent) for name in members}
            if len(folders) > 1:
                raise SourceError(
                    f"{path.name} holds the joints of {len(folders)} videos.", "Unpack it, and lift one folder each."
                )
            read = ((name, parse_json(read_member(archive, name, _LARGEST))) for name in members)
            return _joined(read, [PurePosixPath(name).name for name in members], path.name)
    except (DamagedFile, OSError) as error:
        raise SourceError(f"{path.name} cannot be read ({error}).", "Copy it again.") from error


def _members(archive: zipfile.ZipFile) -> list[str]:
    names = (name for name in archive.namelist() if name.endswith(SUFFIX) and not name.startswith("__MACOSX"))
    return sorted(names, key=natural_key)


def _read_file(path: Path) -> Any:
    try:
        return read_json(path, _LARGEST)
    except (DamagedFile, OSError) as error:
        raise SourceError(f"{path.name} cannot be read ({error}).", "Copy it again.") from error


def _joined(read: Iterator[tuple[str, Any]], names: Sequence[str], name: str) -> FoundJoints:
    numbers = frame_numbers([one.removesuffix(SUFFIX) for one in names])
    frames = {
        (row if numbers is None else numbers[row]): people_of(value, file) for row, (file, value) in enumerate(read)
    }
    return of_people(frames, skeleton_of_people(frames, name), "OpenPose", name, numbered=numbers is not None)


def people_of(value: Any, name: str) -> list[FoundPerson]:
    """Return the people of one frame from OpenPose's or AlphaPose's object.

    Raises `SourceError`.
    """
    if not is_openpose(value):
        raise SourceError(f"{name} is not a file of OpenPose: it has no list of people.", "Leave it out.")
    people = []
    for person in value.get("people", value.get("bodies")):
        if not isinstance(person, dict):
            raise SourceError(f"A person in {name} is no object.", "Write the file again.")
        values = person.get("pose_keypoints_2d", person.get("pose_keypoints", person.get("joints")))
        if values is None:
            raise SourceError(f"A person in {name} lacks pose_keypoints_2d.", "Run OpenPose with its body model.")
        if values:
            body = FoundPerson.of_triples(values, name, _who(person))
            people.append(replace(body, beyond=_beyond(person, name)))
    return people


def _beyond(person: Mapping[str, Any], name: str) -> NDArray[np.floating] | None:
    """Return face and hands (110, 3), without the face's pupils; None if the person has none. Raises `SourceError`."""
    parts = []
    for key, count, used in _BEYOND:
        values = person.get(key) or []
        points = FoundPerson.of_triples(values, name) if values else None
        if points is not None and len(points.joints) != count:
            raise SourceError(
                f"{key} of a person in {name} has {len(points.joints)} points, expected {count}.",
                "Write the file again.",
            )
        table = np.zeros((count, 3)) if points is None else np.column_stack([points.joints, points.scores])
        parts.append(table[:used])
    beyond = np.concatenate(parts)
    return beyond if beyond.any() else None


def _who(person: Mapping[str, Any]) -> str | None:
    """Return OpenPose's number of a person, which it has only with tracking switched on."""
    number = person.get("person_id", person.get("idx"))
    if isinstance(number, list):
        number = number[0] if number else None
    return str(number) if isinstance(number, int) and number >= 0 else None


def skeleton_of_people(frames: Mapping[int, Sequence[FoundPerson]], name: str) -> str:
    """Return the skeleton by the number of joints of all people. Raises `SourceError`."""
    counts = {len(person.joints) for people in frames.values() for person in people}
    skeleton = _SKELETONS.get(next(iter(counts), 25))
    if len(counts) > 1 or skeleton is None:
        said = ", ".join(str(count) for count in sorted(counts))
        raise SourceError(
            f"The people in {name} have {said} joints; OpenPose's body models have 25 (BODY_25) or 18 (COCO).",
            "Run OpenPose with one of these models.",
        )
    return skeleton
