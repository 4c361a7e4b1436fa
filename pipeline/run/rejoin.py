"""Join tracks of people who left and came back; suggest it where the match is uncertain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..core.poses import PersonTrack
from ..core.take import Finding, SceneEstimate, find_person
from ..detect.returning import returns
from ..detect.tracker import Tracker


def rejoin(tracker: Tracker, identities: Sequence[int]) -> list[tuple[int, int]]:
    """Join the tracks of people who came back.

    Returns pairs (earlier, later) of identities that may be one person.
    """
    now = {identity: identity for identity in identities}
    doubtful = []
    for back in returns([tracker.appearance(identity) for identity in identities]):
        earlier, later = now[back.earlier], now[back.later]
        if not back.sure:
            doubtful.append((back.earlier, back.later))
            continue
        joined = tracker.join(earlier, later)
        now = {track: joined if identity in (earlier, later) else identity for track, identity in now.items()}
    return [(now[earlier], now[later]) for earlier, later in doubtful]


def with_suggestions(
    scene: SceneEstimate,
    doubtful: Sequence[tuple[int, int]],
    number: Mapping[int, int],
    tracks2d: Sequence[PersonTrack],
) -> SceneEstimate:
    """Return the estimate with a finding for each pair of identities that may be one person.

    `number` maps identities to person numbers of the take.
    """
    found = []
    for earlier, later in doubtful:
        track = find_person(tracks2d, number[later])
        before = find_person(tracks2d, number[earlier])
        if track is None or before is None:
            continue
        rows = np.flatnonzero(track.seen)
        gone_s = float(before.time_s[np.flatnonzero(before.seen)[-1]])
        note = (
            f"May be person {before.person}, who was last seen at {gone_s:.1f} s: size and colours of the clothes are "
            "alike. Join the two if it is the same person."
        )
        found.append(Finding(track.person, "same_person", int(rows[0]), int(rows[-1]), False, note, before.person))
    return _with(scene, found)


def kept_suggestions(scene: SceneEstimate | None, new: SceneEstimate) -> SceneEstimate:
    """Return `new` with the join suggestions of the previous estimate, which it cannot repeat."""
    return _with(new, [] if scene is None else [one for one in scene.findings if one.kind == "same_person"])


def _with(scene: SceneEstimate, more: Sequence[Finding]) -> SceneEstimate:
    if not more:
        return scene
    ordered = sorted((*scene.findings, *more), key=lambda finding: (finding.person, finding.first, finding.kind))
    return replace(scene, findings=tuple(ordered))
