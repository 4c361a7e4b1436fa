"""Write small checkpoints of the four host architectures, as training programs do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from pipeline import registry
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.hourglass.host import HourglassHost

FRAMES = 27
SIZES: dict[str, dict[str, Any]] = {
    "mixste": {"frames": FRAMES, "channels": 16, "depth": 4, "heads": 8, "mlp_ratio": 2.0, "in_channels": 2},
    "mhformer": {
        "frames": FRAMES, "channels": 16, "hidden": 24, "depth": 3, "heads": 8, "generation_depth": 2,
        "generation_heads": 9, "generation_mlp_ratio": 2.0, "in_channels": 2,
    },
    "motionbert": {
        "frames": FRAMES, "channels": 16, "representation": 24, "depth": 2, "heads": 8, "mlp_ratio": 4.0,
        "in_channels": 3,
    },
    "motionagformer": {
        "frames": FRAMES, "channels": 16, "representation": 24, "depth": 3, "heads": 8, "neighbours": 2,
        "mlp_ratio": 4.0, "in_channels": 3,
    },
}  # fmt: skip
HOSTS = tuple(SIZES)


def host(name: str, prune: PruneConfig | None = None, **sizes: Any) -> HourglassHost:
    """Return a small model with random weights, the same in every run."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = registry.find("host", name).load().from_sizes(SIZES[name] | sizes, prune or PruneConfig())
        for value in model.parameters():
            value.data += 0.05 * torch.randn(value.shape)
    return model.eval()


def shapes(model: HourglassHost) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}


def save(path: Path, state: Mapping[str, Any]) -> Path:
    torch.save(dict(state), path)
    return path
