"""Read the predictions of MMPose: one JSON file a video, or one file a frame.

A person is `{"keypoints": [[x, y], ...], "keypoint_scores": [...], "track_id": 3}`. The Inferencer writes a list of
them for an image, and a list of `{"frame_id": 0, "instances": [...]}` for a video; the demos of version 1 write
`{"meta_info": {...}, "instance_info": [{"frame_id": 1, ...}]}`, whose meta data names the joints.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import SourceError
from ...core.hands.whole_body import BEYOND_COUNT
from ...core.skeletons import Skeleton
from ...system.safe_read import DamagedFile, read_json
from ..frame_names import frame_numbers, natural_key
from .found import FoundJoints, FoundPerson, of_people
from .joint_names import skeleton_of
from .records import SKELETON_OF_COUNT

_LARGEST = 4 << 20  # bytes of one frame's file
_FORM = "MMPose"
_WHOLE_BODY = (133, 136)  # points of COCO-WholeBody and Halpe, which end with face and hands in one order


def is_video(value: object) -> bool:
    """Return whether a JSON value is MMPose's of a whole video."""
    if isinstance(value, dict):
        return isinstance(value.get("instance_info"), list)
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "instances" in value[0]


def is_frame(value: object) -> bool:
    """Return whether a JSON value is MMPose's of one image."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "keypoint_scores" in value[0]


def read_video(value: Any, name: str) -> FoundJoints:
    """Read the people of all frames of a video. `name` is the file's. Raises `SourceError`."""
    meta = value.get("meta_info") if isinstance(value, dict) else None
    frames: dict[int, Sequence[Any]] = {}
    for row, frame in enumerate(value["instance_info"] if isinstance(value, dict) else value):
        number = frame.get("frame_id", row) if isinstance(frame, dict) else None
        people = frame.get("instances") if isinstance(frame, dict) else None
        if not isinstance(number, int) or not isinstance(people, list) or number in frames:
            raise SourceError(f"Frame {row} in {name} lacks frame_id or instances.", "Write the file again.")
        frames[number] = people
    return _read(frames, meta, name, counts_from=1 if isinstance(value, dict) else 0)


def read_folder(folder: Path, files: Sequence[Path]) -> FoundJoints:
    """Read the files of the single frames of a video. Raises `SourceError`."""
    ordered = sorted(files, key=lambda path: natural_key(path.name))
    numbers = frame_numbers([path.stem for path in ordered])
    frames: dict[int, Sequence[Any]] = {}
    for row, path in enumerate(ordered):
        try:
            people = read_json(path, _LARGEST)
        except (DamagedFile, OSError) as error:
            raise SourceError(f"{path.name} cannot be read ({error}).", "Copy it again.") from error
        if not isinstance(people, list):
            raise SourceError(f"{path.name} is not a list of people.", "Leave it out.")
        frames[row if numbers is None else numbers[row]] = people
    return _read(frames, None, folder.name)


def _read(frames: dict[int, Sequence[Any]], meta: Any, name: str, counts_from: int | None = None) -> FoundJoints:
    found = {number: [_person(person, name) for person in people] for number, people in frames.items()}
    counts = {len(person.joints) for people in found.values() for person in people}
    if len(counts) > 1:
        raise SourceError(f"The people in {name} have different numbers of joints.", "Write the file again.")
    count = next(iter(counts), 17)
    names = _names(meta, count)
    if names is None:
        skeleton = SKELETON_OF_COUNT.get(count)
        if skeleton is None:
            known = ", ".join(str(number) for number in SKELETON_OF_COUNT)
            raise SourceError(f"The people in {name} have {count} joints; known are {known}.", "Use such a model.")
        return of_people(found, skeleton, _FORM, name, counts_from=counts_from)
    body, places = skeleton_of(names, name)
    ordered = {number: [_placed(person, body, places) for person in people] for number, people in found.items()}
    return of_people(ordered, body.key, _FORM, name, counts_from=counts_from)


def _person(person: Any, name: str) -> FoundPerson:
    keypoints = person.get("keypoints") if isinstance(person, dict) else None
    if keypoints is None:
        raise SourceError(f"A person in {name} lacks keypoints.", "Write the file again.")
    try:
        joints = np.array(keypoints, np.float64)
        scores = np.array(person.get("keypoint_scores", np.ones(len(joints))), np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise SourceError(f"The joints in {name} are not all numbers.", "Write the file again.") from error
    if joints.ndim != 2 or joints.shape[1] != 2 or scores.shape != joints.shape[:1]:
        shape = "3D joints" if joints.ndim == 2 and joints.shape[1] == 3 else f"shape {joints.shape}"
        raise SourceError(f"The keypoints in {name} are of {shape}, expected x and y of each.", "Use a 2D model.")
    who = person.get("track_id", person.get("instance_id"))
    return FoundPerson(joints, scores, str(who) if isinstance(who, int) and who >= 0 else None)


def _names(meta: Any, count: int) -> list[str] | None:
    """Return the names of the joints from the meta data, if it has them."""
    table = meta.get("keypoint_id2name") if isinstance(meta, dict) else None
    if not isinstance(table, dict):
        return None
    names = [table.get(str(number)) for number in range(count)]
    return [str(name) for name in names] if all(isinstance(name, str) for name in names) else None


def _placed(person: FoundPerson, body: Skeleton, places: dict[int, int]) -> FoundPerson:
    joints, scores = np.full((len(body.names), 2), np.nan), np.zeros(len(body.names))
    for place, joint in places.items():
        joints[joint], scores[joint] = person.joints[place], person.scores[place]
    rest = np.column_stack([person.joints, person.scores])[-BEYOND_COUNT:]
    return FoundPerson(joints, scores, person.who, rest if len(person.joints) in _WHOLE_BODY else None)
