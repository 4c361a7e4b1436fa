"""From a person's track to overlapping windows and back, so that no seam shows.

A track grows while the video is being detected; windows are lifted as soon as their frames are there. On the way:
resample to the lifter's rate where it has to be (`resample`), cut where nobody was seen for long, plan overlapping
windows, lift, blend, and come back to the true frames.

Letters: `T` frames of the track, `G` rows of the uniform grid (the frames themselves unless resampled), `F` frames of
a window. A **segment** is a stretch of rows in which the person was seen without a long gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats
from ..core.camera import Camera
from ..core.concurrency import CancelToken
from ..core.poses import PersonTrack
from .base import WindowLifter
from .kept_frames import StageRecord, frames_of_rows
from .resample import ToGrid, from_grid, grid_rate_hz

LONGEST_GAP_S = 0.5  # a longer absence starts a new segment; a shorter one is lifted through
# Share of a window that the next one lifts again. Measured on motion capture seen through a noisy camera: without
# overlap the steps at borders are twice the 99th percentile of those elsewhere, from a tenth on they do not stand out.
OVERLAP = 1 / 6
_FRAMES_AT_ONCE = 32  # of a seq2frame lifter, which has nothing to gain from more: so soon there is something to watch


def plan(length: int, frames: int, stride: int) -> list[int]:
    """First rows of the windows that cover `length` rows: every `stride`, the last one moved back to end at the end.

    A segment shorter than a window gets one window, which the caller pads.
    """
    if length <= frames:
        return [0]
    starts = list(range(0, length - frames + 1, stride))
    if starts[-1] + frames < length:
        starts.append(length - frames)
    return starts


def blend_weights(frames: int, overlap: int) -> Floats:
    """(F,) weight of a window's rows: one in the middle, falling smoothly to nearly zero at both ends.

    Two windows that overlap by `overlap` rows add up to one there; results are divided by the sum of the weights, so
    other overlaps (the last window, moved back) and the ends of a segment are right too.
    """
    place = np.minimum(np.arange(frames), np.arange(frames)[::-1])
    ramp = np.clip((place + 0.5) / max(overlap, 1), 0, 1)
    return np.asarray(np.sin(ramp * np.pi / 2) ** 2, np.float32)


def pad_index(length: int, frames: int) -> tuple[NDArray[np.int64], int]:
    """For a segment shorter than a window: (F,) its rows that fill one, and the place of its first row in there.

    The segment stands in the middle and runs backwards and forwards beyond its ends. Measured on motion capture cut
    to 30, 90 and 180 frames, mean MPJPE: 63.3 mm so; 63.8 with the end rows repeated; 65.2 with these at confidence 0;
    65.8 with the segment at the front and its last row repeated.
    """
    before = max(0, (frames - length) // 2)
    return _to_and_fro(length, frames, before), before


def lead_in(length: int, frames: int) -> NDArray[np.int64]:
    """For the newest rows of a live run: (frames,) rows that fill a window, the `length` known ones at its end.

    Before its first row the segment runs to and fro; behind its last one, where poses are asked for, nothing is made
    up.
    """
    return _to_and_fro(length, frames, frames - length)


def _to_and_fro(length: int, frames: int, before: int) -> NDArray[np.int64]:
    """(frames,) rows of a segment whose first row stands at `before`, and which runs on to and fro beyond its ends."""
    period = max(1, 2 * (length - 1))
    place = (np.arange(frames) - before) % period
    return np.minimum(place, period - place) if length > 1 else np.zeros(frames, np.int64)


class TrackLift:
    """Lifts one person's track while it grows. Use from one thread.

    `push` rows in order, call `lift_ready` whenever there is time, `finish` at the end; `result` at any moment.
    `batch` windows are lifted at once if that many are ready; `overlap` is the share of a window that the next one
    lifts as well.
    """

    def __init__(
        self,
        lifter: WindowLifter,
        camera: Camera,
        *,
        batch: int = 1,
        overlap: float = OVERLAP,
    ) -> None:
        self._lifter = lifter
        self._camera = camera
        self._batch = max(1, batch)
        rate = grid_rate_hz(camera, lifter.rate_hz)
        self._grid = None if rate is None else ToGrid(rate)
        self._gap_rows = int(LONGEST_GAP_S * (rate or camera.rate_hz))
        F = lifter.frames
        shared = 0 if lifter.seq2frame else min(max(round(F * overlap), 0), F - 1)
        # Lifted in one piece: a window, or a few frames each of which is in the middle of a window of its own.
        self._rows = min(_FRAMES_AT_ONCE, F) if lifter.seq2frame else F
        self._after = F - 1 - F // 2 if lifter.seq2frame else 0  # rows that have to be there beyond them
        self._stride = self._rows - shared
        self._weights = blend_weights(self._rows, shared)
        # Frames of the track: all that is needed to come back from the grid.
        self._time_s = _Growing((), np.float64)
        self._seen = _Growing((), np.bool_)
        # Rows of the grid; `_sum` and `_weight` hold the blended result.
        self._joints = _Growing((17, 2), np.float32)
        self._scores = _Growing((17,), np.float32)
        self._sum = _Growing((17, 3), np.float32)
        self._weight = _Growing((), np.float32)
        self._stages = StageRecord()
        # The segment that is open: its first row, the last row with somebody in it, the next window's first row.
        self._segment: int | None = None
        self._last_seen = -1
        self._next = 0
        self._pending: list[_Piece] = []  # whose rows are all there
        self._finished = False
        self._reached = 0  # rows of the grid before this one have been lifted, or were skipped

    @property
    def share_lifted(self) -> float:
        """0 to 1, of the rows so far; may be read from another thread, unlike everything else."""
        return self._reached / max(len(self._joints), 1)

    @property
    def rows_pushed(self) -> int:
        """Frames pushed so far."""
        return len(self._time_s)

    @property
    def rows_lifted(self) -> int:
        """How many frames from the first one on are decided: lifted, or known to show nobody."""
        if self._finished and not self._pending:
            return len(self._time_s)
        if self._pending:
            done = self._pending[0].start
        elif self._segment is not None:
            done = self._segment if self._next == self._segment else self._next - self._stride + self._rows
        else:
            done = len(self._joints)
        if self._grid is None:
            return done
        return int(np.searchsorted(self._grid.place(self._time_s.view), done - 1, side="right")) if done else 0

    def push(self, rows: PersonTrack) -> None:
        """Add the next frames of the person; their `h36m17` is what is lifted."""
        if self._finished:
            raise RuntimeError("the track is finished")
        joints_image, scores = rows.h36m17
        self._time_s.extend(rows.time_s)
        self._seen.extend(np.isfinite(joints_image).all(-1).any(-1))
        if self._grid is not None:
            joints_image, scores = self._grid.push(joints_image, scores, rows.time_s)
        self._add_rows(joints_image, scores)

    def lift_ready(self, cancel: CancelToken | None = None) -> None:
        """Lift the windows whose frames are all there. Raises `Cancelled` between batches, and what it raises."""
        while self._pending:
            if cancel is not None:
                cancel.check()
            pieces = self._pending[: 1 if self._lifter.seq2frame else self._batch]
            joints = np.stack([self._joints.view[piece.index] for piece in pieces])
            scores = np.stack([self._scores.view[piece.index] for piece in pieces])
            if self._lifter.seq2frame:
                lifted = self._lifter.lift_frames(joints[0], scores[0], self._camera, cancel)[None]
            else:
                lifted = self._lifter.lift_windows(joints, scores, self._camera, cancel)
            for n, (piece, rows) in enumerate(zip(pieces, lifted, strict=True)):
                a, b, length = piece.start, piece.stop, piece.stop - piece.start
                weight = self._weights if length == self._rows else np.ones(length, np.float32)
                self._stages.add(a, self._lifter.last_kept, n, piece.kept_before, weight)
                self._sum.view[a:b] += rows[piece.before : piece.before + length] * weight[:, None, None]
                self._weight.view[a:b] += weight
                self._reached = b
            del self._pending[: len(pieces)]

    def finish(self, cancel: CancelToken | None = None) -> None:
        """No more frames will come: lift the rest. Raises `Cancelled`, and what the lifter raises."""
        if not self._finished:
            if self._grid is not None:
                self._add_rows(*self._grid.finish())
            self._close_segment()
            self._finished = True
        self.lift_ready(cancel)

    def result(self) -> Floats:
        """(T, 17, 3) camera axes, root-relative, metres at the lifter's unit stature, for all frames pushed so far.

        NaN where the person was not seen at all, and where it is not lifted yet.
        """
        weight = self._weight.view
        rows = self._sum.view / np.where(weight > 0, weight, np.nan)[:, None, None]
        if self._grid is None:
            out = rows
        else:
            out = from_grid(rows, self._grid.row_places, self._grid.place(self._time_s.view))
        out[~self._seen.view] = np.nan
        return out

    def kept(self) -> tuple[tuple[int, ...], NDArray[np.bool_]]:
        """Which frames each pruning stage kept, for all frames pushed so far: blocks (S,) and (S, T).

        False where the person was not seen and where it is not lifted yet; S is 0 if nothing is pruned. If resampled,
        the frames nearest to the kept rows of the grid.
        """
        kept = self._stages.rows(len(self._joints))
        if self._grid is not None:
            kept = frames_of_rows(kept, self._grid.row_places, self._grid.place(self._time_s.view))
        return self._stages.blocks, kept & self._seen.view

    def _add_rows(self, joints: Floats, scores: Floats) -> None:
        first = len(self._joints)
        self._joints.extend(joints)
        self._scores.extend(scores)
        self._sum.extend(np.zeros((len(joints), 17, 3), np.float32))
        self._weight.extend(np.zeros(len(joints), np.float32))
        seen = np.isfinite(joints).all(-1).any(-1)
        for row in np.nonzero(seen)[0] + first:
            if self._segment is not None and row - self._last_seen - 1 > self._gap_rows:
                self._close_segment()
            if self._segment is None:
                self._segment = self._next = int(row)
            self._last_seen = int(row)
        if self._segment is not None:
            self._queue_full_windows()
            if len(self._joints) - self._last_seen - 1 > self._gap_rows:
                self._close_segment()

    def _queue_full_windows(self) -> None:
        """Queue what does not depend on where the segment will end."""
        while self._next + self._rows + self._after <= self._last_seen + 1:
            self._queue(self._next, self._next + self._rows)
            self._next += self._stride

    def _close_segment(self) -> None:
        """Queue what `plan` still asks for, now that the segment's end is known."""
        if self._segment is None:
            return
        self._queue_full_windows()
        end = self._last_seen + 1
        if self._lifter.seq2frame:
            for start in range(self._next, end, self._rows):
                self._queue(start, min(start + self._rows, end))
        else:
            covered = self._next - self._stride + self._rows if self._next > self._segment else self._segment
            if covered < end:
                self._queue(max(self._segment, end - self._rows), end)
        self._segment = None

    def _queue(self, start: int, stop: int) -> None:
        F, length = self._lifter.frames, stop - start
        if self._lifter.seq2frame:
            around = np.arange(start - F // 2, stop + F - 1 - F // 2)
            index = np.clip(around, self._segment, self._last_seen)  # the ends of the segment are repeated
            self._pending.append(_Piece(start, stop, index, 0, F // 2 - length // 2))
        else:
            index, before = pad_index(length, F)
            self._pending.append(_Piece(start, stop, start + index, before, before))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows `start` to `stop` - 1, to be lifted from the rows `index`; `before` is the place of the first in the output,
    `kept_before` its place in the window that `last_kept` tells of."""

    start: int
    stop: int
    index: NDArray[np.int64]
    before: int
    kept_before: int


class _Growing:
    """An array that grows at its end without being copied each time."""

    def __init__(self, shape: tuple[int, ...], dtype: type) -> None:
        self._data: NDArray[Any] = np.empty((256, *shape), dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def view(self) -> NDArray[Any]:
        """What is in it, without copying."""
        return self._data[: self._length]

    def extend(self, rows: NDArray[Any]) -> None:
        need = self._length + len(rows)
        if need > len(self._data):
            grown = np.empty((max(need, len(self._data) * 2), *self._data.shape[1:]), self._data.dtype)
            grown[: self._length] = self._data[: self._length]
            self._data = grown
        self._data[self._length : need] = rows
        self._length = need
