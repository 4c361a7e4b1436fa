"""Time models in turns (A B C, A B C, ...), so that other load affects all of them alike.

Absolute seconds of a busy machine mean little, but ratios of neighbouring runs are reliable: `Result.times_faster` is
the median of the ratios within each round. Each model runs once before, to count its tensors and to get its output.
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
from .cases import BenchCase
from .memory import LiveTensors, weight_bytes
from .models import ModelFactory, moving_body

Clock = Callable[[], float]
ReportProgress = Callable[[str, int, int], None]  # (stage, steps done, steps in all)


@dataclass(frozen=True, slots=True)
class Setting:
    """Configure a measurement: device, windows of one run, and rounds.

    All windows of a run form one batch, except in cases `as_published`, which run them one after the other.
    """

    device: torch.device
    windows: int = 1
    repeats: int = 5
    source: Tensor | None = None  # (windows, F, 17, 2 or 3) in place of synthetic input


@dataclass(frozen=True, slots=True)
class Result:
    """Hold the measurements of one case; times are those of one window."""

    case: BenchCase
    cost: flops.Cost
    frames: int  # input frames per window
    poses: int  # output poses per window: all frames, or only the centre one (seq2frame)
    seconds: tuple[float, ...]  # s per window, one value per round
    memory_mb: float  # MiB of weights plus the peak of simultaneously live tensors
    difference_mm: tuple[float, float] | None  # mean and largest, from the unpruned model; None: no such model

    @property
    def median_s(self) -> float:
        return statistics.median(self.seconds)

    @property
    def frames_s(self) -> float:
        """Return the throughput in 3D poses per second."""
        return self.poses / self.median_s

    def times_faster(self, other: Result) -> float:
        """Return the other's time divided by this one's: the median over the common rounds."""
        return statistics.median(theirs / own for theirs, own in zip(other.seconds, self.seconds, strict=True))

    def saved(self, other: Result) -> float:
        """Return the fraction of the other's GFLOPs (papers' convention) that this case saves."""
        return 1 - self.cost.gflops / other.cost.gflops


def interleaved(
    runs: Sequence[Callable[[], object]],
    repeats: int,
    clock: Clock = time.perf_counter,
    progress: ReportProgress | None = None,
) -> list[tuple[float, ...]]:
    """Time runs in rounds that execute each run once; return seconds per run and round."""
    seconds: list[list[float]] = [[] for _ in runs]
    for done in range(repeats):
        if progress:
            progress("measuring", done, repeats)
        for run, own in zip(runs, seconds, strict=True):
            start = clock()
            run()
            own.append(clock() - start)
    return [tuple(own) for own in seconds]


def measure(
    cases: Sequence[BenchCase],
    setting: Setting,
    clock: Clock = time.perf_counter,
    progress: ReportProgress | None = None,
) -> list[Result]:
    """Measure all cases in turns; results keep their order. Raises `ModelError`, `ConfigError`."""
    if setting.windows < 1 or setting.repeats < 1:
        raise ConfigError("Nothing would be measured.", "Choose at least one repeat and one window.")
    bench = _Bench(setting)
    prepared = []
    for done, case in enumerate(cases):
        if progress:
            progress("preparing", done, len(cases))
        prepared.append(bench.prepare(case))
    seconds = interleaved([one.runner.run for one in prepared], setting.repeats, clock, progress)
    return [
        Result(
            one.runner.case,
            one.cost,
            one.runner.model.frames,
            1 if one.runner.model.seq2frame else one.runner.model.frames,
            tuple(s / len(one.runner.x) for s in own),
            one.memory / 2**20,
            one.difference_mm,
        )
        for one, own in zip(prepared, seconds, strict=True)
    ]


class BatchRunner:
    """Run a model on its windows (B, F, J, channels) on one device, in its case's precision."""

    def __init__(self, case: BenchCase, model: HourglassHost, x: Tensor) -> None:
        self.case, self.model, self.x = case, model, x

    def run(self, guard: Callable[[], AbstractContextManager[object]] = torch.inference_mode) -> Tensor:
        """Run all windows once and wait for the device; return (B, F, J, 3), seq2frame (B, 1, J, 3)."""
        half = self.case.precision == "bfloat16"
        batches = torch.split(self.x, 1) if self.case.as_published else [self.x]
        with guard(), torch.autocast(self.x.device.type, torch.bfloat16, enabled=half):
            outputs = [centre_pose(self.model, x) if self.model.seq2frame else self.model(x) for x in batches]
        devices.synchronize(self.x.device)
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)


@dataclass(frozen=True, slots=True)
class _PreparedCase:
    runner: BatchRunner
    cost: flops.Cost
    memory: int  # bytes
    difference_mm: tuple[float, float] | None


class _Bench:
    """Build each model and run it once: to count its tensors, get its output and warm it up."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.factory = ModelFactory()
        self._unpruned: dict[tuple[str, bool], tuple[dict[str, torch.Size], Tensor] | None] = {}

    def prepare(self, case: BenchCase) -> _PreparedCase:
        model = self.factory.build(case)
        config: Any = model.config
        shape = (config.frames, config.joints, config.in_channels)
        cost = flops.count(model, *shape)
        runner = BatchRunner(case, model.to(self.setting.device), self._windows(*shape))
        with LiveTensors() as tensors:
            out = runner.run(torch.no_grad)  # inference mode would hide the steps of composed operations
        full = self._full_output(runner)
        difference = None if full is None else difference_mm(out, full, case)
        return _PreparedCase(runner, cost, tensors.peak + weight_bytes(model), difference)

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

    def _full_output(self, runner: BatchRunner) -> Tensor | None:
        """Return the output of the same weights in float32 without pruning.

        None if the weights cannot keep every frame.
        """
        case = runner.case
        key = (case.model, case.lifter)
        if key not in self._unpruned:
            plain = BenchCase(case.title, case.model, lifter=case.lifter)
            try:
                full = BatchRunner(plain, self.factory.build(plain).to(self.setting.device), runner.x)
                self._unpruned[key] = _shapes(full.model), full.run()
            except ModelError:  # weights that were trained with TRA
                self._unpruned[key] = None
        known = self._unpruned[key]
        if known is None:
            return None
        own = _shapes(runner.model)  # layers with one weight per kept frame have no equal in the unpruned model
        return known[1] if all(own.get(name) == shape for name, shape in known[0].items()) else None


def _shapes(model: HourglassHost) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in model.state_dict().items()}


def difference_mm(out: Tensor, full: Tensor, case: BenchCase) -> tuple[float, float]:
    """Return the mean and the largest distance in mm between two outputs (B, F, J, 3) in metres.

    The pelvis is treated as in the lifter: subtracted from all joints, or set to zero if the manifest says so.
    """
    pelvis = H36M17.index("pelvis")
    zero = case.lifter and weights.find(case.model).root == "zero"

    def relative(joints: Tensor) -> Tensor:
        joints = joints.double()
        root = joints[:, :, pelvis : pelvis + 1]
        return torch.cat([torch.zeros_like(root), joints[:, :, 1:]], 2) if zero else joints - root

    distance = 1000 * (relative(out) - relative(full)).norm(dim=-1)
    return float(distance.mean()), float(distance.max())
