"""Make weights of the face shapes of characters from the measures of a person's take.

Every face has its own measures at rest, so a weight is the way from the person's own rest, as a share of the way of a
full expression. The rest is a percentile of the take's frames: people blink, speak and smile in fewer frames than they
do not. The full ways are about those of MakeHuman's face shapes, rendered and measured: see docs/detectors.md.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..arrays import Doubles, Floats
from ..poses import Extras
from .expressions import EXPRESSIONS

VISEMES = ("aa", "ih", "ou", "ee", "oh")  # mouths of vowels, by VRM's names
SHAPES: tuple[str, ...] = (*EXPRESSIONS, *VISEMES)

Rest = Literal["low", "middle"]
_REST_PERCENT = {"low": 25.0, "middle": 50.0}

# Start of a measure's name -> (percentile of the rest, way of the full expression in the measure's unit, share of the
# way below which there is no expression: noise of the network).
_WAYS: dict[str, tuple[Rest, float, float]] = {
    "eyeBlink": ("middle", 0.17, 0.15),
    "eyeLookDown": ("middle", 0.05, 0.1),
    "eyeLookUp": ("middle", 0.05, 0.1),
    "eyeLookIn": ("middle", 0.11, 0.1),
    "eyeLookOut": ("middle", 0.11, 0.1),
    "browDown": ("middle", 0.03, 0.15),
    "browInnerUp": ("middle", 0.03, 0.15),
    "browOuterUp": ("middle", 0.03, 0.15),
    "mouthSmile": ("middle", 0.14, 0.15),
    "mouthFunnel": ("low", 0.24, 0.1),
    "mouthPucker": ("middle", 0.10, 0.15),
    "jawOpen": ("low", 0.22, 0.1),
}
_WIDE = 0.08  # way of a mouth that is as wide as that of "ee", in the measure's unit


def face_weights(extras: Extras) -> dict[str, Floats] | None:
    """Return `expression_weights` of a track's extras; None if they have no measures of a face."""
    measures = extras.get("expressions")
    if measures is None or not np.isfinite(measures).any():
        return None
    return expression_weights(measures.astype(np.float32))


def expression_weights(measures: Floats) -> dict[str, Floats]:
    """Return the weights (T,) of `SHAPES` by name, from the measures (T, K) of a take.

    They are in [0, 1], and NaN where a frame has no face; K: `EXPRESSIONS`. A person who never rests, or smiles
    throughout, has that as rest.
    """
    known = np.isfinite(measures).all(axis=1)
    if not known.any():
        return {name: np.full(len(measures), np.nan, np.float32) for name in SHAPES}
    return weights_from_rest(measures, measures_at_rest(measures[known]))


def measures_at_rest(measures: Floats) -> Doubles:
    """Return a person's measures at rest (K,), from those of frames (T, K) with a face."""
    percent = [_REST_PERCENT[_way(name)[0]] for name in EXPRESSIONS]
    columns = [np.percentile(values, at) for values, at in zip(measures.T.astype(np.float64), percent, strict=True)]
    return np.array(columns)


def weights_from_rest(measures: Floats, at_rest: Doubles) -> dict[str, Floats]:
    """Return the weights (T,) of `SHAPES` by name, from measures (T, K) and those at rest (K,)."""
    known = np.isfinite(measures).all(axis=1)
    weights = {name: np.full(len(measures), np.nan, np.float32) for name in SHAPES}
    values = measures[known].astype(np.float64) - at_rest
    of = {name: values[:, column] for column, name in enumerate(EXPRESSIONS)}
    for name in EXPRESSIONS:
        _, way, still = _way(name)
        weights[name][known] = _share(of[name], way, still)
    wide = _share(-of["mouthPucker"], _WIDE, 0.15)
    jaw, narrow, gap = (weights[name][known] for name in ("jawOpen", "mouthPucker", "mouthFunnel"))
    opened = np.maximum(jaw, gap)
    # A round mouth is "ou" while it is nearly closed and "oh" when it is open; a wide one is "ee", or "ih" when open.
    shares = {
        "aa": opened * (1 - narrow) * (1 - wide),
        "ih": wide * opened,
        "ou": narrow * (1 - opened),
        "ee": wide * (1 - opened),
        "oh": narrow * opened,
    }
    for name, share in shares.items():
        weights[name][known] = share
    return weights


def _way(name: str) -> tuple[Rest, float, float]:
    return next(entry for start, entry in _WAYS.items() if name.startswith(start))


def _share(beyond: Doubles, way: float, still: float) -> Doubles:
    """Return how far the way (T,) from the person's rest is toward the full expression, in [0, 1]."""
    return np.asarray(np.clip((beyond / way - still) / (1 - still), 0, 1))
