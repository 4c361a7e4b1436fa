"""Which frames of a track went through each pruning stage (H2OT): gathered window by window, told frame by frame.

Shapes: `S` stages, `G` rows of the grid, `T` frames of the track, `B` windows, `F` frames of a window.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats
from .base import Kept

Bools = NDArray[np.bool_]


class StageRecord:
    """What the stages kept of the rows of a track that grows.

    Windows overlap, and each makes its own selection. For every row the window with the larger blend weight decides,
    the earlier one of equals: that is the one which the result shows most of.
    """

    def __init__(self) -> None:
        self.blocks: tuple[int, ...] = ()  # (S,) known after the first window
        self._kept = np.zeros((0, 0), np.bool_)  # (S, at least as many rows as were lifted)
        self._weight = np.zeros(0, np.float32)  # of the window that has decided

    def add(self, first_row: int, kept: Kept, window: int, before: int, weights: Floats) -> None:
        """The rows from `first_row` on lie from `before` on in this window of the batch; `weights`, one a row."""
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
        """(S, count) of the first rows; all False where nothing was lifted."""
        out = np.zeros((len(self.blocks), count), np.bool_)
        known = self._kept[:, :count]
        out[:, : known.shape[1]] = known
        return out

    def _reserve(self, rows: int) -> None:
        have = len(self._weight)
        if rows > have:
            room = max(rows, 2 * have)
            kept, weight = np.zeros((len(self.blocks), room), np.bool_), np.zeros(room, np.float32)
            kept[: len(self._kept), :have], weight[:have] = self._kept, self._weight
            self._kept, self._weight = kept, weight


def frames_of_rows(kept: Bools, row_places: Doubles, frame_places: Doubles) -> Bools:
    """(S, G) for the rows of a grid -> (S, T) for frames: True for the frame nearest to each kept row.

    `row_places` (G,) and `frame_places` (T,) rise, in the same unit. With more frames than rows, frames between two
    rows are never kept; with fewer, one frame stands for several rows.
    """
    out = np.zeros((len(kept), len(frame_places)), np.bool_)
    if len(row_places) == 0 or len(frame_places) == 0:
        return out
    after = np.clip(np.searchsorted(frame_places, row_places), 1, max(len(frame_places) - 1, 1))
    after = np.minimum(after, len(frame_places) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(row_places - frame_places[before] <= frame_places[after] - row_places, before, after)
    for stage, row in enumerate(kept):
        out[stage, nearest[row]] = True
    return out
