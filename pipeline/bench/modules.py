"""Time the pruning and recovery modules inside the running model.

Shapes and caches are then those of a real run. Timed are selecting and gathering (`HourglassHost.prune`), recovering
(`recover_tokens` for TRA, `TokenPruner.recover` for TRI), and the extra time of the attention that TPA reads. Torch's
fused kernel does not expose attention weights, so that TPA computes one layer without it; the same layer is also run
fused, and the difference counts.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..lift.hourglass.host import HourglassHost
from ..lift.hourglass.layers import Attention
from ..system import devices
from .cases import BenchCase
from .measure import BatchRunner, Clock, ReportProgress, Setting, interleaved
from .models import ModelFactory, moving_body


@dataclass(slots=True)
class ModuleTimes:
    """Hold the seconds of each round: whole model, pruning modules, recovery modules."""

    case: BenchCase
    whole: list[float] = field(default_factory=list)
    prune: list[float] = field(default_factory=list)
    recover: list[float] = field(default_factory=list)

    @property
    def prune_ms(self) -> float:
        return 1000 * statistics.median(self.prune)

    @property
    def recover_ms(self) -> float:
        return 1000 * statistics.median(self.recover)

    @property
    def whole_ms(self) -> float:
        return 1000 * statistics.median(self.whole)

    @property
    def share(self) -> float:
        """Return the fraction of the model's time spent on pruning and recovery (median of rounds)."""
        rounds = zip(self.whole, self.prune, self.recover, strict=True)
        return statistics.median((prune + recover) / whole for whole, prune, recover in rounds)


def measure_modules(
    cases: Sequence[BenchCase],
    setting: Setting,
    clock: Clock = time.perf_counter,
    progress: ReportProgress | None = None,
) -> list[ModuleTimes]:
    """Time one window through each pruned model, in turns. Raises `ModelError`, `ConfigError`."""
    factory = ModelFactory()
    times, runs = [], []
    for case in cases:
        model = factory.build(case).to(setting.device)
        config: Any = model.config
        x = moving_body(1, config.frames, config.in_channels).to(setting.device)
        own = ModuleTimes(case)
        runner = BatchRunner(case, model, x)
        runner.run()
        times.append(own)
        runs.append(_timed(runner, own, clock))
    interleaved(runs, setting.repeats, clock, progress)
    return times


def _timed(runner: BatchRunner, times: ModuleTimes, clock: Clock) -> Callable[[], None]:
    """Return a function that runs the model once and adds a round to `times`."""

    def run() -> None:
        with stopwatches(runner.model, lambda: _now(runner.x.device, clock)) as spent:
            start = clock()
            runner.run()
            whole = clock() - start
        times.whole.append(whole - spent["overhead"])
        times.prune.append(spent["prune"])
        times.recover.append(spent["recover"])

    return run


def _now(device: torch.device, clock: Clock) -> float:
    devices.synchronize(device)
    return clock()


@contextmanager
def stopwatches(model: HourglassHost, now: Clock) -> Iterator[dict[str, float]]:
    """Sum up the seconds that runs of `model` spend in pruning and recovery within this context.

    Yields the sums "prune", "recover" and "overhead", the time of the measurement itself. The model is restored
    afterwards.
    """
    spent = {"prune": 0.0, "recover": 0.0, "overhead": 0.0}

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            start = now()
            out = function(*given)
            spent[name] += now() - start
            return out

        return run

    def columns(layer: Attention) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
        function = type(layer).forward_columns

        def run(x: Tensor) -> tuple[Tensor, Tensor]:
            first = now()
            layer(x)
            second = now()
            out = function(layer, x)
            fused, unfused = second - first, now() - second
            spent["prune"] += unfused - fused
            spent["overhead"] += fused
            return out

        return run

    layers = [module for module in model.modules() if isinstance(module, Attention)]
    patched: list[tuple[Any, str]] = [(model, "prune"), (model, "recover_tokens"), (model.pruner, "recover")]
    model.prune = watched("prune", model.prune)  # type: ignore[method-assign]
    model.recover_tokens = watched("recover", model.recover_tokens)  # type: ignore[method-assign]
    model.pruner.recover = watched("recover", model.pruner.recover)  # type: ignore[method-assign]
    for layer in layers:
        layer.forward_columns = columns(layer)  # type: ignore[method-assign, assignment]
        patched.append((layer, "forward_columns"))
    try:
        yield spent
    finally:
        for owner, name in patched:
            delattr(owner, name)
