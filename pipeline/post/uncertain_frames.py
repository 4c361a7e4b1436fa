"""List the least certain stretches of a track, from the standard errors of its joints."""

from __future__ import annotations

import numpy as np

from ..analysis.trust import frame_distance_m, joint_distance_m, trusted_distance_m
from ..body.filters import runs
from ..core.arrays import Doubles
from ..core.take import Finding, Track3D

_MOST = 5  # findings of a person: the worst stretches
_SHORTEST_S = 0.2  # s, shortest stretch, and longest interruption of one
_PARTS = {
    "the right leg": (2, 3), "the left leg": (5, 6), "the left arm": (12, 13), "the right arm": (15, 16),
    "the head": (9, 10),
}  # fmt: skip
_ONE_PART = 1.5  # a part is named if its joints are this much further off than those of the whole body


def uncertain_frames(track: Track3D, rate_hz: float) -> list[Finding]:
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
        Finding(track.person, "uncertain", run.start, run.stop - 1, False, _note(track.error_m[run]))
        for run in stretches[:_MOST]
    ]
    return sorted(found, key=lambda finding: finding.first)


def _note(error_m: Doubles) -> str:
    """Describe standard errors (n, 17, 2) of a stretch in a sentence."""
    per_joint = np.sqrt(np.nanmean(joint_distance_m(error_m) ** 2, axis=0))
    everywhere = float(np.sqrt((per_joint[1:] ** 2).mean()))
    worst = max(_PARTS, key=lambda part: float(per_joint[list(_PARTS[part])].mean()))
    off = float(per_joint[list(_PARTS[worst])].mean())
    if off > _ONE_PART * everywhere:
        return f"{worst[0].upper()}{worst[1:]} may be {100 * off:.0f} cm off."
    return f"The joints may be {100 * everywhere:.0f} cm off."
