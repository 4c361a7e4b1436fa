"""Provide the layers of small bundled networks in numpy, for where torch is not loaded."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np

from ..core.arrays import Floats
from .catalogue import bundled

log = logging.getLogger(__name__)

_EPS = 1e-5  # epsilon of the layer norms, as in torch


class NumpyNetwork:
    """Hold the weights of a network by name, and compute its layers."""

    def __init__(self, state: Mapping[str, Floats]) -> None:
        self._state = state

    def _linear(self, name: str, x: Floats) -> Floats:
        return np.asarray(x @ self._state[f"{name}.weight"].T + self._state[f"{name}.bias"])

    def _norm(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        plain = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + _EPS)
        return np.asarray(plain * self._state[f"{name}.weight"] + self._state[f"{name}.bias"])


def gelu(x: Floats) -> Floats:
    """Compute the exact GELU of torch."""
    from scipy.special import erf

    return np.asarray(x * 0.5 * (1 + erf(x / np.float32(np.sqrt(2)))), np.float32)


def read_bundled(file: str, without: str) -> dict[str, Floats] | None:
    """Read bundled weights; None if that fails, with a warning that says what is `without` them."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(bundled(file))
    except (OSError, SafetensorError) as error:
        log.warning("%s cannot be read (%s): %s", file, error, without)
        return None
