"""The lifter that is judged: by its name in the manifest, or from weights that are in no manifest yet."""

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
    """On the CPU in float32. A file (`.safetensors`) needs the recipe it was trained by; "" is the manifest's default.

    Raises `UserError`.
    """
    from pipeline.lift.host_lifter import create_lifter

    if not name_or_file.endswith(".safetensors"):
        return create_lifter(LiftConfig(lifter=name_or_file, device="cpu", precision="float32"))
    if recipe is None:
        raise ConfigError(f"{name_or_file} is in no manifest.", "Give the recipe that it was trained by, too.")
    return lifter_of_recipe(Path(name_or_file), recipe)


def lifter_of_recipe(weights: Path, recipe: Path) -> HostLifter:
    """A lifter that is in no manifest yet: weights of a recipe, in its `result` windows. Raises `UserError`."""
    import torch

    from pipeline.lift.checkpoints.load import load_strictly, read_state_dict
    from pipeline.lift.host_lifter import HostLifter
    from pipeline.weights import WeightEntry
    from training.fit.recipe import load_recipe

    what = load_recipe(recipe)
    stage = what.result
    model = what.model(stage)
    load_strictly(model, read_state_dict(weights), weights.name)
    entry = WeightEntry(
        name=weights.stem, file=weights.name, sha256="", bytes=0, host=what.host, sizes=asdict(model.config),
        frames=stage.frames, rate_hz=(24, 75), channels=what.channels, joint_rule="hourglass",
        normalisation=what.normalisation, unit_stature_m=UNIT_STATURE_M, prune=model.pruner.config.to_json(),
    )  # fmt: skip
    return HostLifter(entry, model.requires_grad_(False), torch.device("cpu"))


def newest_of(lifter: HostLifter) -> NewestLifter:
    """What a live run makes of a lifter: the newest rows alone, and no second pass for the mirrored picture."""
    from pipeline.lift.host_lifter import HostLifter

    return HostLifter(lifter.entry, lifter.model, lifter.device, flip=False, dtype=lifter.dtype).newest()
