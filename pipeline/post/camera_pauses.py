"""Separate the frames before and after a pause of the camera while tracks are smoothed.

The rows of a take follow one another at the frame rate; where the camera paused, the next row is seconds later, and a
body may be elsewhere. During the computation, rows without people are inserted there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Ints
from ..core.poses import PersonTrack
from ..core.take import Finding, LiftedTrack, SceneEstimate, Track3D

_Number = TypeVar("_Number", bound=np.generic)

_SHORTEST_S = 0.5  # s, shortest pause: the lifter interpolates shorter ones, too
_LONGEST_S = 2.0  # s of inserted rows at most: long enough for every filter


def rows_with_pauses(time_s: Doubles, rate_hz: float) -> Ints | None:
    """Return the rows (T,) of frames at `time_s` if pauses have rows, too; None without pauses."""
    steps = np.diff(time_s)
    pauses = steps > max(_SHORTEST_S, 2 / rate_hz)
    if not pauses.any():
        return None
    room = np.where(pauses, np.minimum(np.round(steps * rate_hz), round(_LONGEST_S * rate_hz)), 1)
    return np.concatenate([[0], np.cumsum(room)]).astype(np.int64)


def spread_track(track: PersonTrack, rows: Ints) -> PersonTrack:
    """Return the track with its frames at `rows`, and the person not seen between them."""
    at = np.arange(int(rows[-1]) + 1)
    h36m17 = _spread(track.h36m17[0], rows, np.nan), _spread(track.h36m17[1], rows, 0)
    return replace(
        track,
        frame_index=np.interp(at, rows, track.frame_index).astype(np.int64),
        time_s=np.interp(at, rows, track.time_s),
        joints_image=_spread(track.joints_image, rows, np.nan),
        scores=_spread(track.scores, rows, 0),
        h36m17=h36m17,
        extras={name: _spread(values, rows, np.nan) for name, values in track.extras.items()},
    )


def spread_lifted(lifted: LiftedTrack, rows: Ints) -> LiftedTrack:
    """Return the lifted track with its frames at `rows`."""
    return replace(lifted, relative=_spread(lifted.relative, rows, np.nan))


def _spread(values: NDArray[_Number], rows: Ints, fill: float) -> NDArray[_Number]:
    out: NDArray[_Number] = np.full((int(rows[-1]) + 1, *values.shape[1:]), fill, values.dtype)
    out[rows] = values
    return out


def frames_only(
    tracks3d: tuple[Track3D, ...], scene: SceneEstimate, rows: Ints, track: PersonTrack
) -> tuple[tuple[Track3D, ...], SceneEstimate]:
    """Return the result without the inserted rows; `track` has the frames and times of the take."""
    kept = tuple(replace(one.rows(rows), frame_index=track.frame_index, time_s=track.time_s) for one in tracks3d)
    errors = {person: error_px[rows] for person, error_px in scene.reprojection_px.items()}
    findings = tuple(found for finding in scene.findings if (found := _of_frames(finding, rows)) is not None)
    return kept, replace(scene, reprojection_px=errors, findings=findings)


def _of_frames(finding: Finding, rows: Ints) -> Finding | None:
    first = int(np.searchsorted(rows, finding.first))
    last = int(np.searchsorted(rows, finding.last, side="right")) - 1
    return replace(finding, first=first, last=last) if first <= last else None
