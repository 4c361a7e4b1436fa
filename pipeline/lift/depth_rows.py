"""Collect the detector's own depth for the rows of a growing track."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats, GrowingArray
from .resample import GridResampler, sample


class DepthRows:
    """Hold the depth (G, 17) of the rows so far, relative to the pelvis, NaN: unknown.

    In chain lengths (`core.poses.EXTRAS`), resampled as the joints are. `rate_hz` is that of the uniform grid to which
    the track is resampled; None: the rows are the frames.
    """

    def __init__(self, rate_hz: float | None) -> None:
        self._grid = None if rate_hz is None else GridResampler(rate_hz)
        self._rows = GrowingArray((17,), np.float32, np.nan)

    def push(self, depth: Floats, time_s: Doubles) -> None:
        """Add the depth (N, 17) of the next frames (N,) of the person."""
        if self._grid is not None:
            depth = self._grid.push(depth[..., None], depth, time_s)[0][..., 0]
        self._rows.extend(depth)

    def finish(self) -> None:
        """Add the last row of the grid, if there is one."""
        if self._grid is not None:
            self._rows.extend(self._grid.finish()[0][..., 0])

    def window(self, index: NDArray[np.int64]) -> Floats:
        """Return the depth (F, 17) of the rows `index` (F,)."""
        return np.asarray(self._rows.view[index])


def sample_depth(depth: Floats, time_s: Doubles, wanted: Doubles) -> Floats:
    """Interpolate depth (n, 17) at times (n,) to times `wanted` (m,), as `sample` does."""
    return sample(depth[..., None], depth, time_s, wanted)[0][..., 0]
