"""From a recipe to a model with weights in it, and to windows to run it on. Seeded: the same on every machine.

Published sizes come without published weights here, so each parameter is drawn from a generator seeded by its name:
the parameters that a pruned and a full model share are then the same tensors, and their outputs can be compared. The
scales keep activations sensible through the depth of the network (a fresh model's zeros would hide any difference).
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
from .recipes import FULL, HOSTS, Recipe

# A standing body in the picture: x, y of the 17 joints, in half widths of the picture; hips at the centre, y down.
_STANDING = (
    (0.0, 0.0), (-0.06, 0.0), (-0.07, 0.24), (-0.07, 0.48), (0.06, 0.0), (0.07, 0.24), (0.07, 0.48), (0.0, -0.14),
    (0.0, -0.28), (0.0, -0.34), (0.0, -0.42), (0.09, -0.27), (0.14, -0.12), (0.15, 0.02), (-0.09, -0.27),
    (-0.14, -0.12), (-0.15, 0.02),
)  # fmt: skip
_SWINGS = 4  # sines added up for each coordinate
_FASTEST = 6  # of them, in periods a window of 243 frames: about walking


class Workshop:
    """Makes the models of one comparison. Those with the same weights share them."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, tuple[int, ...]], Tensor] = {}
        self._states: dict[str, dict[str, Tensor]] = {}

    def build(self, recipe: Recipe) -> HourglassHost:
        """The model in evaluation mode on the CPU. Raises `ModelError` or `ConfigError` with the reason."""
        if recipe.lifter:
            entry = weights.find(recipe.model)
            if recipe.model not in self._states:
                self._states[recipe.model] = checkpoints.load_host(entry).state_dict()
            model = checkpoints.load_host(entry, recipe.prune, self._states[recipe.model])
        else:
            model = empty_host(recipe.model, recipe.prune)
            own = model.state_dict()
            model.load_state_dict({name: self._draw(name, tensor) for name, tensor in own.items()}, assign=True)
        model.eval().requires_grad_(False)
        return model.as_published() if recipe.as_published else model

    def _draw(self, name: str, like: Tensor) -> Tensor:
        key = (name, tuple(like.shape))
        if key not in self._drawn:
            self._drawn[key] = _seeded(name, like)
        return self._drawn[key]


def empty_host(name: str, prune: PruneConfig = FULL) -> HourglassHost:
    """A host of `HOSTS` with untrained weights. Raises `ModelError` for a schedule that it cannot follow."""
    host, sizes = HOSTS[name]
    model: HourglassHost = registry.find("host", host).load().from_sizes(sizes, prune)
    return model


def shape_of(name: str) -> tuple[int, int]:
    """Frames of a window and depth in blocks of a host of `HOSTS`: what a schedule has to fit."""
    with torch.device("meta"):
        config: Any = empty_host(name).config
    return config.frames, config.depth


def _seeded(name: str, like: Tensor) -> Tensor:
    if not like.is_floating_point():  # a counter of batches
        return torch.zeros_like(like)
    z = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(like.numel(), np.float32)
    value = torch.from_numpy(z).view(like.shape)
    if name.endswith("running_var"):
        return 1 + 0.1 * value.abs()
    if not name.endswith("weight"):
        return 0.1 * value
    return value / (like.numel() / len(like)) ** 0.5 if like.dim() > 1 else 1 + 0.1 * value


def moving_body(windows: int, frames: int, channels: int, seed: int = 0) -> Tensor:
    """Made-up input (windows, frames, 17, channels): a body whose limbs swing; x, y and, if asked, confidence 1.

    The joints far from the hips swing more. Every window swings differently.
    """
    rng = np.random.default_rng(seed)
    rest = np.array(_STANDING)  # (17, 2)
    time = np.linspace(0, frames / 243, frames)[:, None, None]
    reach = np.linalg.norm(rest, axis=-1)[:, None] * 0.2
    x = np.empty((windows, frames, len(H36M17.names), channels), np.float32)
    x[..., 2:] = 1
    for window in x:
        rate, phase, size = (rng.random((_SWINGS, *rest.shape)) for _ in range(3))
        swings = (
            size[i] * np.sin(2 * np.pi * (_FASTEST * rate[i] * time + phase[i])) for i in range(_SWINGS)
        )  # each (frames, 17, 2)
        window[..., :2] = rest + reach * sum(swings)
    return torch.from_numpy(x)


def stored_input(path: Path) -> Tensor:
    """`input` (B, F, 17, 2 or 3) of a `.npz` file, as `models run` takes it. Raises `ConfigError`."""
    hint = "Give a .npz file with an array 'input' of shape (windows, frames, 17, 2 or 3)."
    try:
        with np.load(path, allow_pickle=False) as stored:
            x = np.asarray(stored["input"], np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"The input {path} cannot be read ({error}).", hint) from error
    if x.ndim != 4 or not len(x):
        raise ConfigError(f"The input {path} has the shape {x.shape}.", hint)
    return torch.from_numpy(x)
