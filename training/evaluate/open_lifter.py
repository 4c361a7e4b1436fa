"""Open the lifter to evaluate, from the manifest or from weights and their recipe."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.config import LiftConfig
from pipeline.core.errors import ConfigError
from training.data.motion_file import UNIT_STATURE_M

if TYPE_CHECKING:
    from pipeline.lift.base import NewestLifter
    from pipeline.lift.host_lifter import HostLifter


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
    """Open weights of a recipe in the recipe's `result` windows, without depth.

    Raises `UserError`.
    """
    import torch

    from pipeline.lift.checkpoints.load import load_strictly, read_state_dict
    from pipeline.lift.host_lifter import HostLifter
    from pipeline.weights import WeightEntry
    from training.fit.checkpoint import fit_to_model
    from training.fit.recipe import load_recipe

    trained = load_recipe(recipe)
    stage = trained.result
    state = read_state_dict(weights)
    if trained.depth_share is not None:
        trained = trained.without_depth()
        state = fit_to_model(state, trained.model(stage))
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
