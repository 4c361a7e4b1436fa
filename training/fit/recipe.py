"""Define a training recipe: a model and the stages of its curriculum.

Each is one JSON file in `training/fit/recipes/`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline import registry
from pipeline.core.errors import ConfigError
from pipeline.lift.hourglass.host import HourglassHost, PruneConfig
from pipeline.lift.inputs.person_ray import CHANNELS
from training.fit.losses import LossWeights

# Architectures with rotary temporal positions, which need the stride between the rows of a window.
_ROTARY_TIME_HOSTS = ("frametransformer",)


@dataclass(frozen=True, slots=True)
class TrainStage:
    """One stage of the curriculum: a window length, trained with warm-up and cosine decay."""

    name: str
    frames: int  # rows of a window
    batch: int  # windows per step
    lr: float
    steps: int = 0  # limit; 0: none
    minutes: float = 0.0  # limit of training time, pauses not counted; 0: none
    warmup_steps: int = 50
    last_lr: float = 0.02  # final learning rate, share of `lr`
    stride: int = 1  # frames between rows: covers the time span of the final window at a fraction of its cost
    strides: tuple[int, ...] = ()  # each step draws one of these; `stride` then applies to the held-out windows only
    schedule: tuple[tuple[int, int], ...] = ()  # TPS: (block, frames kept from the input of that block on)
    ema: float = 0.998  # decay of the weight average
    clean_share: float = 0.0  # share of batches without detector errors
    velocity: float = 1.0  # factor on the recipe's velocity weight

    def __post_init__(self) -> None:
        if not self.steps and not self.minutes:
            raise ConfigError(f"Stage '{self.name}' would never end.", "Give it steps or minutes.")

    def stride_of(self, step: int) -> int:
        """Return the stride of a step, in frames; deterministic in the step number."""
        return random.Random(step).choice(self.strides) if self.strides else self.stride

    def dense(self) -> TrainStage:
        """Return the stage at stride 1 over the same time span, keeping the same shares of frames.

        27 rows at stride 9, pruned to 9 and 3, become 243 frames, pruned to 81 and 27.
        """
        kept = tuple((block, keep * self.stride) for block, keep in self.schedule)
        return replace(self, frames=self.frames * self.stride, stride=1, strides=(), schedule=kept)


@dataclass(frozen=True, slots=True)
class TrainRecipe:
    """A model, the stages of its curriculum and the detectors that it is trained for."""

    stages: tuple[TrainStage, ...]
    host: str = "mixste"  # name of the architecture in the registry
    sizes: Mapping[str, Any] = field(default_factory=dict)  # of the architecture, without its frames
    normalisation: str = "person_window"  # input rule, see `pipeline.lift.inputs.normalise`
    errors: tuple[str, ...] = (
        "synthesis/detector_errors.json",
    )  # detector error models, relative to training/; each step draws one
    posed_share: float = 0.0  # share of the windows of `training.synthesis.posed_bodies`
    rendered_share: float = 0.0  # share of the windows of rendered people
    depth_share: float | None = (
        None  # share of these with the detector's own depth; None: the input has no such channel
    )
    weight_decay: float = 0.02
    clip_norm: float = 1.0
    seed: int = 1
    schedule: tuple[tuple[int, int], ...] = ()  # pruning of the finished lifter; empty: that of the last stage
    loss: LossWeights = field(default_factory=LossWeights)

    @property
    def channels(self) -> tuple[str, ...]:
        """Input channels of each joint."""
        own = CHANNELS[:6] if self.normalisation == "person_ray" else CHANNELS[:3]
        return own if self.depth_share is None else (*own, "depth")

    @property
    def result(self) -> TrainStage:
        """Windows of the finished lifter: those of the last stage at stride 1."""
        dense = self.stages[-1].dense()
        return replace(dense, schedule=self.schedule) if self.schedule else dense

    def model(self, stage: TrainStage) -> HourglassHost:
        """Create the model of a stage, newly initialised.

        Raises TypeError for sizes unknown to the architecture.
        """
        sizes = {**self.sizes, "frames": stage.frames, "in_channels": len(self.channels)}
        if self.depth_share is not None:
            sizes["depth_channel"] = True
        if self.host in _ROTARY_TIME_HOSTS:
            sizes["stride"] = stage.stride
        host = registry.find("host", self.host).load()
        model: HourglassHost = host.from_sizes(sizes, PruneConfig("TPS", stage.schedule, "TRI"))
        return model


def load_recipe(path: Path) -> TrainRecipe:
    """Read a recipe. Raises `ConfigError` if the file is unreadable or holds unknown keys."""
    try:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        stages = []
        for stage in data.pop("stages"):
            stage["schedule"] = _pairs(stage.get("schedule", ()))
            stage["strides"] = tuple(int(stride) for stride in stage.get("strides", ()))
            stages.append(TrainStage(**stage))
        loss = LossWeights(**data.pop("loss", {}))
        data["errors"] = tuple(data.get("errors", ("synthesis/detector_errors.json",)))
        return TrainRecipe(tuple(stages), loss=loss, **data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The recipe {path} cannot be used ({error}).", "See training/fit/recipes for ones that work."
        ) from error


def _pairs(schedule: Iterable[Iterable[Any]]) -> tuple[tuple[int, int], ...]:
    return tuple((int(block), int(keep)) for block, keep in schedule)
