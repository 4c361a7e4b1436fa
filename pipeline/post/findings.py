"""List what the post-processing repaired or found, and the least certain stretches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..analysis.trust import frame_distance_m, joint_distance_m, trusted_distance_m
from ..body.filters import runs
from ..core.arrays import Floats
from ..core.take import Finding, FindingKind, Track3D

_MERGE_GAP = 5  # frames; marks with a shorter gap are one finding
_MOST = 5  # findings of a person: the worst stretches
_SHORTEST_S = 0.2  # s, shortest stretch, and longest interruption of one
_PARTS = {
    "the right leg": (2, 3), "the left leg": (5, 6), "the left arm": (12, 13), "the right arm": (15, 16),
    "the head": (9, 10),
}  # fmt: skip
_ONE_PART = 1.5  # a part is named if its joints are this much further off than those of the whole body

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


def uncertain_stretches(track: Track3D, rate_hz: float) -> list[Finding]:
    """Return the worst stretches of the frames that `analysis.trust` does not trust."""
    if track.error_m is None or not track.seen.any():
        return []
    distance = np.nan_to_num(frame_distance_m(track.error_m))
    shortest = max(1, round(_SHORTEST_S * rate_hz))
    stretches: list[slice] = []
    for run in runs(distance > trusted_distance_m(track)):
        if stretches and run.start - stretches[-1].stop < shortest:
            stretches[-1] = slice(stretches[-1].start, run.stop)
        else:
            stretches.append(run)
    stretches = [run for run in stretches if run.stop - run.start >= shortest]
    stretches.sort(key=lambda run: -float(distance[run].sum()))
    found = [
        Finding(track.person, "uncertain", run.start, run.stop - 1, False, _uncertain_note(track.error_m[run]))
        for run in stretches[:_MOST]
    ]
    return sorted(found, key=lambda finding: finding.first)


def _uncertain_note(error_m: Floats) -> str:
    """Describe standard errors (n, 17, 2) of a stretch in a sentence."""
    per_joint = np.sqrt(np.nanmean(joint_distance_m(error_m) ** 2, axis=0))
    everywhere = float(np.sqrt((per_joint[1:] ** 2).mean()))
    worst = max(_PARTS, key=lambda part: float(per_joint[list(_PARTS[part])].mean()))
    off = float(per_joint[list(_PARTS[worst])].mean())
    if off > _ONE_PART * everywhere:
        return f"{worst[0].upper()}{worst[1:]} may be {100 * off:.0f} cm off."
    return f"The joints may be {100 * everywhere:.0f} cm off."
