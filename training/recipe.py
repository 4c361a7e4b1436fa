"""What to train: a model and the stages of its curriculum. Frozen, checked, a JSON file each (`training/recipes/`)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.lift.mixste import MixSTE, MixSTEConfig
from pipeline.lift.tokens import PruneConfig
from training.batches import CHANNELS
from training.losses import LossWeights


@dataclass(frozen=True, slots=True)
class Stage:
    """One window length, trained with warm-up and cosine decay until its steps are done or its time is over."""

    name: str
    frames: int
    batch: int  # windows
    lr: float
    steps: int = 0  # 0: no limit
    minutes: float = 0.0  # of wall clock, pauses not counted; 0: no limit
    warmup_steps: int = 50
    last_lr: float = 0.02  # share of `lr` at the end
    stride: int = 1  # rows of a window stand this many frames apart: the long view of the last stage, for a fraction
    schedule: tuple[tuple[int, int], ...] = ()  # TPS: (block, frames kept from its input on)
    ema: float = 0.998
    clean_share: float = 0.0  # batches without detector errors

    def __post_init__(self) -> None:
        if not self.steps and not self.minutes:
            raise ConfigError(f"Stage '{self.name}' would never end.", "Give it steps or minutes.")


@dataclass(frozen=True, slots=True)
class Recipe:
    stages: tuple[Stage, ...]
    channels: int = 64
    depth: int = 6
    heads: int = 4
    mlp_ratio: float = 2.0
    weight_decay: float = 0.02
    clip_norm: float = 1.0
    seed: int = 1
    loss: LossWeights = field(default_factory=LossWeights)

    def model(self, stage: Stage) -> MixSTE:
        """The model of a stage, with new weights."""
        sizes = MixSTEConfig(stage.frames, self.channels, self.depth, self.heads, self.mlp_ratio, CHANNELS)
        return MixSTE(sizes, PruneConfig("TPS", stage.schedule, "TRI"))


def load_recipe(path: Path) -> Recipe:
    """Raises `ConfigError` for a file that cannot be read or holds something unknown."""
    try:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        stages = []
        for stage in data.pop("stages"):
            stage["schedule"] = tuple((int(block), int(keep)) for block, keep in stage.get("schedule", ()))
            stages.append(Stage(**stage))
        loss = LossWeights(**data.pop("loss", {}))
        return Recipe(tuple(stages), loss=loss, **data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The recipe {path} cannot be used ({error}).", "See training/recipes for ones that work."
        ) from error
