"""Read the 2D joints of Sports2D: one TRC file per person, in pixels.

Files are named like `clip_Sports2D_px_person00.trc`.

Header of five lines, then a row a frame: number, time, x, y, z of every marker (Sports2D keeps z at 0, y down). Files
that differ in the person's number only are the people of one video. It writes the scores elsewhere: a joint that is
there counts as seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...core.arrays import check_times
from ...core.errors import SourceError
from ...system.safe_read import DamagedFile, read_text
from .found import FoundJoints, cleaned
from .joint_names import skeleton_of

_LARGEST = 512 << 20  # bytes of one person's file
_PERSON = re.compile(r"(.*_px.*?person)(\d+)$", re.IGNORECASE)


def is_pixels(path: Path) -> bool:
    """Return whether a TRC file is named like one of Sports2D in pixels."""
    return "_px" in path.stem.casefold()


def people_files(path: Path) -> list[Path]:
    """List the files of all people of the video that `path` is a person of, by their numbers."""
    match = _PERSON.match(path.stem)
    if match is None:
        return [path]
    found = []
    for other in path.parent.glob(f"*{path.suffix}"):
        same = _PERSON.match(other.stem)
        if same is not None and same[1] == match[1]:
            found.append((int(same[2]), other))
    return [other for _, other in sorted(found)] or [path]


def read_people(path: Path) -> FoundJoints:
    """Read the people of the video that `path` is a person of. Raises `SourceError`."""
    if not is_pixels(path):
        raise SourceError(
            f"{path.name} holds markers in metres, not joints in pixels.",
            "Give the files of Sports2D with _px_ in their names, or lift the video itself.",
        )
    files = people_files(path)
    read = [_read(file) for file in files]
    times = read[0][1]
    if any(len(other) != len(times) or not np.allclose(other, times) for _, other, _ in read):
        raise SourceError(f"The files of the people beside {path.name} have different frames.", "Write them again.")
    skeleton, places = skeleton_of(read[0][0], path.name)
    joints = np.full((len(times), len(files), len(skeleton.names), 2), np.nan)
    for column, (names, _, values) in enumerate(read):
        if names != read[0][0]:
            raise SourceError(f"The files of the people beside {path.name} have other markers.", "Write them again.")
        for place, joint in places.items():
            joints[:, column, joint] = values[:, place, :2]
    image, sure = cleaned(joints, np.ones(joints.shape[:-1]))
    try:
        check_times("time", times)
    except ValueError as error:
        raise SourceError(f"The times in {path.name} are impossible: {error}.", "Write it again.") from error
    fps = 1 / float(np.median(np.diff(times))) if len(times) > 1 else None
    first = round(float(times[0]) * fps) if fps is not None else 0
    index = np.arange(len(times)) + max(0, first)
    identity = np.broadcast_to(np.arange(1, len(files) + 1), sure.shape[:2]).copy()
    notes = ("the file has no scores: a joint that is there counts as seen",)
    return FoundJoints("Sports2D", skeleton.key, image, sure, index, identity, fps_hz=fps, time_s=times, notes=notes)


def _read(path: Path) -> tuple[Sequence[str], np.ndarray, np.ndarray]:
    """Return the markers' names, the times (T,) and values (T, M, 3) of a file."""
    try:
        lines = read_text(path, _LARGEST).splitlines()
    except (DamagedFile, OSError) as error:
        raise SourceError(f"{path.name} cannot be read ({error}).", "Write it again.") from error
    names = [cell.strip() for cell in lines[3].split("\t")[2:] if cell.strip()] if len(lines) > 5 else []
    if not lines[:1] or not lines[0].startswith("PathFileType") or not names:
        raise SourceError(f"{path.name} is not a whole TRC file.", "Write it again.")
    try:
        rows = [line.split("\t") for line in lines[5:] if line.strip()]
        cells = [[float(cell) if cell.strip() else np.nan for cell in (*row, *[""] * 3 * len(names))] for row in rows]
        table = np.array([row[: 2 + 3 * len(names)] for row in cells], np.float64)
    except (ValueError, IndexError) as error:
        raise SourceError(f"{path.name} has cells that are no numbers ({error}).", "Write it again.") from error
    return names, table[:, 1], table[:, 2:].reshape(len(table), len(names), 3)
