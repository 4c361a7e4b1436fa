"""Implement `models run`: run a checkpoint on raw arrays, for research and parity checks."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from ..core.errors import ConfigError, OutputError
from ..lift.checkpoints.pruning_recipe import Assumed
from ..system.memory import peak_memory_mb
from .options import checkpoint as models_options
from .output import Report
from .wording import flags

_DESCRIPTION = (
    "Run a checkpoint on an array. 'input' (B, F, 17, 2 or 3) of the .npz goes in exactly as given, as float32: no "
    "normalising, no mirror image. 'output' comes out as the model returns it, and 'kept_frames' (B, r) where frames "
    "were selected. A seq2frame model pruned without recovering gives the r kept frames, every other one all F."
)


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("run", help="a checkpoint on raw arrays", description=_DESCRIPTION)
    parser.add_argument("file", metavar="FILE", help=".pth, .bin, .pt or .safetensors, or the name of a lifter")
    parser.add_argument("--input", required=True, type=Path, metavar="X.npz", help="array 'input'")
    parser.add_argument("--output", required=True, type=Path, metavar="Y.npz", help="arrays 'output' and 'kept_frames'")
    models_options.add_arguments(parser)
    parser.add_argument(
        "--arithmetic",
        choices=("published", "fast"),
        default="published",
        help="published (default): the order of operations of the authors' code, so that results can be compared with "
        "theirs; fast: fused attention and exact distances, as this program lifts. The same but for rounding, which "
        "can decide ties of TPC",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, report: Report) -> int:
    overrides = models_options.overrides_from(arguments)
    _check_output(arguments.input, arguments.output)
    from ..lift.checkpoints import run_raw
    from ..system import devices

    device = devices.choose_device(arguments.device)
    found, model = run_raw.open_model(arguments.file, overrides)
    x = run_raw.read_input(arguments.input, found)
    if arguments.arithmetic == "published":
        model.as_published()
    begun = time.monotonic()
    result = run_raw.run(model, x, device)
    seconds = time.monotonic() - begun
    run_raw.write(arguments.output, result)
    kept = result.kept_frames
    report.record(
        {
            "status": "done",
            "file": str(found.path),
            "host": found.host,
            "sizes": dict(found.sizes),
            "prune": found.prune.to_json(),
            "parameters": found.parameters,
            "read": list(found.read),
            "assumed": [assumed(one) for one in found.assumed],
            "arithmetic": arguments.arithmetic,
            "device": str(device),
            "input_shape": list(x.shape),
            "output": str(arguments.output),
            "output_shape": list(result.output.shape),
            "kept_frames_shape": None if kept is None else list(kept.shape),
            "stages": [{"block": block, "kept": frames.shape[1]} for block, frames in result.stages],
            "seconds": round(seconds, 3),
            "peak_memory_mb": round(peak_memory_mb(), 1),
        }
    )
    describe(report, found)
    report.line(f"  pruning: {found.prune.label}")
    report.line(f"  {_shape(x)} in, {_shape(result.output)} out in {seconds:.2f} s on {device}, {arguments.arithmetic}")
    for block, frames in result.stages:
        report.line(f"  block {block} kept {frames.shape[1]} frames; of the first window: {_some(frames[0].tolist())}")
    report.line(f"  {arguments.output}")
    return 0


def describe(report: Report, found: Any) -> None:
    """Report what was recognised and what was assumed about a checkpoint."""
    report.line(f"{found.path.name}: {found.title}, {found.parameters / 1e6:.2f} M parameters")
    for sentence in found.read:
        report.line(f"  read: {sentence}")
    for one in found.assumed:
        report.line(f"  assumed: {assumed(one)}")


def assumed(one: Assumed) -> str:
    """Describe an assumption, its reason, and the option that overrides it."""
    options = ", ".join(flags(one.fields))
    return f"{one.what} ({one.why}; {options})" if options else str(one)


def _check_output(source: Path, target: Path) -> None:
    """Refuse an output path that cannot be written, before anything is computed."""
    if target.suffix != ".npz":
        raise ConfigError(f"The output {target} is no .npz.", "Give it that suffix.")
    if target.exists() and target.resolve() == source.resolve():
        raise ConfigError("The output would take the place of the input.", "Choose another name.")
    if not target.absolute().parent.is_dir():
        raise OutputError(f"There is no folder {target.absolute().parent}.", "Make it, or choose another one.")


def _shape(array: Any) -> str:
    return f"({', '.join(map(str, array.shape))})"


def _some(numbers: list[int], shown: int = 5) -> str:
    if len(numbers) <= 2 * shown:
        return ", ".join(map(str, numbers))
    return f"{', '.join(map(str, numbers[:shown]))}, ..., {', '.join(map(str, numbers[-2:]))}"
