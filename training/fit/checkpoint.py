"""Save and load the state of a training run.

Files are written atomically and read without executing pickled code.
"""

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
class TrainProgress:
    """Progress of a training run through the stages of its recipe."""

    stage: int = 0  # index of the current stage
    step: int = 0  # steps done in it
    elapsed_s: float = 0.0  # s of training in it, pauses not counted
    total_steps: int = 0  # steps done in all stages


class WeightAverage:
    """Exponential moving average of a model's weights.

    The decay is smaller during the first updates.
    """

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
    path: Path, progress: TrainProgress, model: nn.Module, average: WeightAverage, optimizer: torch.optim.Optimizer
) -> None:
    """Save a training run.

    Batches depend only on (seed, stage, step), so no random state is stored.
    """
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
    """Load a training run; None if the file does not exist.

    Raises `ModelError` if it is damaged.
    """
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise ModelError(
            f"The checkpoint {path} cannot be read ({str(error)[:200]}).", "Remove it to start again."
        ) from error
    return state


def fit_to_model(weights: dict[str, Tensor], model: nn.Module) -> dict[str, Tensor]:
    """Adapt weights of another window length to `model`.

    The temporal position embedding is interpolated. All other weights must match in shape; a missing ray gate
    (`along_rays`) is taken from `model`. The weights of a new depth channel are zero, those of one that `model` does
    not have are dropped.
    """
    target = model.state_dict()
    out = {name: target[name] for name in target if name.startswith("gate.")} | dict(weights)
    if "embed.weight" in target:
        columns, have = target["embed.weight"].shape[1], out["embed.weight"]
        out["embed.weight"] = nn.functional.pad(have, (0, columns - have.shape[1]))
    time = "Temporal_pos_embed"
    if time not in target:  # rotary positions have no weights and fit every window
        return {name: value.float().contiguous() for name, value in out.items()}
    frames = target[time].shape[1]
    if weights[time].shape[1] != frames:
        if weights[time].shape[1] == 1:
            out[time] = weights[time].expand_as(target[time]).clone()
        else:
            line = weights[time].transpose(1, 2)  # (1, C, F)
            out[time] = nn.functional.interpolate(line, frames, mode="linear", align_corners=True).transpose(1, 2)
    return {name: value.float().contiguous() for name, value in out.items()}
