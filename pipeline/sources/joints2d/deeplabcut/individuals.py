"""Turn the columns of a DeepLabCut table into the 2D joints of its individuals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ....core.errors import SourceError
from ....core.skeletons import Skeleton
from ...frame_names import frame_numbers
from ..found import FoundJoints, cleaned
from ..joint_names import skeleton_of

_SHARED = "single"  # what DeepLabCut calls the parts that belong to no individual
_AGAIN = "Write the file again."


def found_joints(
    values: NDArray[np.float64],
    who: Sequence[str],
    parts: Sequence[str],
    coords: Sequence[str],
    rows: Sequence[str],
    name: str,
) -> FoundJoints:
    """Return the 2D joints of all individuals.

    Args:
        values: (T, C) pixels and likelihoods, NaN where a cell is empty.
        who: individual of each of the C columns; empty text in a table of one individual.
        parts: body part of each column.
        coords: "x", "y" or "likelihood" of each column. Without likelihood, joints with coordinates count as seen.
        rows: label of each of the T rows: the number of its frame, or the path of its image.
        name: name of the file, for messages.

    Raises:
        SourceError: a body lacks joints, a joint lacks a coordinate, or the table is in 3D.
    """
    if "z" in coords:
        raise SourceError(f"{name} holds 3D joints.", "Give the table of the 2D joints.")
    people = [one for one in dict.fromkeys(who) if one != _SHARED] or [_SHARED]
    joints, scores = [], []
    skeleton: Skeleton | None = None
    for one in people:
        columns = [place for place, individual in enumerate(who) if individual == one]
        skeleton, xy, likelihood = _individual(values, columns, parts, coords, name)
        joints.append(xy)
        scores.append(likelihood)
    assert skeleton is not None, "there is at least one individual"
    image, sure = cleaned(np.stack(joints, axis=1), np.stack(scores, axis=1))
    index, notes = _index(rows)
    identity = np.broadcast_to(np.arange(1, len(people) + 1), sure.shape[:2]).copy()
    names = tuple(people) if any(people) else ()
    return FoundJoints("DeepLabCut", skeleton.key, image, sure, index, identity, names, notes=notes)


def _individual(
    values: NDArray[np.float64], columns: Sequence[int], parts: Sequence[str], coords: Sequence[str], name: str
) -> tuple[Skeleton, NDArray[np.float64], NDArray[np.float64]]:
    """Return one individual's skeleton, joints (T, J, 2) and scores (T, J)."""
    table = {(parts[place], coords[place]): values[:, place] for place in columns}
    there = list(dict.fromkeys(part for part, _ in table))
    skeleton, places = skeleton_of(there, name)
    joints = np.full((len(values), len(skeleton.names), 2), np.nan)
    scores = np.zeros(joints.shape[:2])
    for place, joint in places.items():
        part = there[place]
        if (part, "x") not in table or (part, "y") not in table:
            raise SourceError(f"{part} in {name} has no x or no y.", _AGAIN)
        joints[:, joint, 0], joints[:, joint, 1] = table[part, "x"], table[part, "y"]
        scores[:, joint] = table.get((part, "likelihood"), np.ones(len(values)))
    return skeleton, joints, scores


def _index(rows: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the numbers of the frames from the labels of their rows, and what has to be said of them."""
    texts = [PurePosixPath(row).stem for row in rows]
    numbers = frame_numbers([text.removesuffix(".0") for text in texts])
    if numbers is not None and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return np.array(numbers), ()
    said = "frames are counted in the order of the rows: some are missing, or have no number"
    return np.arange(len(rows)), () if numbers is None else (said,)
