"""Read lists of people with their frame: AlphaPose results, COCO results and annotations.

AlphaPose (docs/output.md) writes one list for all frames, `{"image_id": "12.jpg", "keypoints": [x, y, score, ...],
"score": 2.9, "idx": 1}`, where the number in `image_id` is the frame's, and `idx` the person with its tracking. Its
formats `cmu` and `open` are an object with a frame's people under each image's name. COCO's results are the same list
with numbers as `image_id`; annotations have the images' names in a list of their own, and visibilities 0, 1, 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from ...core.errors import SourceError
from ..frame_names import frame_numbers, natural_key
from .found import FoundJoints, FoundPerson, of_people
from .openpose import is_openpose, people_of, skeleton_of_people

# Joints of a person in the file -> skeleton. The larger sets begin with the body; face and hands follow, see
# `core.hands.whole_body`.
SKELETON_OF_COUNT = {17: "coco17", 23: "coco23", 26: "halpe26", 68: "halpe26", 133: "coco23", 136: "halpe26"}
# Lists that COCO-WholeBody's annotations have beside `keypoints`, in the order of its 133 points.
_WHOLE_BODY = ("foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts")
_WHO = ("idx", "track_id", "person_id")
_PERSON_CLASS = 1  # COCO's category of people
_VISIBILITY = np.array([0.0, 0.5, 1.0])  # score of COCO's 0 (not labelled), 1 (hidden), 2 (visible)


def is_records(value: object) -> bool:
    """Return whether a JSON value is one of these formats."""
    if isinstance(value, dict):
        if isinstance(value.get("annotations"), list):
            return True
        return bool(value) and all(is_openpose(frame) for frame in value.values())
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], dict)
        and {"image_id", "keypoints"} <= {*value[0]}
    )


def read_records(value: Any, name: str) -> FoundJoints:
    """Read people of all frames from a JSON value. `name` is the file's. Raises `SourceError`."""
    if isinstance(value, dict) and "annotations" not in value:
        return _of_named_frames(value, name)
    images: dict[Any, str] = {}
    form = "AlphaPose"
    if isinstance(value, dict):
        form, images, value = "COCO", _image_names(value, name), value["annotations"]
    by_image: dict[Any, list[FoundPerson]] = {image: [] for image in images}
    for record in value:
        image, person = _person(record, name)
        if person is not None:
            by_image.setdefault(image, []).append(person)
    if any(not isinstance(image, str) for image in by_image):
        form = "COCO"
    numbers = _numbers([images.get(image, image) for image in by_image])
    numbered = numbers is not None
    frames = dict(zip(numbers or range(len(by_image)), by_image.values(), strict=True))
    if not numbered:
        order = sorted(by_image, key=lambda image: natural_key(str(images.get(image, image))))
        frames = {row: by_image[image] for row, image in enumerate(order)}
    counts = {len(person.joints) for people in frames.values() for person in people}
    skeleton = SKELETON_OF_COUNT.get(next(iter(counts), 17))
    if len(counts) > 1 or skeleton is None:
        said = ", ".join(str(count) for count in sorted(counts))
        known = ", ".join(str(count) for count in SKELETON_OF_COUNT)
        raise SourceError(f"The people in {name} have {said} joints; known are {known}.", "Use such a model.")
    # AlphaPose calls the frames of a video "0.jpg", "1.jpg", ... and leaves those without people out.
    plain = all(isinstance(image, str) and PurePosixPath(image).stem.isdecimal() for image in by_image)
    return of_people(frames, skeleton, form, name, numbered=numbered, counts_from=0 if plain and numbered else None)


def _person(record: Any, name: str) -> tuple[Any, FoundPerson | None]:
    """Return a record's image and person; None for a record of something else."""
    if not isinstance(record, dict) or "image_id" not in record:
        raise SourceError(f"{name} has an entry without image_id.", "Write the file again.")
    image, values = record["image_id"], record.get("keypoints")
    if not isinstance(image, str | int):
        raise SourceError(f"image_id in {name} is neither a name nor a number.", "Write the file again.")
    if values is None or record.get("category_id", _PERSON_CLASS) != _PERSON_CLASS:
        return image, None
    parts = [values, *(record[key] for key in _WHOLE_BODY if all(one in record for one in _WHOLE_BODY))]
    if not all(isinstance(part, list) for part in parts):
        raise SourceError(f"keypoints in {name} is no list.", "Write the file again.")
    values = [value for part in parts for value in part]
    who = next((_text(record[key]) for key in _WHO if record.get(key) is not None), None)
    person = FoundPerson.of_triples(values, name, who)
    if set(np.unique(person.scores)) <= {0, 1, 2} and (person.scores == 2).any():
        person = FoundPerson(person.joints, _VISIBILITY[person.scores.astype(int)], who)
    return image, person


def _text(who: Any) -> str | None:
    """Return an identity as text: AlphaPose writes 3, 3.0 or [3.0]."""
    while isinstance(who, list) and who:
        who = who[0]
    return str(int(who)) if isinstance(who, int) or (isinstance(who, float) and np.isfinite(who)) else None


def _image_names(value: Mapping[str, Any], name: str) -> dict[Any, str]:
    """Return image id -> file name of COCO's annotations."""
    images = {}
    listed = value.get("images", [])
    if not isinstance(listed, list):
        raise SourceError(f"images in {name} is no list.", "Write the file again.")
    for image in listed:
        if not isinstance(image, dict) or not isinstance(image.get("id"), str | int):
            raise SourceError(f"{name} has an image without id.", "Write the file again.")
        images[image["id"]] = str(image.get("file_name", image["id"]))
    return images


def _numbers(images: Sequence[str | int]) -> list[int] | None:
    """Return the numbers of the frames; None if the images are not numbered like frames."""
    if all(isinstance(image, int) for image in images):
        return [int(image) for image in images]
    return frame_numbers([PurePosixPath(str(image)).stem for image in images])


def _of_named_frames(value: Mapping[str, Any], name: str) -> FoundJoints:
    """Read AlphaPose's formats `cmu` and `open`: an object of OpenPose's kind under each image's name."""
    images = sorted(value, key=natural_key)
    numbers = _numbers(images)
    frames = {
        row if numbers is None else numbers[row]: people_of(value[image], name) for row, image in enumerate(images)
    }
    return of_people(frames, skeleton_of_people(frames, name), "AlphaPose", name, numbered=numbers is not None)
