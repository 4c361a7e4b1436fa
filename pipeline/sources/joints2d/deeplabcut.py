"""Read DeepLabCut's CSV tables.

Header rows scorer, (individuals,) bodyparts, coords, then one row per frame.

Coordinates are x, y and likelihood, or x and y alone (labelled frames, whose rows begin with the image's path). Its
.h5 files keep the names of the joints as a pickle, which this program never opens; DeepLabCut writes both.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from ...core.errors import SourceError
from ...core.skeletons import Skeleton
from ...system.safe_read import DamagedFile, read_text
from ..frame_names import frame_numbers
from .found import FoundJoints, cleaned
from .joint_names import skeleton_of

_LARGEST = 1 << 30  # bytes
_HEADERS = ("scorer", "individuals", "bodyparts", "coords")
_SHARED = "single"  # what DeepLabCut calls the parts that belong to no individual


def is_table(head: str) -> bool:
    """Return whether a text that begins so is a table of DeepLabCut."""
    first = [line.split(",", 1)[0].strip() for line in head.splitlines()[:4]]
    return first[:1] == ["scorer"] and "bodyparts" in first and "coords" in first


def refuse_h5(path: Path) -> SourceError:
    """Return the error for DeepLabCut's other format."""
    return SourceError(
        f"{path.name} keeps the names of its joints as a pickle, which may run code and is not opened.",
        "Use DeepLabCut's CSV: deeplabcut.analyze_videos_converth5_to_csv(FOLDER) makes one beside each .h5.",
    )


def read_table(path: Path) -> FoundJoints:
    """Read a CSV of DeepLabCut. Raises `SourceError`."""
    try:
        rows = list(csv.reader(read_text(path, _LARGEST).splitlines()))
    except (DamagedFile, OSError, csv.Error) as error:
        raise SourceError(f"{path.name} cannot be read ({error}).", "Write it again as CSV.") from error
    headers = {row[0].strip(): row for row in rows[:4] if row and row[0].strip() in _HEADERS}
    body = [row for row in rows[len(headers) :] if row]
    parts, coords = headers.get("bodyparts", []), headers.get("coords", [])
    begin = next((place for place, cell in enumerate(coords) if place and cell.strip()), len(coords))
    width = len(parts)
    if not body or begin >= width or len(coords) != width or any(len(row) != width for row in body):
        raise SourceError(f"{path.name} is cut off, or its rows have different lengths.", "Write it again as CSV.")
    if "z" in (cell.strip() for cell in coords):
        raise SourceError(f"{path.name} holds 3D joints.", "Give the table of the 2D joints.")
    who = headers.get("individuals", [""] * width)
    values = _numbers([row[begin:] for row in body], path.name)
    people = [name for name in dict.fromkeys(who[begin:]) if name != _SHARED] or [_SHARED]
    joints, scores = [], []
    skeleton: Skeleton | None = None
    for name in people:
        columns = [place for place in range(begin, width) if who[place] == name]
        skeleton, xy, likelihood = _individual(values, columns, begin, parts, coords, path.name)
        joints.append(xy)
        scores.append(likelihood)
    assert skeleton is not None, "there is at least one individual"
    image, sure = cleaned(np.stack(joints, axis=1), np.stack(scores, axis=1))
    index, notes = _index([row[:begin] for row in body])
    identity = np.broadcast_to(np.arange(1, len(people) + 1), sure.shape[:2]).copy()
    names = tuple(people) if any(people) else ()
    return FoundJoints("DeepLabCut", skeleton.key, image, sure, index, identity, names, notes=notes)


def _individual(
    values: np.ndarray, columns: Sequence[int], begin: int, parts: Sequence[str], coords: Sequence[str], name: str
) -> tuple[Skeleton, np.ndarray, np.ndarray]:
    """Return one individual's skeleton, joints (T, J, 2) and scores (T, J)."""
    table = {(parts[place].strip(), coords[place].strip()): values[:, place - begin] for place in columns}
    there = list(dict.fromkeys(part for part, _ in table))
    skeleton, places = skeleton_of(there, name)
    joints = np.full((len(values), len(skeleton.names), 2), np.nan)
    scores = np.zeros(joints.shape[:2])
    for place, joint in places.items():
        part = there[place]
        if (part, "x") not in table or (part, "y") not in table:
            raise SourceError(f"{part} in {name} has no x or no y.", "Write it again as CSV.")
        joints[:, joint, 0], joints[:, joint, 1] = table[part, "x"], table[part, "y"]
        scores[:, joint] = table.get((part, "likelihood"), np.ones(len(values)))
    return skeleton, joints, scores


def _numbers(cells: Sequence[Sequence[str]], name: str) -> np.ndarray:
    """Return the cells as numbers, NaN where one is empty. Raises `SourceError`."""
    try:
        return np.array([[float(cell) if cell.strip() else np.nan for cell in row] for row in cells], np.float64)
    except ValueError as error:
        raise SourceError(f"{name} has cells that are no numbers ({error}).", "Write it again as CSV.") from error


def _index(labels: Sequence[Sequence[str]]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the numbers of the frames from the first cells of their rows, and what has to be said of them."""
    texts = [PurePosixPath(label[-1].strip() or label[0].strip()).stem for label in labels]
    numbers = frame_numbers([text.removesuffix(".0") for text in texts])
    if numbers is not None and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return np.array(numbers), ()
    said = "frames are counted in the order of the rows: some are missing, or have no number"
    return np.arange(len(labels)), () if numbers is None else (said,)
