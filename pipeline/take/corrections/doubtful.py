"""List the doubtful places of a take, in the order in which to look at them.

Three things tell: standard errors of joints (`Track3D.error_m`) compared with what the take usually has, 3D that does
not lie on the 2D (`SceneEstimate.reprojection_px`), and findings. A detector's scores alone do not: it is often sure of
a wrong joint. Doubt is measured in limits, so that the three compare: 1 is where looking begins to be worth it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...analysis.trust import TRUSTED, joint_distance_m
from ...body.filters import runs
from ...core.arrays import Doubles
from ...core.corrections.apply import person_size_px
from ...core.skeletons import H36M17, chain_length
from ...core.take import Finding, Take, Track3D

_SHORTEST_S = 0.1  # s, shortest stretch, and longest interruption of one
_LONGEST_S = 4.0  # s: a longer stretch is divided, so that "next" never skips minutes
_USUAL = 2.0  # times a joint's own median error from which it is doubtful ...
_SURE = 0.6  # ... and share of the trusted distance below which it never is
_REPROJECTION = 0.03  # of the person's diagonal in the image
_REPROJECTION_USUAL = 3.0  # times the take's own median
_NAMED = 0.7  # joints whose doubt is at least this share of the worst one's are named with it
_FINDINGS = {"sides": 1.5, "sides_throughout": 1.2, "backward_joint": 2.0, "sudden_turn": 1.3, "gap": 1.0}  # doubt
_REPAIRED = 0.7  # factor of the doubt of findings that were repaired


@dataclass(frozen=True, slots=True)
class Doubt:
    """Hold one doubtful stretch: rows `first` to `last` of the take, both included.

    `joints`: names in the skeleton of the 3D; none: the whole body. `row` is where it is worst, `doubt` how many limits
    it is beyond; `cause` "error", "reprojection" or the kind of a finding.
    """

    person: int
    joints: tuple[str, ...]
    first: int
    last: int
    row: int
    doubt: float
    cause: str


def doubtful(take: Take, most: int = 200) -> tuple[Doubt, ...]:
    """Return the most doubtful stretches of all people in 3D, ordered by doubt, at most `most`."""
    rate_hz = take.camera.rate_hz
    found: list[Doubt] = []
    for track in take.tracks3d:
        found += _of_errors(track, rate_hz)
        found += _of_reprojection(take, track, rate_hz)
    for finding in take.scene.findings if take.scene is not None else ():
        if finding.kind in _FINDINGS:
            found.append(_of_finding(finding))
    found.sort(key=lambda one: (-one.doubt, one.person, one.first))
    return tuple(_apart(found)[:most])


def _of_errors(track: Track3D, rate_hz: float) -> list[Doubt]:
    if track.error_m is None or not track.seen.any():
        return []
    distance = joint_distance_m(track.error_m)  # (T, 17)
    known = np.isfinite(distance[:, 1])
    if not known.any():
        return []
    trusted_m = TRUSTED * float(np.median(chain_length(track.joints[track.seen])))
    usual = np.median(distance[known], axis=0)
    limit = np.maximum(_USUAL * usual, _SURE * trusted_m)
    with np.errstate(invalid="ignore", divide="ignore"):
        doubt = np.nan_to_num(distance / limit)
    doubt[:, 0] = 0  # the pelvis is the origin
    worst = doubt.max(axis=1)
    out = []
    for part in _stretches(worst > 1, rate_hz):
        row = part.start + int(np.argmax(worst[part]))
        there = doubt[part].max(axis=0)
        names = tuple(H36M17.names[joint] for joint in np.flatnonzero(there >= max(1.0, _NAMED * there.max())))
        out.append(Doubt(track.person, names, part.start, part.stop - 1, row, float(worst[row]), "error"))
    return out


def _of_reprojection(take: Take, track: Track3D, rate_hz: float) -> list[Doubt]:
    error_px = None if take.scene is None else take.scene.reprojection_px.get(track.person)
    track2d = take.track2d(track.person)
    if error_px is None or track2d is None or not np.isfinite(error_px).any():
        return []
    with np.errstate(invalid="ignore", divide="ignore"):
        share = error_px / np.maximum(person_size_px(track2d.h36m17[0]), 1.0)
        limit = max(_REPROJECTION, _REPROJECTION_USUAL * float(np.nanmedian(share)))
        doubt: Doubles = np.nan_to_num(share / limit)
    return [
        Doubt(track.person, (), part.start, part.stop - 1, part.start + at, float(doubt[part][at]), "reprojection")
        for part in _stretches(doubt > 1, rate_hz)
        for at in (int(np.argmax(doubt[part])),)
    ]


def _of_finding(finding: Finding) -> Doubt:
    doubt = _FINDINGS[finding.kind] * (_REPAIRED if finding.repaired else 1.0)
    middle = (finding.first + finding.last) // 2
    return Doubt(finding.person, (), finding.first, finding.last, middle, doubt, finding.kind)


def _stretches(flags: NDArray[np.bool_], rate_hz: float) -> list[slice]:
    """Return the runs of flags (T,), short interruptions closed, short runs left out, long ones divided."""
    shortest, longest = max(1, round(_SHORTEST_S * rate_hz)), max(2, round(_LONGEST_S * rate_hz))
    joined: list[slice] = []
    for run in runs(flags):
        if joined and run.start - joined[-1].stop < shortest:
            joined[-1] = slice(joined[-1].start, run.stop)
        else:
            joined.append(run)
    out = []
    for run in joined:
        length = run.stop - run.start
        if length >= shortest:
            parts = -(-length // longest)
            edges = np.linspace(run.start, run.stop, parts + 1).round().astype(int)
            out += [slice(int(a), int(b)) for a, b in pairwise(edges)]
    return out


def _apart(found: list[Doubt]) -> list[Doubt]:
    """Leave out stretches whose worst row lies inside a more doubtful one of the same person."""
    out: list[Doubt] = []
    inside: dict[int, list[tuple[int, int]]] = {}
    for one in found:
        taken = inside.setdefault(one.person, [])
        if not any(first <= one.row <= last for first, last in taken):
            taken.append((one.first, one.last))
            out.append(one)
    return out
