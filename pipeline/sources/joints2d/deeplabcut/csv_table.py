"""Read DeepLabCut's CSV tables.

Header rows scorer, (individuals,) bodyparts, coords, then one row per frame. Coordinates are x, y and likelihood, or x
and y alone (labelled frames, whose rows begin with the image's path).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....core.errors import SourceError
from ....system.safe_read import DamagedFile, read_text
from ..found import FoundJoints
from .individuals import found_joints

_LARGEST = 1 << 30  # bytes
_HEADERS = ("scorer", "individuals", "bodyparts", "coords")


def is_table(head: str) -> bool:
    """Return whether a text that begins so is a table of DeepLabCut."""
    first = [line.split(",", 1)[0].strip() for line in head.splitlines()[:4]]
    return first[:1] == ["scorer"] and "bodyparts" in first and "coords" in first


def read_csv(path: Path) -> FoundJoints:
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
    who = headers.get("individuals", [""] * width)
    if not body or begin >= width or any(len(row) != width for row in (who, coords, *body)):
        raise SourceError(f"{path.name} is cut off, or its rows have different lengths.", "Write it again as CSV.")
    return found_joints(
        _numbers([row[begin:] for row in body], path.name),
        [cell.strip() for cell in who[begin:]],
        [cell.strip() for cell in parts[begin:]],
        [cell.strip() for cell in coords[begin:]],
        [row[begin - 1].strip() or row[0].strip() for row in body],
        path.name,
    )


def _numbers(cells: Sequence[Sequence[str]], name: str) -> NDArray[np.float64]:
    """Return the cells as numbers, NaN where one is empty. Raises `SourceError`."""
    try:
        return np.array([[float(cell) if cell.strip() else np.nan for cell in row] for row in cells], np.float64)
    except ValueError as error:
        raise SourceError(f"{name} has cells that are no numbers ({error}).", "Write it again as CSV.") from error
