"""Cut a take to a range of time. Pure; frame numbers and times stay those of the video."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..core.take import Finding, SceneEstimate, Take

_INSIDE_S = 1e-6  # s, tolerance of a frame's time at the ends of the range


def rows_between(take: Take, start_s: float | None, end_s: float | None) -> slice:
    """Return the rows of frames in [`start_s`, `end_s`); None: open at that end."""
    times = take.time_s
    first = 0 if start_s is None else int(np.searchsorted(times, start_s - _INSIDE_S))
    last = len(times) if end_s is None else int(np.searchsorted(times, end_s - _INSIDE_S))
    return slice(first, max(first, last))


def between(take: Take, start_s: float | None, end_s: float | None) -> Take:
    """Return `take` with the frames of `rows_between` only; `take` itself if these are all."""
    rows = rows_between(take, start_s, end_s)
    if rows == slice(0, len(take.time_s)):
        return take
    return replace(
        take,
        tracks2d=tuple(track.rows(rows) for track in take.tracks2d),
        tracks3d=tuple(track.rows(rows) for track in take.tracks3d),
        scene=None if take.scene is None else _scene(take.scene, rows),
        token_stages=tuple(replace(stages, kept=stages.kept[:, rows]) for stages in take.token_stages),
        lifted=tuple(replace(track, relative=track.relative[rows]) for track in take.lifted),
        camera_turn=None if take.camera_turn is None else take.camera_turn[rows],
    )


def _scene(scene: SceneEstimate, rows: slice) -> SceneEstimate:
    errors = {person: error[rows] for person, error in scene.reprojection_px.items()}
    inside = (_finding(finding, rows) for finding in scene.findings)
    turn = None if scene.turn is None else scene.turn[rows]
    return replace(scene, reprojection_px=errors, findings=tuple(f for f in inside if f is not None), turn=turn)


def _finding(finding: Finding, rows: slice) -> Finding | None:
    """Return the part of a finding inside the rows, numbered from the first of them; None outside."""
    first, last = max(finding.first, rows.start), min(finding.last, rows.stop - 1)
    return replace(finding, first=first - rows.start, last=last - rows.start) if first <= last else None
