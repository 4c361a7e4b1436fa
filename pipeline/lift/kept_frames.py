"""Collect the frames that each pruning stage (H2OT) kept, for all frames of a track.

Shapes: `S` stages, `G` rows of the grid, `T` frames of the track, `B` windows, `F` frames of a window.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats
from .base import Kept

Bools = NDArray[np.bool_]


class StageRecord:
    """Collect which rows of a growing track each pruning stage kept.

    Windows overlap, and each makes its own selection. For every row the window with the larger blend weight decides,
    the earlier one at equal weights: it contributes most to the result.
    """

    def __init__(self) -> None:
        self.blocks: tuple[int, ...] = ()  # (S,) blocks of the stages, known after the first window
        self._kept = np.zeros((0, 0), np.bool_)  # (S, at least as many rows as were lifted)
        self._weight = np.zeros(0, np.float32)  # blend weight, per row, of the window that decided

    def add(self, first_row: int, kept: Kept, window: int, before: int, weights: Floats) -> None:
        """Add one window of a batch: its rows from `before` on are the track's from `first_row` on.

        `weights` (n,): blend weight of each of these rows.
        """
        if not kept:
            return
        n = len(weights)
        self.blocks = tuple(kept)
        self._reserve(first_row + n)
        here = slice(first_row, first_row + n)
        decides = weights > self._weight[here]
        for stage, frames in enumerate(kept.values()):
            self._kept[stage, here][decides] = frames[window, before : before + n][decides]
        self._weight[here][decides] = weights[decides]

    def rows(self, count: int) -> Bools:
        """Return (S, count) for the first rows; False where nothing was lifted."""
        out = np.zeros((len(self.blocks), count), np.bool_)
        known = self._kept[:, :count]
        out[:, : known.shape[1]] = known
        return out

    def _reserve(self, rows: int) -> None:
        size = len(self._weight)
        if rows > size:
            new_size = max(rows, 2 * size)
            kept, weight = np.zeros((len(self.blocks), new_size), np.bool_), np.zeros(new_size, np.float32)
            kept[: len(self._kept), :size], weight[:size] = self._kept, self._weight
            self._kept, self._weight = kept, weight


def frames_of_rows(kept: Bools, row_positions: Doubles, frame_positions: Doubles) -> Bools:
    """Map kept rows (S, G) of a grid to frames (S, T): the frame nearest to each kept row.

    `row_positions` (G,) and `frame_positions` (T,) rise, in the same unit. With more frames than rows, frames between
    two rows are never kept; with fewer, one frame stands for several rows.
    """
    out = np.zeros((len(kept), len(frame_positions)), np.bool_)
    if len(row_positions) == 0 or len(frame_positions) == 0:
        return out
    after = np.clip(np.searchsorted(frame_positions, row_positions), 1, max(len(frame_positions) - 1, 1))
    after = np.minimum(after, len(frame_positions) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(row_positions - frame_positions[before] <= frame_positions[after] - row_positions, before, after)
    for stage, row in enumerate(kept):
        out[stage, nearest[row]] = True
    return out
