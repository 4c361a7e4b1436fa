"""Open the lifter to evaluate, from the manifest or from weights and their recipe."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.config import LiftConfig
from pipeline.core.errors import ConfigError
from training.data.motion_file import UNIT_STATURE_M

if TYPE_CHECKING:
    from pipeline.lift.base import NewestLifter
    from pipeline.lift.host_lifter import HostLifter


def add_lifter_arguments(parser: ArgumentParser) -> None:
    """Add the options of every evaluation: the lifter, the threads, and the form of the result."""
    parser.add_argument("--model", default="", help="name in weights/manifest.json (default: its default)")
    parser.add_argument("--weights", help="instead of --model: a .safetensors file, with --recipe")
    parser.add_argument("--recipe", type=Path, help="recipe that --weights were trained with")
    parser.add_argument("--threads", type=int, default=0, help="threads of torch (default: torch's own choice)")
    parser.add_argument("--json", action="store_true", help="print only the JSON line")


def chosen_lifter(parser: ArgumentParser, args: Namespace) -> HostLifter:
    """Open the lifter of `add_lifter_arguments` and set torch's threads.

    Ends the program for weights without a recipe. Raises `UserError`.
    """
    import torch

    if args.weights and not args.recipe:
        parser.error("--weights needs --recipe")
    if args.threads:
        torch.set_num_threads(args.threads)
    return open_lifter(args.weights or args.model, args.recipe)


def open_lifter(name_or_file: str, recipe: Path | None = None) -> HostLifter:
    """Open a lifter on the CPU in float32. Raises `UserError`.

    "" is the manifest's default. A `.safetensors` file needs the recipe that it was trained with.
    """
    from pipeline.lift.host_lifter import create_lifter

    if not name_or_file.endswith(".safetensors"):
        return create_lifter(LiftConfig(lifter=name_or_file, device="cpu", precision="float32"))
    if recipe is None:
        raise ConfigError(f"{name_or_file} is in no manifest.", "Also give the recipe that it was trained with.")
    return lifter_of_recipe(Path(name_or_file), recipe)


def lifter_of_recipe(weights: Path, recipe: Path) -> HostLifter:
    """Open weights of a recipe in the recipe's `result` windows. Raises `UserError`."""
    import torch

    from pipeline.lift.checkpoints.load import load_strictly, read_state_dict
    from pipeline.lift.host_lifter import HostLifter
    from pipeline.weights import WeightEntry
    from training.fit.recipe import load_recipe

    trained = load_recipe(recipe)
    stage = trained.result
    state = read_state_dict(weights)
    model = trained.model(stage)
    load_strictly(model, state, weights.name)
    entry = WeightEntry(
        name=weights.stem, file=weights.name, sha256="", bytes=0, host=trained.host, sizes=asdict(model.config),
        frames=stage.frames, rate_hz=(24, 75), channels=trained.channels, joint_rule="hourglass",
        normalisation=trained.normalisation, unit_stature_m=UNIT_STATURE_M, prune=model.pruner.config.to_json(),
    )  # fmt: skip
    return HostLifter(entry, model.requires_grad_(False), torch.device("cpu"))


def newest_of(lifter: HostLifter) -> NewestLifter:
    """Make the lifter of a live run: latest frames only, without mirror averaging."""
    from pipeline.lift.host_lifter import HostLifter

    return HostLifter(lifter.entry, lifter.model, lifter.device, flip=False, dtype=lifter.dtype).newest()
