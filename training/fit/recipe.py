"""What to train: a model and the stages of its curriculum. Frozen, checked, a JSON file each (`training/recipes/`)."""

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

# Hosts without learned places in time: they are told how far apart the rows of a window are.
_PLACES_BY_ROTATION = ("frametransformer",)


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
    strides: tuple[int, ...] = ()  # each step draws one of these; `stride` is then that of the held-out windows
    schedule: tuple[tuple[int, int], ...] = ()  # TPS: (block, frames kept from its input on)
    ema: float = 0.998
    clean_share: float = 0.0  # batches without detector errors
    velocity: float = 1.0  # of the recipe's weight of velocities

    def __post_init__(self) -> None:
        if not self.steps and not self.minutes:
            raise ConfigError(f"Stage '{self.name}' would never end.", "Give it steps or minutes.")

    def stride_of(self, step: int) -> int:
        """How far apart the rows of that step's windows stand: the same for the same step."""
        return random.Random(step).choice(self.strides) if self.strides else self.stride

    def dense(self) -> Stage:
        """The same view of time with a row for every frame between, of which as many shares are kept: 27 rows 9 frames
        apart, pruned to 9 and 3, are 243 frames, pruned to 81 and 27."""
        kept = tuple((block, keep * self.stride) for block, keep in self.schedule)
        return replace(self, frames=self.frames * self.stride, stride=1, strides=(), schedule=kept)


@dataclass(frozen=True, slots=True)
class Recipe:
    stages: tuple[Stage, ...]
    host: str = "mixste"  # as the registry calls it
    sizes: Mapping[str, Any] = field(default_factory=dict)  # of the host, but for its frames
    normalisation: str = "person_window"
    errors: tuple[str, ...] = (
        "synthesis/detector_errors.json",
    )  # models of detectors, in this folder; each step draws one
    weight_decay: float = 0.02
    clip_norm: float = 1.0
    seed: int = 1
    schedule: tuple[tuple[int, int], ...] = ()  # of the result, where it is pruned otherwise than in its last stage
    loss: LossWeights = field(default_factory=LossWeights)

    @property
    def channels(self) -> tuple[str, ...]:
        """What the network is given of each joint."""
        return CHANNELS[:6] if self.normalisation == "person_ray" else CHANNELS[:3]

    @property
    def result(self) -> Stage:
        """The windows that the lifter has in the program: those of the last stage, dense."""
        dense = self.stages[-1].dense()
        return replace(dense, schedule=self.schedule) if self.schedule else dense

    def model(self, stage: Stage) -> HourglassHost:
        """The model of a stage, with new weights. Raises TypeError for sizes that the host does not have."""
        sizes = {**self.sizes, "frames": stage.frames, "in_channels": len(self.channels)}
        if self.host in _PLACES_BY_ROTATION:
            sizes["stride"] = stage.stride
        host = registry.find("host", self.host).load()
        model: HourglassHost = host.from_sizes(sizes, PruneConfig("TPS", stage.schedule, "TRI"))
        return model


def load_recipe(path: Path) -> Recipe:
    """Raises `ConfigError` for a file that cannot be read or holds something unknown."""
    try:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        stages = []
        for stage in data.pop("stages"):
            stage["schedule"] = _pairs(stage.get("schedule", ()))
            stage["strides"] = tuple(int(stride) for stride in stage.get("strides", ()))
            stages.append(Stage(**stage))
        loss = LossWeights(**data.pop("loss", {}))
        data["errors"] = tuple(data.get("errors", ("synthesis/detector_errors.json",)))
        return Recipe(tuple(stages), loss=loss, **data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The recipe {path} cannot be used ({error}).", "See training/recipes for ones that work."
        ) from error


def _pairs(schedule: Iterable[Iterable[Any]]) -> tuple[tuple[int, int], ...]:
    return tuple((int(block), int(keep)) for block, keep in schedule)
