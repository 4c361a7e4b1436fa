"""Build the model of a benchmark case, and its seeded input, equal on every machine.

Models of published size have no weights here, so each parameter is drawn from a generator seeded by its name. The
parameters that a pruned and a full model share are then equal, and their outputs can be compared. The scales keep
activations in a sensible range at every depth (the zeros of a new model would hide any difference).
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .. import registry, weights
from ..core.errors import ConfigError
from ..core.pruning_schedule import PruneConfig
from ..core.skeletons import H36M17
from ..lift.checkpoints import load as checkpoints
from ..lift.hourglass.host import HourglassHost
from .cases import FULL, HOSTS, BenchCase

# x, y of the 17 joints of a standing body, in half widths of the image; the pelvis is at the centre, y points down.
_STANDING = (
    (0.0, 0.0), (-0.06, 0.0), (-0.07, 0.24), (-0.07, 0.48), (0.06, 0.0), (0.07, 0.24), (0.07, 0.48), (0.0, -0.14),
    (0.0, -0.28), (0.0, -0.34), (0.0, -0.42), (0.09, -0.27), (0.14, -0.12), (0.15, 0.02), (-0.09, -0.27),
    (-0.14, -0.12), (-0.15, 0.02),
)  # fmt: skip
_SINES = 4  # number of sines summed for each coordinate
_MAX_PERIODS = 6  # periods per 243 frames of the fastest sine: about the pace of walking


class ModelFactory:
    """Build the models of one comparison; models with equal weights share their tensors."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, tuple[int, ...]], Tensor] = {}
        self._states: dict[str, dict[str, Tensor]] = {}

    def build(self, case: BenchCase) -> HourglassHost:
        """Build the model in evaluation mode on the CPU; raise `ModelError` or `ConfigError`."""
        if case.lifter:
            entry = weights.find(case.model)
            if case.model not in self._states:
                self._states[case.model] = checkpoints.load_host(entry).state_dict()
            model = checkpoints.load_host(entry, case.prune, self._states[case.model])
        else:
            model = empty_host(case.model, case.prune)
            own = model.state_dict()
            model.load_state_dict({name: self._draw(name, tensor) for name, tensor in own.items()}, assign=True)
        model.eval().requires_grad_(False)
        return model.as_published() if case.as_published else model

    def _draw(self, name: str, like: Tensor) -> Tensor:
        key = (name, tuple(like.shape))
        if key not in self._drawn:
            self._drawn[key] = _seeded(name, like)
        return self._drawn[key]


def empty_host(name: str, prune: PruneConfig = FULL) -> HourglassHost:
    """Build a host of `HOSTS` with untrained weights; raise `ModelError` for an unfit schedule."""
    host, sizes = HOSTS[name]
    model: HourglassHost = registry.find("host", host).load().from_sizes(sizes, prune)
    return model


def shape_of(name: str) -> tuple[int, int]:
    """Return (frames of a window, number of blocks) of a host, which a schedule has to fit."""
    with torch.device("meta"):
        config: Any = empty_host(name).config
    return config.frames, config.depth


def _seeded(name: str, like: Tensor) -> Tensor:
    if not like.is_floating_point():  # the batch counter of a batch norm
        return torch.zeros_like(like)
    z = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(like.numel(), np.float32)
    value = torch.from_numpy(z).view(like.shape)
    if name.endswith("running_var"):
        return 1 + 0.1 * value.abs()
    if not name.endswith("weight"):
        return 0.1 * value
    return value / (like.numel() / len(like)) ** 0.5 if like.dim() > 1 else 1 + 0.1 * value


def moving_body(windows: int, frames: int, channels: int, seed: int = 0) -> Tensor:
    """Synthesise input (windows, frames, 17, channels): a standing body whose limbs swing.

    Channels are x, y in half widths of the image and optionally a confidence of 1. Joints far from the pelvis swing
    more, and every window differs.
    """
    rng = np.random.default_rng(seed)
    rest = np.array(_STANDING)  # (17, 2)
    time = np.linspace(0, frames / 243, frames)[:, None, None]
    reach = np.linalg.norm(rest, axis=-1)[:, None] * 0.2
    x = np.empty((windows, frames, len(H36M17.names), channels), np.float32)
    x[..., 2:] = 1
    for window in x:
        rate, phase, size = (rng.random((_SINES, *rest.shape)) for _ in range(3))
        swings = (
            size[i] * np.sin(2 * np.pi * (_MAX_PERIODS * rate[i] * time + phase[i])) for i in range(_SINES)
        )  # each (frames, 17, 2)
        window[..., :2] = rest + reach * sum(swings)
    return torch.from_numpy(x)


def stored_input(path: Path) -> Tensor:
    """Read the array `input` (B, F, 17, 2 or 3) of a `.npz` file; raise `ConfigError`."""
    hint = "Give a .npz file with an array 'input' of shape (windows, frames, 17, 2 or 3)."
    try:
        with np.load(path, allow_pickle=False) as stored:
            x = np.asarray(stored["input"], np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"The input {path} cannot be read ({error}).", hint) from error
    if x.ndim != 4 or not len(x):
        raise ConfigError(f"The input {path} has the shape {x.shape}.", hint)
    return torch.from_numpy(x)
