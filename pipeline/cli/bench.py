"""Implement `bench`: the cost of a model and the gain by pruning on this machine."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bench import cases
from ..bench.cases import FULL, HOSTS, BenchCase
from ..core.errors import ConfigError
from ..core.pruning_schedule import PruneConfig, default_schedule
from ..core.take import Progress
from ..system.memory import peak_memory_mb
from .options.pruning import add_arguments, prune_from
from .output import Report

if TYPE_CHECKING:
    import torch

    from ..bench.measure import Setting

_MOST_THREADS = 1024
_NO_BFLOAT16 = (
    "bfloat16 is left out: this processor does not compute in it (no avx512_bf16 or amx_bf16), and emulating it takes "
    "minutes a window."
)


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "bench",
        help="parameters, GFLOPs, speed, memory and difference of any host under any pruning",
        description="Measures the full model and the pruned one in turns. Without pruning options the default schedule "
        "is taken (with --lifter: the lifter's own).",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--host", choices=tuple(HOSTS), help="published size, seeded random weights (default: mixste)")
    what.add_argument("--lifter", metavar="NAME", help="lifter with its weights (see `models`)")
    add_arguments(parser)
    sets = parser.add_mutually_exclusive_group()
    sets.add_argument("--table", action="store_true", help="the standard comparison of all hosts instead")
    sets.add_argument("--headline", action="store_true", help="MixSTE: default schedule, full model, 'as published'")
    sets.add_argument("--modules", action="store_true", help="what pruning and recovering themselves take")
    parser.add_argument(
        "--as-published", action="store_true", help="add the baseline: float32, attention not fused, window by window"
    )
    parser.add_argument(
        "--input", type=Path, metavar="NPZ", help="array 'input' (B, F, 17, 2 or 3), not made-up motion"
    )
    parser.add_argument("--batch", type=int, metavar="N", help="windows of one run (default 1; --headline: 2)")
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="rounds (default 5)")
    parser.add_argument("--threads", type=int, metavar="N", help="of the processor (default: torch's own choice)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, report: Report) -> int:
    _check(arguments)
    import torch

    from ..bench.measure import Setting
    from ..bench.models import stored_input
    from ..system import devices

    if arguments.threads is not None:
        torch.set_num_threads(arguments.threads)
    device = devices.choose_device(arguments.device)
    windows = arguments.batch or (2 if arguments.headline else 1)
    source = stored_input(arguments.input) if arguments.input else None
    setting = Setting(device, windows if source is None else len(source), arguments.repeats, source)
    report.line(_machine(device, setting))
    if arguments.modules:
        _modules(arguments, setting, report)
    elif arguments.headline:
        _headline(setting, report)
    else:
        _compare(arguments, setting, report)
    done = {"status": "done", "torch": torch.__version__, "device": str(device), "threads": torch.get_num_threads()}
    machine = {"processor": devices.device_name(device), "load_average": _load(), "batch": setting.windows}
    report.record({**done, **machine, "peak_memory_mb": round(peak_memory_mb(), 1)})
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if arguments.threads is not None and not 1 <= arguments.threads <= _MOST_THREADS:
        raise ConfigError(f"{arguments.threads} threads cannot be used.", f"Choose 1 to {_MOST_THREADS}.")
    chosen = next((name for name in ("table", "headline") if getattr(arguments, name)), None)
    own = ("host", "lifter", "prune", "tokens", "at", "recover", "input", "as_published")
    if chosen and (given := [f"--{name.replace('_', '-')}" for name in own if getattr(arguments, name)]):
        raise ConfigError(f"--{chosen} has its own models: {', '.join(given)} cannot be added.", "Leave one of both.")
    if arguments.modules and arguments.lifter:
        raise ConfigError("--modules goes through all modules, and no weights fit all of them.", "Name a --host.")
    if arguments.modules and any((arguments.input, arguments.as_published, arguments.batch, arguments.recover)):
        raise ConfigError(
            "--modules measures one made-up window, with every recovering.",
            "Leave out --input, --batch, --recover and --as-published.",
        )
    for name, value in (
        ("--batch", arguments.batch),
        ("--repeats", arguments.repeats),
        ("--threads", arguments.threads),
    ):
        if value is not None and value < 1:
            raise ConfigError(f"{name} {value} makes no sense.", "Choose 1 or more.")
    if arguments.batch and arguments.input:
        raise ConfigError("The number of windows is that of the input.", "Leave out --batch or --input.")


def _compare(arguments: argparse.Namespace, setting: Setting, report: Report) -> None:
    from ..bench import tables
    from ..bench.measure import measure

    _check_precision(arguments.precision, setting.device)
    chosen = _standard() if arguments.table else _chosen(arguments)
    results = measure(chosen, setting, progress=_progress_reporter(report))
    for result in results:
        report.record(tables.values(result, results))
    _lines(report, [*tables.results_table(results), "", *tables.ABOUT])
    if any(not result.case.lifter for result in results) and any(not result.case.full for result in results):
        report.line(tables.RANDOM)


def _headline(setting: Setting, report: Report) -> None:
    from ..bench import tables
    from ..bench.measure import measure
    from ..system import devices

    half = devices.fast_bfloat16(setting.device)
    results = measure(cases.headline(_default("mixste"), half), setting, progress=_progress_reporter(report))
    published = results[0]
    for result in results:
        report.record({**tables.values(result, results), "times_as_published": result.times_faster(published)})
    _lines(report, [*tables.results_table(results), "", *tables.headline_lines(results)])
    if not half:
        report.line(_NO_BFLOAT16)


def _modules(arguments: argparse.Namespace, setting: Setting, report: Report) -> None:
    from ..bench import tables
    from ..bench.modules import measure_modules

    host = arguments.host or "mixste"
    prune = prune_from(arguments, _default(host)) or _default(host)
    if not prune.schedule:
        raise ConfigError("Nothing is pruned, so there are no modules to measure.", "Name a schedule, or none.")
    shares = measure_modules(cases.modules(host, prune.schedule), setting, progress=_progress_reporter(report))
    for own in shares:
        timings = {"prune_ms": own.prune_ms, "recover_ms": own.recover_ms, "model_ms": own.whole_ms}
        report.record({"name": own.case.title, "model": host, **timings, "share": own.share})
    _lines(report, [f"{host}: {prune.label}", *tables.modules_table(shares)])


def _standard() -> list[BenchCase]:
    from .. import weights

    lifter = weights.find()
    return cases.standard(_default("mixste"), lifter.name, PruneConfig.from_json(lifter.prune))


def _chosen(arguments: argparse.Namespace) -> list[BenchCase]:
    """Return the full model and the requested one; only the full one with `--prune none`."""
    from .. import weights

    is_lifter = arguments.lifter is not None
    if is_lifter:
        entry = weights.find(arguments.lifter)
        model, own = entry.name, PruneConfig.from_json(entry.prune)
    else:
        model = arguments.host or "mixste"
        own = _default(model)
    asked = prune_from(arguments, own)
    prune = own if asked is None else asked
    full = BenchCase(f"{model}, full", model, FULL, is_lifter, precision=arguments.precision)
    chosen = [] if prune.recover == "TRA" and is_lifter else [full]  # these weights cannot keep every frame
    if prune.schedule:
        chosen.append(BenchCase(f"{model}, pruned", model, prune, is_lifter, precision=arguments.precision))
    if arguments.as_published:
        chosen += [cases.as_published(case) for case in chosen]
    return chosen


def _default(host: str) -> PruneConfig:
    """Return TPS + TRI by the default schedule, for an architecture of this size."""
    from ..bench.models import shape_of

    return PruneConfig("TPS", default_schedule(*shape_of(host)))


def _check_precision(precision: str, device: torch.device) -> None:
    from ..system import devices

    if precision == "bfloat16" and not devices.fast_bfloat16(device):
        raise ConfigError("This processor does not compute in bfloat16: a window would take minutes.", "Use float32.")


def _progress_reporter(report: Report) -> Any:
    def show(stage: str, done: int, total: int) -> None:
        report.progress("bench", Progress(stage, done, total))

    return show


def _machine(device: torch.device, setting: Setting) -> str:
    import torch

    from ..system import devices

    load = _load()
    busy = f"; load average before the run {load:.1f}" if load is not None else ""
    where = f"{devices.device_name(device)}, {torch.get_num_threads()} threads" if device.type == "cpu" else str(device)
    windows = "1 window" if setting.windows == 1 else f"{setting.windows} windows"
    return f"{where}, torch {torch.__version__}; {windows} a run, {setting.repeats} rounds{busy}\n"


def _load() -> float | None:
    """Return the number of runnable processes in the last minute; None on Windows."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _lines(report: Report, lines: Sequence[str]) -> None:
    for line in lines:
        report.line(line)
