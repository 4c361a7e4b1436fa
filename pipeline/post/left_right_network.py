"""Detect a left-right swap of a whole take from the 2D joints, with a small network.

A person who is seen from the front with swapped sides looks like one who is seen from behind, and the lifter returns a
plausible body that faces the other way. Small cues reveal the swap: how elbows and knees bend, where the nose is, how
the body sways and steps, in perspective. The network was trained on motion seen by sampled cameras with a detector's
errors, swapped and not (`training.post_chain.train_left_right`), in windows of nine frames 0.1 s apart. It is run on a
window and on its swapped copy, and the difference is its output, so that it has no bias to either side.

Shapes: `W` windows of `F` frames, `C` channels. Pure numpy: post-processing runs where torch is not loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats
from ..core.camera import Camera
from ..core.skeletons import H36M17
from ..lift.inputs.normalise import normalised
from ..weights.numpy_network import NumpyNetwork, gelu, read_bundled

FILE = "sides_v1.safetensors"
RULE = "person_ray"
FRAMES, STEP_S = 9, 0.1  # frames of a window and s between them
SHARED = 3  # index of the first channel that the joints of a frame share; those before are per joint
# Score (mean logit of the windows, each limited to +-3) below which a take counts as swapped. With it, one of 120 clips
# of the validation motion and one of 87 of held-out people are false positives, and of swapped clips 50 and 47 % are
# detected (`training.post_chain.train_left_right judge`).
EXCHANGED = -2.0
_MAX_LOGIT = 3.0  # limit of a window's logit
_MAX_WINDOWS = 120  # windows per take, spread evenly: 0.1 s of computing
_WINDOW_STEPS = 3  # steps of STEP_S between the starts of windows

Ints = NDArray[np.int64]


class LeftRightNetwork(NumpyNetwork):
    """Run `training.post_chain.train_left_right.LeftRightNet` in numpy, from its weights."""

    def __init__(self, state: Mapping[str, Floats]) -> None:
        super().__init__(state)
        # Convolution weights (C, C, 3) as (3 C, C): one product with a frame and its neighbours.
        self._taps = [
            np.ascontiguousarray(state[f"mix.{number}.weight"].transpose(2, 1, 0).reshape(-1, len(bias)))
            for number, bias in enumerate((state["mix.0.bias"], state["mix.1.bias"]))
        ]

    def __call__(self, x: Floats) -> Floats:
        """Return logits (W, F) of `person_ray` input (W, F, 17, 6): above 0 correct, below swapped."""
        return self._one_way(x) - self._one_way(x[:, :, list(H36M17.mirror)])

    def _one_way(self, x: Floats) -> Floats:
        tokens = np.concatenate([x[..., :SHARED].reshape(*x.shape[:2], -1), x[:, :, 0, SHARED:]], -1)
        h = self._linear("embed", tokens)
        h = h + self._mlp("first", h)
        for number, taps in enumerate(self._taps):
            padded = np.pad(h, ((0, 0), (1, 1), (0, 0)))
            around = np.concatenate([padded[:, k : k + h.shape[1]] for k in range(3)], -1)
            h = h + gelu(around @ taps + self._state[f"mix.{number}.bias"])
        h = h + self._mlp("second", h)
        out: Floats = self._linear("out.1", self._norm("out.0", h))[..., 0]
        return out

    def _mlp(self, name: str, x: Floats) -> Floats:
        return self._linear(f"{name}.3", gelu(self._linear(f"{name}.1", self._norm(f"{name}.0", x))))


def sides_score(joints_image: Floats, scores: Floats, camera: Camera) -> float | None:
    """Score left and right of a take from -3 (certainly swapped) to 3; None if too little seen.

    `joints_image` (T, 17, 2) px, NaN = not seen; `scores` (T, 17).
    """
    network = load_network()
    rows = window_rows(joints_image, camera.rate_hz)
    if network is None or not len(rows):
        return None
    sizes_px = np.tile(np.array(camera.size_px, np.float64), (len(rows), 1))
    focal = np.full(len(rows), camera.focal_px)
    windows = normalised(RULE, joints_image[rows], scores[rows], sizes_px, focal)
    return float(np.clip(network(windows.values).mean(axis=1), -_MAX_LOGIT, _MAX_LOGIT).mean())


def window_rows(joints_image: Floats, rate_hz: float) -> Ints:
    """Return the rows (W, F) of the windows in which the person is seen in every frame."""
    step = max(1, round(STEP_S * rate_hz))
    first = np.arange(0, len(joints_image) - (FRAMES - 1) * step, _WINDOW_STEPS * step)
    rows = first[:, None] + step * np.arange(FRAMES)
    seen = np.isfinite(joints_image).all(-1).mean(-1) > 0.5  # (T,)
    rows = rows[seen[rows].all(axis=1)]
    if len(rows) > _MAX_WINDOWS:
        rows = rows[np.linspace(0, len(rows) - 1, _MAX_WINDOWS).round().astype(np.int64)]
    return np.asarray(rows, np.int64)


@lru_cache(maxsize=1)
def load_network() -> LeftRightNetwork | None:
    state = read_bundled(FILE, "a left-right swap of a whole take is detected only from walking")
    return None if state is None else LeftRightNetwork(state)
