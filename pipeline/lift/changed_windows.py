"""Lift again only those windows of a track whose input changed.

The windows of the changed track are placed as always and compared with those of the track before, by a digest of what
is lifted. So resampling, padding, gaps that move a segment's windows, and sides that are decided otherwise need no
rules of their own. Rows are blended from all of their windows, exactly as when everything is lifted: windows next to
changed ones are lifted, too, unless they are remembered from the last time.

Shapes: `T` frames of the track.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats
from ..core.camera import Camera
from ..core.concurrency import CancelToken
from ..core.poses import PersonTrack
from .base import LIVE_SHARE, Kept, NewestLifter, WindowLifter
from .inputs.side_continuity import exchanged_rows
from .windows import TrackLift

Bools = NDArray[np.bool_]
_FRAME_ROWS = 2  # rows to either side that resampling looks at
_SIDES_S = 10.0  # s around a change in which sides are decided again, three times as far as a decision looks
_SIDES_CHECK_S = 3.0  # s at both ends of it that must be decided as before, else all are
_REMEMBERED = 64  # windows whose answers are kept: some edits of one place, 3 MB


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold the windows of a track (first row, row after the last, digest) and exchanged sides."""

    windows: tuple[tuple[int, int, bytes], ...]
    exchanged: Bools


@dataclass(frozen=True, slots=True)
class Relifted:
    """Hold the joints (T, 17, 3) after a change, the frames (T,) lifted again, and the plan.

    `kept` (S, T): frames that the pruning stages at `blocks` kept; only those of `lifted` are known. `windows`: how
    many were lifted.
    """

    relative: Floats
    lifted: Bools
    plan: Plan
    blocks: tuple[int, ...]
    kept: Bools
    windows: int


class WindowMemory:
    """Remember the answers of one lifter to the last windows, by a digest of their input."""

    def __init__(self) -> None:
        self._answers: OrderedDict[bytes, tuple[Floats, Kept]] = OrderedDict()
        self.lifted = 0  # windows, or steps of frames, that were not remembered

    def answer(self, inputs: Sequence[Floats | None], lift: Callable[[], tuple[Floats, Kept]]) -> tuple[Floats, Kept]:
        """Return the answer to a window; the one that was not used for longest is forgotten."""
        digest = hashlib.blake2b(digest_size=16)
        for values in inputs:
            digest.update(b"-" if values is None else values.tobytes())
        key = digest.digest()
        if key not in self._answers:
            self._answers[key] = lift()
            self.lifted += 1
        self._answers.move_to_end(key)
        while len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)
        return self._answers[key]


class RememberingLifter(WindowLifter):
    """Run a lifter's network only on windows that it did not answer lately."""

    def __init__(self, lifter: WindowLifter, memory: WindowMemory) -> None:
        self._lifter, self._memory = lifter, memory
        self.name, self.frames, self.rate_hz = lifter.name, lifter.frames, lifter.rate_hz
        self.unit_stature_m, self.seq2frame = lifter.unit_stature_m, lifter.seq2frame
        self.takes_depth, self.prune = lifter.takes_depth, lifter.prune
        self.device_name, self.precision = lifter.device_name, lifter.precision
        self.last_kept: Kept = {}

    def one_pass(
        self, joints_image: Floats, scores: Floats, camera: Camera, depth: Floats | None = None
    ) -> tuple[Floats, Kept]:
        """Return the answer of the network, or the one remembered; see `WindowLifter.one_pass`."""
        return self._memory.answer(
            (joints_image, scores, depth), lambda: self._lifter.one_pass(joints_image, scores, camera, depth)
        )

    def newest(self, early: bool = True, share: float = LIVE_SHARE, openvino: bool = False) -> NewestLifter:
        """Return the lifter of a stream, which remembers nothing here."""
        return self._lifter.newest(early, share, openvino)

    def close(self) -> None:
        """Leave the lifter open: it belongs to the caller."""


def plan_of(track: PersonTrack, lifter: WindowLifter, camera: Camera, repair_sides: bool) -> Plan:
    """Return the windows of a whole track, without lifting them."""
    if repair_sides:
        exchanged = exchanged_rows(track.h36m17[0], camera.rate_hz)
    else:
        exchanged = np.zeros((len(track.time_s), 2), np.bool_)
    return Plan(tuple(_placed(track, lifter, camera, exchanged).waiting_windows()), exchanged)


def lift_changed(
    track: PersonTrack,
    before: Plan,
    relative: Floats,
    changed: Bools,
    lifter: WindowLifter,
    camera: Camera,
    repair_sides: bool,
    memory: WindowMemory | None = None,
    cancel: CancelToken | None = None,
) -> Relifted:
    """Lift the windows of `track` that are not those of the plan `before`.

    That plan gave `relative` (T, 17, 3).
    `changed` (T,): the frames whose 2D changed. The result is bit for bit that of lifting the whole track again, one
    window at a time. Raises `Cancelled`, and what the lifter raises.
    """
    memory = memory or WindowMemory()
    count = memory.lifted
    exchanged = _sides(track, before.exchanged, changed, camera) if repair_sides else before.exchanged
    lift = _placed(track, RememberingLifter(lifter, memory), camera, exchanged)
    windows = lift.waiting_windows()
    plan = Plan(tuple(windows), exchanged)
    old, new = set(before.windows), set(windows)
    moved = [window for window in windows if window not in old] + [w for w in before.windows if w not in new]
    rows = max((stop for _, stop, _ in (*windows, *before.windows)), default=0)
    touched = np.zeros(rows + 1, np.bool_)
    for start, stop, _ in moved:
        touched[start:stop] = True
    position = lift.frame_rows()
    near = mine = touched
    if not np.array_equal(position, np.arange(len(position))):  # a resampled frame depends on two rows to either side
        near, mine = _widened(touched, 2 * _FRAME_ROWS), _widened(touched, _FRAME_ROWS)
    wanted = np.array([bool(near[start:stop].any()) for start, stop, _ in windows], np.bool_)
    lift.skip_windows(wanted)
    lift.lift_ready(cancel)
    mask = mine[np.clip(np.round(position).astype(np.int64), 0, rows)]
    again = lift.result()
    out = relative.copy()
    out[mask] = again[mask]
    out[~track_seen(track)] = np.nan
    blocks, kept = lift.kept()
    return Relifted(out, mask, plan, blocks, kept, memory.lifted - count)


def _widened(rows: Bools, by: int) -> Bools:
    """Return flags (R,) that also hold up to `by` rows before and after."""
    out = rows.copy()
    for row in np.flatnonzero(np.diff(rows, prepend=False)):
        out[max(row - by, 0) : row + by] = True
    return out


def track_seen(track: PersonTrack) -> Bools:
    """Return the frames (T,) in which at least one joint of the lifter's skeleton was seen."""
    return np.asarray(np.isfinite(track.h36m17[0]).all(-1).any(-1))


def _placed(track: PersonTrack, lifter: WindowLifter, camera: Camera, exchanged: Bools) -> TrackLift:
    lift = TrackLift(lifter, camera, repair_sides=False)
    lift.push(track, exchanged)
    lift.end()
    return lift


def _sides(track: PersonTrack, before: Bools, changed: Bools, camera: Camera) -> Bools:
    """Return the exchanged sides (T, 2) after a change, decided again around it."""
    rows = np.flatnonzero(changed)
    if not len(rows):
        return before
    around, check = round(_SIDES_S * camera.rate_hz), max(1, round(_SIDES_CHECK_S * camera.rate_hz))
    start, stop = max(int(rows[0]) - around, 0), min(int(rows[-1]) + around + 1, len(before))
    near = exchanged_rows(track.h36m17[0][start:stop], camera.rate_hz)
    old = before[start:stop]
    same_start = start == 0 or np.array_equal(near[:check], old[:check])
    same_end = stop == len(before) or np.array_equal(near[-check:], old[-check:])
    if not (same_start and same_end):
        return exchanged_rows(track.h36m17[0], camera.rate_hz)
    out = before.copy()
    out[start:stop] = near
    return out
