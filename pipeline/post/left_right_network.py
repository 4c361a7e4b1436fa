"""Whether somebody's left and right are exchanged all through a take, told from the 2D joints by a small network.

A person who is seen from the front with exchanged sides looks like one who is seen from behind, and the lifter makes a
sound body of them that faces the other way. What gives it away are small things: how elbows and knees bend, where the
nose is, how the body sways and steps, in perspective. The network was shown training motion through drawn cameras with
a detector's errors, as it is and with exchanged sides (`training.post_chain.train_left_right`), nine frames a tenth of
a second apart at a time. Both ways are asked, and the difference counts, so that it can have no leaning of its own.

Shapes: `W` windows of `F` frames, `C` channels. Pure numpy: the chain runs where torch is not loaded.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats
from ..core.camera import Camera
from ..core.skeletons import H36M17
from ..lift.inputs.normalise import normalised
from ..weights import bundled

log = logging.getLogger(__name__)

FILE = "sides_v1.safetensors"
RULE = "person_ray"
FRAMES, STEP_S = 9, 0.1  # of a window
SHARED = 3  # channels that are one joint's own; the rest say the same of all
# Mean over the windows, each within +-3. At this one of 120 sound clips of the validation motion is accused and one of
# 87 of the people held out of training, and with exchanged sides 50 and 47 % are told
# (`training.post_chain.train_left_right judge`).
EXCHANGED = -2.0
_SURE = 3.0
_MOST_WINDOWS = 120  # spread over the take: a tenth of a second of computing
_APART = 3  # steps between windows
_EPS = 1e-5

Ints = NDArray[np.int64]


class SidesNetwork:
    """As `training.post_chain.train_left_right.LeftRightNet`, by its weights."""

    def __init__(self, state: Mapping[str, Floats]) -> None:
        self._state = state
        # (C, C, 3) of a convolution -> (3 C, C): one product with a frame and its neighbours.
        self._taps = [
            np.ascontiguousarray(state[f"mix.{number}.weight"].transpose(2, 1, 0).reshape(-1, len(bias)))
            for number, bias in enumerate((state["mix.0.bias"], state["mix.1.bias"]))
        ]

    def __call__(self, x: Floats) -> Floats:
        """Input of `person_ray` (W, F, 17, 6) -> (W, F) logits: above 0 the sides are right, below exchanged."""
        return self._one_way(x) - self._one_way(x[:, :, list(H36M17.mirror)])

    def _one_way(self, x: Floats) -> Floats:
        tokens = np.concatenate([x[..., :SHARED].reshape(*x.shape[:2], -1), x[:, :, 0, SHARED:]], -1)
        h = self._linear("embed", tokens)
        h = h + self._mlp("first", h)
        for number, taps in enumerate(self._taps):
            padded = np.pad(h, ((0, 0), (1, 1), (0, 0)))
            around = np.concatenate([padded[:, k : k + h.shape[1]] for k in range(3)], -1)
            h = h + _gelu(around @ taps + self._state[f"mix.{number}.bias"])
        h = h + self._mlp("second", h)
        out: Floats = self._linear("out.1", self._norm("out.0", h))[..., 0]
        return out

    def _linear(self, name: str, x: Floats) -> Floats:
        return np.asarray(x @ self._state[f"{name}.weight"].T + self._state[f"{name}.bias"])

    def _norm(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        plain = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + _EPS)
        return np.asarray(plain * self._state[f"{name}.weight"] + self._state[f"{name}.bias"])

    def _mlp(self, name: str, x: Floats) -> Floats:
        return self._linear(f"{name}.3", _gelu(self._linear(f"{name}.1", self._norm(f"{name}.0", x))))


def sides_score(joints_image: Floats, scores: Floats, camera: Camera) -> float | None:
    """Score the sides of (T, 17, 2) px, NaN = not seen, (T, 17): -3 (swapped for sure) to 3; None: too little seen."""
    network = load_network()
    rows = window_rows(joints_image, camera.rate_hz)
    if network is None or not len(rows):
        return None
    pictures = np.tile(np.array(camera.size_px, np.float64), (len(rows), 1))
    focal = np.full(len(rows), camera.focal_px)
    given = normalised(RULE, joints_image[rows], scores[rows], pictures, focal)
    return float(np.clip(network(given.values).mean(axis=1), -_SURE, _SURE).mean())


def window_rows(joints_image: Floats, rate_hz: float) -> Ints:
    """(W, F) rows of the windows that are looked at: those in which the person is seen throughout."""
    step = max(1, round(STEP_S * rate_hz))
    first = np.arange(0, len(joints_image) - (FRAMES - 1) * step, _APART * step)
    rows = first[:, None] + step * np.arange(FRAMES)
    seen = np.isfinite(joints_image).all(-1).mean(-1) > 0.5  # (T,)
    rows = rows[seen[rows].all(axis=1)]
    if len(rows) > _MOST_WINDOWS:
        rows = rows[np.linspace(0, len(rows) - 1, _MOST_WINDOWS).round().astype(np.int64)]
    return np.asarray(rows, np.int64)


def _gelu(x: Floats) -> Floats:
    from scipy.special import erf

    return np.asarray(x * 0.5 * (1 + erf(x / np.float32(np.sqrt(2)))), np.float32)


@lru_cache(maxsize=1)
def load_network() -> SidesNetwork | None:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return SidesNetwork(load_file(bundled(FILE)))
    except (OSError, SafetensorError) as error:
        log.warning(
            "%s cannot be read (%s): whether sides are exchanged throughout is told by walking alone", FILE, error
        )
        return None
