"""Run the network of standard errors in numpy.

One linear layer per row and five residual blocks, each of which joins a row with two others 1, 2, 4, 8 and 16 steps
away: it sees 1.2 s to either side. Trained by `training.uncertainty.train`, where its twin in torch stands. Numpy,
because takes are finished where torch is not loaded.

Shapes: `T` rows of a track, `C` channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Floats
from ...weights.numpy_network import NumpyNetwork, gelu, read_bundled

FILE = "uncertainty_v1.safetensors"
DILATIONS = (1, 2, 4, 8, 16)  # steps between the three rows that a block joins
CHANNELS = 96
AXES = 2  # standard errors of a joint: across the image (along each of x and y), and in depth


class ErrorNetwork(NumpyNetwork):
    """Estimate logarithms of standard errors from the features of a track."""

    def __init__(self, state: Mapping[str, Floats]) -> None:
        super().__init__(state)
        # Convolution weights (C, C, 3) as three matrices (C, C), for the row before, the row itself and the row after.
        self._taps = [
            np.ascontiguousarray(state[f"blocks.{n}.conv.weight"].transpose(2, 1, 0)) for n in range(len(DILATIONS))
        ]

    def __call__(self, values: Floats, lifted: NDArray[np.bool_], step: int) -> Floats:
        """Return log standard errors (T, 17, 2), metres, of features (T, C) whose neighbours are `step` rows apart.

        Rows that were not `lifted` (T,) are treated as the ends of a track.
        """
        h = self._linear("embed", values)
        for n, dilation in enumerate(DILATIONS):
            quiet = self._norm(f"blocks.{n}.norm", h) * lifted[:, None]
            joined = self._convolved(n, quiet, dilation * step)
            h = h + self._linear(f"blocks.{n}.out", gelu(joined))
        out = self._linear("out", self._norm("norm", h))
        return out.reshape(len(values), 17, AXES)

    def _convolved(self, block: int, x: Floats, away: int) -> Floats:
        before, here, after = self._taps[block]
        out = x @ here + self._state[f"blocks.{block}.conv.bias"]
        if away < len(x):
            out[away:] += x[:-away] @ before
            out[:-away] += x[away:] @ after
        return np.asarray(out)


@lru_cache(maxsize=1)
def load_network() -> ErrorNetwork | None:
    """Load the bundled network; None, with a warning, if its file cannot be read."""
    state = read_bundled(FILE, "takes have no standard errors")
    return None if state is None else ErrorNetwork(state)
