"""Count the frames of exported files and compare them with the take, for notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from .tracks import SelectedPerson, Selection

_PERSON = re.compile(r"_person(\d+)(\.\w+)$")
_HEAD_BYTES = 1 << 16  # bytes at the start of a text file that contain its frame count


def count_frames(selection: Selection, paths: Sequence[Path]) -> tuple[dict[str, int], list[str]]:
    """Return the frame count of each file by name, and a sentence for each wrong count.

    Only files that hold a frame a row, and say how many: BVH, TRC, MOT, C3D, wide tables and videos.
    """
    counts: dict[str, int] = {}
    notes = []
    for path in paths:
        whole = _PERSON.sub(r"\2", path.name)
        kind = next((kind for kind in _KINDS if whole.endswith(kind)), None)
        if kind is None or "_part" in path.name:
            continue
        read, expected = _KINDS[kind]
        counts[path.name] = found = read(path)
        wanted = expected(_person(selection, path), selection)
        if found != wanted:
            notes.append(f"{path.name} has {found} frames, the take {wanted}")
    return counts, notes


def _person(selection: Selection, path: Path) -> SelectedPerson:
    """Return the person of a file."""
    named = _PERSON.search(path.name)
    number = int(named.group(1)) if named else selection.first.person
    return next((one for one in selection.people if one.person == number), selection.first)


def _stated(pattern: str) -> Callable[[Path], int]:
    """Return a reader of the count that a text file states."""

    def read(path: Path) -> int:
        with path.open(encoding="utf-8", errors="replace") as file:
            found = re.search(pattern, file.read(_HEAD_BYTES))
        return int(found.group(1)) if found else 0

    return read


def _rows(path: Path) -> int:
    """Count the lines of a table, except the header."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1


def _points(path: Path) -> int:
    """Count the frames of a C3D by the words 4 and 5 of its header."""
    with path.open("rb") as file:
        first, last = np.frombuffer(file.read(512), "<u2")[3:5].tolist()
    return last - first + 1


def _pictures(path: Path) -> int:
    """Count the packets of the video stream: one per frame, as it has no hidden frames."""
    from ..system import media

    with media.open_file(path) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def _even(person: SelectedPerson, selection: Selection) -> int:
    return len(person.even_times)


def _all(person: SelectedPerson, selection: Selection) -> int:
    return len(person.frame_index)


_Expected = Callable[[SelectedPerson, Selection], int]
# End of the file's name -> counter of its frames, and expected number.
_KINDS: dict[str, tuple[Callable[[Path], int], _Expected]] = {
    ".bvh": (_stated(r"Frames: (\d+)"), lambda person, selection: _even(person, selection) + selection.options.t_pose),
    ".trc": (_stated(r"OrigNumFrames\n[^\t]*\t[^\t]*\t(\d+)"), _all),
    ".mot": (_stated(r"nRows=(\d+)"), lambda person, selection: int(person.seen.sum())),
    ".c3d": (_points, _even),
    "_wide.csv": (_rows, _all),
    "_overlay.mp4": (_pictures, _all),
    "_side_by_side.mp4": (_pictures, _all),
}
