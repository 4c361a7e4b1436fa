"""Lift a growing track in overlapping windows and blend them without visible seams.

A track grows while the video is being detected; a window is lifted as soon as its frames are known. The steps: resample
to the lifter's rate where needed (`resample`), cut at long absences, place overlapping windows (`window_plan`), lift,
blend, and resample to the true frames.

Letters: `T` frames of the track, `G` rows of the uniform grid (the frames themselves unless resampled), `F` frames of
a window. A **segment** is a run of rows in which the person was seen without a long gap.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats, GrowingArray
from ..core.camera import Camera
from ..core.concurrency import CancelToken
from ..core.poses import PersonTrack
from .base import WindowLifter
from .depth_rows import DepthRows
from .inputs.side_continuity import SideContinuity, swap_sides
from .kept_frames import StageRecord, frames_of_rows
from .resample import GridResampler, from_grid, grid_rate_hz
from .window_plan import LONGEST_GAP_S, OVERLAP, blend_weights, pad_index

_FRAMES_AT_ONCE = 32  # frames per step of a seq2frame lifter: more would not be faster, only shown later


class TrackLift:
    """Lift one person's track while it grows. Use from one thread.

    `push` rows in order, call `lift_ready` whenever there is time, `finish` at the end; `result` at any moment. `batch`
    windows are lifted at once if that many are ready; `overlap` is the fraction of a window that the next one lifts
    again. `repair_sides`: see `inputs.side_continuity`; rows then wait until their sides are decided.
    """

    def __init__(
        self,
        lifter: WindowLifter,
        camera: Camera,
        *,
        batch: int = 1,
        overlap: float = OVERLAP,
        repair_sides: bool = True,
    ) -> None:
        self._lifter = lifter
        self._camera = camera
        self._batch = max(1, batch)
        rate = grid_rate_hz(camera, lifter.rate_hz)
        self._grid = None if rate is None else GridResampler(rate)
        self._gap_rows = int(LONGEST_GAP_S * (rate or camera.rate_hz))
        F = lifter.frames
        shared = 0 if lifter.seq2frame else min(max(round(F * overlap), 0), F - 1)
        # Rows lifted in one step: a window, or a few frames, each at the centre of another window.
        self._rows = min(_FRAMES_AT_ONCE, F) if lifter.seq2frame else F
        self._after = F - 1 - F // 2 if lifter.seq2frame else 0  # rows needed after them
        self._stride = self._rows - shared
        self._weights = blend_weights(self._rows, shared)
        self._sides = SideContinuity(camera.rate_hz) if repair_sides else None
        self._waiting: list[PersonTrack] = []  # rows whose sides are not decided
        self._rows_pushed = 0
        # Frames of the track, as needed to resample from the grid.
        self._time_s = GrowingArray((), np.float64)
        self._seen = GrowingArray((), np.bool_)
        # Rows of the grid; `_sum` and `_weight` hold the blended result.
        self._joints = GrowingArray((17, 2), np.float32)
        self._scores = GrowingArray((17,), np.float32)
        self._depth = DepthRows(rate) if lifter.takes_depth else None
        self._sum = GrowingArray((17, 3), np.float32)
        self._weight = GrowingArray((), np.float32)
        self._stages = StageRecord()
        # The open segment: its first row, the last row in which the person was seen, the next window's first row.
        self._segment: int | None = None
        self._last_seen = -1
        self._next = 0
        self._pending: list[_Window] = []  # windows whose rows are all known
        self._finished = False
        self._reached = 0  # rows of the grid before this one were lifted or skipped

    @property
    def share_lifted(self) -> float:
        """Return the lifted fraction, 0 to 1, of the rows so far.

        The only member that another thread may read.
        """
        decided = len(self._time_s) / max(self._rows_pushed, 1)
        return decided * self._reached / max(len(self._joints), 1)

    @property
    def rows_pushed(self) -> int:
        """Return the number of frames pushed so far."""
        return self._rows_pushed

    @property
    def rows_lifted(self) -> int:
        """Return the number of frames, from the first on, that are lifted or lack the person."""
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
        return int(np.searchsorted(self._grid.position(self._time_s.view), done - 1, side="right")) if done else 0

    def push(self, rows: PersonTrack, exchanged: NDArray[np.bool_] | None = None) -> None:
        """Add the next frames of the person, whose `h36m17` joints and own depth will be lifted.

        `exchanged` (n, 2): the rows whose sides are exchanged, for a track that does not decide it.
        """
        if self._finished:
            raise RuntimeError("the track is finished")
        self._rows_pushed += len(rows.time_s)
        if self._sides is None:
            self._push_decided(rows, np.zeros((len(rows.time_s), 2), np.bool_) if exchanged is None else exchanged)
        else:
            self._waiting.append(rows)
            self._release(self._sides.push(rows.h36m17[0]))

    def lift_ready(self, cancel: CancelToken | None = None) -> None:
        """Lift the windows whose frames are all known.

        Raises `Cancelled` between batches, and what the lifter raises.
        """
        while self._pending:
            if cancel is not None:
                cancel.check()
            windows = self._pending[: 1 if self._lifter.seq2frame else self._batch]
            joints = np.stack([self._joints.view[window.index] for window in windows])
            scores = np.stack([self._scores.view[window.index] for window in windows])
            if self._lifter.seq2frame:
                deep = {} if self._depth is None else {"depth": self._depth.window(windows[0].index)}
                lifted = self._lifter.lift_frames(joints[0], scores[0], self._camera, cancel, **deep)[None]
            else:
                deep = (
                    {} if self._depth is None else {"depth": np.stack([self._depth.window(w.index) for w in windows])}
                )
                lifted = self._lifter.lift_windows(joints, scores, self._camera, cancel, **deep)
            for n, (window, rows) in enumerate(zip(windows, lifted, strict=True)):
                a, b, length = window.start, window.stop, window.stop - window.start
                weight = self._weights if length == self._rows else np.ones(length, np.float32)
                self._stages.add(a, self._lifter.last_kept, n, window.kept_before, weight)
                self._sum.view[a:b] += rows[window.before : window.before + length] * weight[:, None, None]
                self._weight.view[a:b] += weight
                self._reached = b
            del self._pending[: len(windows)]

    def finish(self, cancel: CancelToken | None = None) -> None:
        """Lift the rest; no frames may follow. Raises `Cancelled`, and what the lifter raises."""
        self.end()
        self.lift_ready(cancel)

    def end(self) -> None:
        """Place the last windows without lifting them; no frames may follow."""
        if not self._finished:
            if self._sides is not None:
                self._release(self._sides.finish())
            if self._depth is not None:
                self._depth.finish()
            if self._grid is not None:
                self._add_rows(*self._grid.finish())
            self._close_segment()
            self._finished = True

    def waiting_windows(self) -> list[tuple[int, int, bytes]]:
        """Return the windows that are not lifted.

        For each: first row, row after the last, and a digest of what is lifted.
        """
        out = []
        for window in self._pending:
            digest = hashlib.blake2b(window.index.tobytes(), digest_size=16)
            digest.update(self._joints.view[window.index].tobytes())
            digest.update(self._scores.view[window.index].tobytes())
            if self._depth is not None:
                digest.update(self._depth.window(window.index).tobytes())
            out.append((window.start, window.stop, digest.digest()))
        return out

    def skip_windows(self, lifted: NDArray[np.bool_]) -> None:
        """Leave out all waiting windows except those where `lifted` (in their order) holds."""
        self._pending = [window for window, chosen in zip(self._pending, lifted, strict=True) if chosen]

    def frame_rows(self) -> Doubles:
        """Return the positions (T,) of the frames among the rows that windows are placed on."""
        if self._grid is None:
            return np.arange(len(self._time_s), dtype=np.float64)
        return self._grid.position(self._time_s.view)

    def result(self) -> Floats:
        """Return the joints (T, 17, 3) of all frames pushed so far.

        Without the last ones, whose sides are not decided. Camera axes, root-relative, metres at the lifter's
        unit stature; NaN where the person was not seen, and where the track is not lifted yet.
        """
        weight = self._weight.view
        rows = self._sum.view / np.where(weight > 0, weight, np.nan)[:, None, None]
        if self._grid is None:
            out = rows
        else:
            out = from_grid(rows, self._grid.row_positions, self._grid.position(self._time_s.view))
        out[~self._seen.view] = np.nan
        return out

    def kept(self) -> tuple[tuple[int, ...], NDArray[np.bool_]]:
        """Return the pruning stages' blocks (S,) and kept frames (S, T) of all frames pushed so far.

        False where the person was not seen and where the track is not lifted yet; S is 0 if nothing is pruned. If
        resampled, the frames nearest to the kept rows of the grid.
        """
        kept = self._stages.rows(len(self._joints))
        if self._grid is not None:
            kept = frames_of_rows(kept, self._grid.row_positions, self._grid.position(self._time_s.view))
        return self._stages.blocks, kept & self._seen.view

    def _release(self, exchanged: NDArray[np.bool_]) -> None:
        """Go on with the first waiting rows, whose sides (M, 2) are decided."""
        while len(exchanged):
            rows, count = self._waiting[0], min(len(self._waiting[0].time_s), len(exchanged))
            self._push_decided(rows.rows(slice(count)), exchanged[:count])
            exchanged = exchanged[count:]
            if count == len(rows.time_s):
                del self._waiting[0]
            else:
                self._waiting[0] = rows.rows(slice(count, None))

    def _push_decided(self, rows: PersonTrack, exchanged: NDArray[np.bool_]) -> None:
        joints_image, scores = (swap_sides(values, exchanged) for values in rows.h36m17)
        self._time_s.extend(rows.time_s)
        self._seen.extend(np.isfinite(joints_image).all(-1).any(-1))
        if self._depth is not None:
            self._depth.push(swap_sides(rows.depth_h36m17, exchanged), rows.time_s)
        if self._grid is not None:
            joints_image, scores = self._grid.push(joints_image, scores, rows.time_s)
        self._add_rows(joints_image, scores)

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
        """Queue the windows that do not depend on the end of the segment."""
        while self._next + self._rows + self._after <= self._last_seen + 1:
            self._queue(self._next, self._next + self._rows)
            self._next += self._stride

    def _close_segment(self) -> None:
        """Queue the remaining windows of `plan_windows`, now that the segment's end is known."""
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
            self._pending.append(_Window(start, stop, index, 0, F // 2 - length // 2))
        else:
            index, before = pad_index(length, F)
            self._pending.append(_Window(start, stop, start + index, before, before))


@dataclass(frozen=True, slots=True)
class _Window:
    """Describe rows `start` to `stop` - 1, which are lifted from the rows `index`."""

    start: int
    stop: int
    index: NDArray[np.int64]
    before: int  # position of the first row in the lifter's output
    kept_before: int  # position of the first row in the window of `last_kept`
