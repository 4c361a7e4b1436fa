"""Times models in turns: A B C, A B C, ... in one process, so that whatever else the machine does hits them alike.

Absolute seconds of a busy machine mean little, ratios of neighbours mean much: `Result.times_faster` is the median of
the ratios within each round. Each model has been run once before (to count its tensors and to get its output).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .. import weights
from ..core.errors import ConfigError, ModelError
from ..core.skeletons import H36M17
from ..lift.hourglass.host import HourglassHost
from ..lift.networks import flops
from ..lift.seq2frame import centre_pose
from ..system import devices
from .memory import LiveTensors, weight_bytes
from .models import Workshop, moving_body
from .recipes import Recipe

Clock = Callable[[], float]
Tell = Callable[[str, int, int], None]  # what is being done, how many of them are done, of how many


@dataclass(frozen=True, slots=True)
class Setting:
    """How to measure. `windows`: of one run, all in one batch (but for 'as published': one after the other)."""

    device: torch.device
    windows: int = 1
    repeats: int = 5
    source: Tensor | None = None  # (windows, F, 17, 2 or 3) instead of the made-up input


@dataclass(frozen=True, slots=True)
class Result:
    """One recipe, measured. Times are of one window."""

    recipe: Recipe
    cost: flops.Cost
    frames: int  # of a window
    poses: int  # that come out of a window: all frames, or only the centre one (seq2frame)
    seconds: tuple[float, ...]  # one a round
    memory_mb: float  # weights and all tensors that lived at once
    difference_mm: tuple[float, float] | None  # mean and largest, from the unpruned model; None: there is none

    @property
    def median_s(self) -> float:
        return statistics.median(self.seconds)

    @property
    def frames_s(self) -> float:
        """3D poses a second."""
        return self.poses / self.median_s

    def times_faster(self, other: Result) -> float:
        """The other's time by this one's: the median over the rounds that both took part in."""
        return statistics.median(theirs / own for theirs, own in zip(other.seconds, self.seconds, strict=True))

    def saved(self, other: Result) -> float:
        """Share of the other's GFLOPs (papers' convention) that this one does without."""
        return 1 - self.cost.gflops / other.cost.gflops


def interleaved(
    runs: Sequence[Callable[[], object]], repeats: int, clock: Clock = time.perf_counter, tell: Tell | None = None
) -> list[tuple[float, ...]]:
    """Seconds of every run, one a round: each round runs all of them once, in their order."""
    seconds: list[list[float]] = [[] for _ in runs]
    for done in range(repeats):
        if tell:
            tell("measuring", done, repeats)
        for run, own in zip(runs, seconds, strict=True):
            begun = clock()
            run()
            own.append(clock() - begun)
    return [tuple(own) for own in seconds]


def measure(
    recipes: Sequence[Recipe], setting: Setting, clock: Clock = time.perf_counter, tell: Tell | None = None
) -> list[Result]:
    """Measure all recipes against each other, in their order. Raises `ModelError`, `ConfigError`."""
    if setting.windows < 1 or setting.repeats < 1:
        raise ConfigError("Nothing would be measured.", "Choose at least one repeat and one window.")
    bench = _Bench(setting)
    prepared = []
    for done, recipe in enumerate(recipes):
        if tell:
            tell("preparing", done, len(recipes))
        prepared.append(bench.prepare(recipe))
    seconds = interleaved([one.runner.run for one in prepared], setting.repeats, clock, tell)
    return [
        Result(
            one.runner.recipe,
            one.cost,
            one.runner.model.frames,
            1 if one.runner.model.seq2frame else one.runner.model.frames,
            tuple(s / len(one.runner.x) for s in own),
            one.memory / 2**20,
            one.difference_mm,
        )
        for one, own in zip(prepared, seconds, strict=True)
    ]


class Runner:
    """A model with its windows (B, F, J, channels), on one device, in the precision of its recipe."""

    def __init__(self, recipe: Recipe, model: HourglassHost, x: Tensor) -> None:
        self.recipe, self.model, self.x = recipe, model, x

    def run(self, guard: Callable[[], AbstractContextManager[object]] = torch.inference_mode) -> Tensor:
        """(B, F, J, 3), seq2frame (B, 1, J, 3): all windows once, until the device is done."""
        half = self.recipe.precision == "bfloat16"
        batches = torch.split(self.x, 1) if self.recipe.as_published else [self.x]
        with guard(), torch.autocast(self.x.device.type, torch.bfloat16, enabled=half):
            outputs = [centre_pose(self.model, x) if self.model.seq2frame else self.model(x) for x in batches]
        devices.synchronize(self.x.device)
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)


@dataclass(frozen=True, slots=True)
class _Prepared:
    runner: Runner
    cost: flops.Cost
    memory: int  # bytes
    difference_mm: tuple[float, float] | None


class _Bench:
    """Makes the models and runs each once: for its tensors, its output, and to warm it up."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.workshop = Workshop()
        self._unpruned: dict[tuple[str, bool], tuple[dict[str, torch.Size], Tensor] | None] = {}

    def prepare(self, recipe: Recipe) -> _Prepared:
        model = self.workshop.build(recipe)
        config: Any = model.config
        shape = (config.frames, config.joints, config.in_channels)
        cost = flops.count(model, *shape)
        runner = Runner(recipe, model.to(self.setting.device), self._windows(*shape))
        with LiveTensors() as tensors:
            out = runner.run(torch.no_grad)  # unlike in inference mode, composed operations show their steps
        full = self._full_output(runner)
        difference = None if full is None else difference_mm(out, full, recipe)
        return _Prepared(runner, cost, tensors.peak + weight_bytes(model), difference)

    def _windows(self, frames: int, joints: int, channels: int) -> Tensor:
        x = self.setting.source
        if x is None:
            x = moving_body(self.setting.windows, frames, channels)
        if x.shape[1:] != (frames, joints, channels):
            raise ConfigError(
                f"The input has the shape {tuple(x.shape)}, the model takes (B, {frames}, {joints}, {channels}).",
                "Give the input that belongs to this model, or leave it out.",
            )
        return x.to(self.setting.device)

    def _full_output(self, runner: Runner) -> Tensor | None:
        """What the same weights give in float32 when every frame is kept; None if they cannot keep every frame."""
        recipe = runner.recipe
        key = (recipe.model, recipe.lifter)
        if key not in self._unpruned:
            plain = Recipe(recipe.title, recipe.model, lifter=recipe.lifter)
            try:
                full = Runner(plain, self.workshop.build(plain).to(self.setting.device), runner.x)
                self._unpruned[key] = _shapes(full.model), full.run()
            except ModelError:  # weights that were trained to recover with TRA
                self._unpruned[key] = None
        known = self._unpruned[key]
        if known is None:
            return None
        own = _shapes(runner.model)  # where layers are as long as the frames they were trained with, there is no equal
        return known[1] if all(own.get(name) == shape for name, shape in known[0].items()) else None


def _shapes(model: HourglassHost) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in model.state_dict().items()}


def difference_mm(out: Tensor, full: Tensor, recipe: Recipe) -> tuple[float, float]:
    """Distance of the joints (B, F, J, 3) m of two outputs: mean and largest, in millimetres; the pelvis is at zero.

    As the lifter treats the pelvis: taken off all joints, or taken as zero if the manifest says so.
    """
    pelvis = H36M17.index("pelvis")
    zero = recipe.lifter and weights.find(recipe.model).root == "zero"

    def relative(joints: Tensor) -> Tensor:
        joints = joints.double()
        root = joints[:, :, pelvis : pelvis + 1]
        return torch.cat([torch.zeros_like(root), joints[:, :, 1:]], 2) if zero else joints - root

    distance = 1000 * (relative(out) - relative(full)).norm(dim=-1)
    return float(distance.mean()), float(distance.max())
