"""List the problems that the post-processing repaired or found, by person and frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..body.filters import runs
from ..core.take import Finding, FindingKind

_MERGE_GAP = 5  # frames; marks with a shorter gap are one finding

_NOTES: dict[FindingKind, str] = {
    "gap": "Nobody was seen; interpolated from the frames around it.",
    "sides": "Left and right were exchanged in the 2D joints.",
    "sides_throughout": "Left and right may be exchanged in the whole take: the person only walks backward, "
    "most 2D joints fit the other side, or the body moves like its mirror image.",
    "backward_joint": "A knee or an elbow bent backward.",
    "sudden_turn": "A bone turned faster than a body can.",
}


def findings_of(person: int, marks: Sequence[tuple[FindingKind, NDArray[np.bool_], bool]]) -> list[Finding]:
    """Convert marks to findings, one for each run of frames.

    A mark is the kind of finding, the frames (T,), and whether they were repaired.
    """
    out = []
    for kind, frames, repaired in marks:
        if kind == "sides_throughout" and frames.any():
            parts = [slice(int(np.argmax(frames)), int(np.flatnonzero(frames)[-1]) + 1)]
        else:
            parts = _merge_runs(frames)
        out += [Finding(person, kind, part.start, part.stop - 1, repaired, _NOTES[kind]) for part in parts]
    return sorted(out, key=lambda finding: (finding.first, finding.kind))


def _merge_runs(frames: NDArray[np.bool_]) -> list[slice]:
    out: list[slice] = []
    for run in runs(frames):
        if out and run.start - out[-1].stop < _MERGE_GAP:
            out[-1] = slice(out[-1].start, run.stop)
        else:
            out.append(run)
    return out
