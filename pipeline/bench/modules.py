"""What pruning and recovering themselves cost, timed inside the running model: there shapes and caches are true ones.

Selecting and gathering (`HourglassHost.prune`), recovering (`recover_tokens` for TRA, `TokenPruner.recover` for TRI),
and what TPA adds to the attention that it reads: torch's fused kernel never holds the weights, so that one layer is
computed without it; the same layer with it is run beside it, and the difference counts.
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
from .measure import Clock, Runner, Setting, Tell, interleaved
from .models import Workshop, moving_body
from .recipes import Recipe


@dataclass(slots=True)
class Shares:
    """Seconds of each round, of one run: the whole model, and in it the modules of the hourglass."""

    recipe: Recipe
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
        """Of the model's time that pruning and recovering take: the median over the rounds."""
        rounds = zip(self.whole, self.prune, self.recover, strict=True)
        return statistics.median((prune + recover) / whole for whole, prune, recover in rounds)


def measure_modules(
    recipes: Sequence[Recipe], setting: Setting, clock: Clock = time.perf_counter, tell: Tell | None = None
) -> list[Shares]:
    """One window through each pruned model, in turns. Raises `ModelError`, `ConfigError`."""
    workshop = Workshop()
    shares, runs = [], []
    for recipe in recipes:
        model = workshop.build(recipe).to(setting.device)
        config: Any = model.config
        x = moving_body(1, config.frames, config.in_channels).to(setting.device)
        own = Shares(recipe)
        runner = Runner(recipe, model, x)
        runner.run()
        shares.append(own)
        runs.append(_timed(runner, own, clock))
    interleaved(runs, setting.repeats, clock, tell)
    return shares


def _timed(runner: Runner, shares: Shares, clock: Clock) -> Callable[[], None]:
    """A run that adds one round to `shares`."""

    def run() -> None:
        with stopwatches(runner.model, lambda: _now(runner.x.device, clock)) as spent:
            begun = clock()
            runner.run()
            whole = clock() - begun
        shares.whole.append(whole - spent["beside"])
        shares.prune.append(spent["prune"])
        shares.recover.append(spent["recover"])

    return run


def _now(device: torch.device, clock: Clock) -> float:
    devices.synchronize(device)
    return clock()


@contextmanager
def stopwatches(model: HourglassHost, now: Clock) -> Iterator[dict[str, float]]:
    """Inside, a run of `model` adds up its seconds: "prune", "recover", and "beside", what the measuring itself takes.

    The model is as before afterwards.
    """
    spent = {"prune": 0.0, "recover": 0.0, "beside": 0.0}

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            begun = now()
            out = function(*given)
            spent[name] += now() - begun
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
            spent["beside"] += fused
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
