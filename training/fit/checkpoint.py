"""The state of a training run on disk: written whole, read back without running anything that is in it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.core.errors import ModelError
from pipeline.system.files import atomic_write


@dataclass(slots=True)
class Progress:
    """Where a run is: stage number, steps done in it, its seconds of training, steps of all stages."""

    stage: int = 0
    step: int = 0
    elapsed_s: float = 0.0
    total_steps: int = 0


class Average:
    """Exponential moving average of a model's weights; it forgets its start faster than its decay says."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.weights = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for name, value in model.state_dict().items():
            self.weights[name].lerp_(value, 1 - decay)


def save_checkpoint(
    path: Path, progress: Progress, model: nn.Module, average: Average, optimizer: torch.optim.Optimizer
) -> None:
    """Batches are made from (seed, stage, step) alone, so that no random state has to be kept."""
    state = {
        "progress": [progress.stage, progress.step, progress.elapsed_s, progress.total_steps],
        "model": model.state_dict(),
        "average": average.weights,
        "average_updates": average.updates,
        "optimizer": optimizer.state_dict(),
    }
    with atomic_write(path) as file:
        torch.save(state, file)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """None if there is none. Raises `ModelError` for a damaged one."""
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise ModelError(
            f"The checkpoint {path} cannot be read ({str(error)[:200]}).", "Remove it to start again."
        ) from error
    return state


def fitted(weights: dict[str, Tensor], model: nn.Module) -> dict[str, Tensor]:
    """`weights` of a shorter or longer window for `model`: its places in time are interpolated, all else must fit."""
    own = model.state_dict()
    out = {name: own[name] for name in own if name.startswith("gate.")} | dict(weights)  # `along_rays` may come later
    time = "Temporal_pos_embed"
    if time not in own:  # places by rotation are the same for every window
        return {name: value.float().contiguous() for name, value in out.items()}
    frames = own[time].shape[1]
    if weights[time].shape[1] != frames:
        if weights[time].shape[1] == 1:
            out[time] = weights[time].expand_as(own[time]).clone()
        else:
            line = weights[time].transpose(1, 2)  # (1, C, F)
            out[time] = nn.functional.interpolate(line, frames, mode="linear", align_corners=True).transpose(1, 2)
    return {name: value.float().contiguous() for name, value in out.items()}
