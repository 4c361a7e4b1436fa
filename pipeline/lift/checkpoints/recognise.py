"""Recognise a checkpoint's architecture, sizes and pruning from its tensors.

Properties that no tensor shows (heads, neighbours, the block that prunes, whether a model without learned queries
prunes at all) come, in this order, from the caller, from a sidecar `NAME.json` beside the file, or have the published
value; assumptions are reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import registry
from ...core.errors import ModelError
from ...core.pruning_schedule import PruneConfig
from ...weights.read_tensors import read_state_dict
from ..inputs.person_ray import CHANNELS
from . import load as checkpoints
from . import pruning_recipe, sidecar
from .architectures import Family, family_of, sizes_of
from .pruning_recipe import Assumed, Overrides

if TYPE_CHECKING:
    import torch

    from ..hourglass.host import HourglassHost

__all__ = ["Overrides", "Recognised", "build", "read_checkpoint", "recognise"]

State = dict[str, "torch.Tensor"]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Describe a recognised checkpoint.

    `read` and `assumed` are texts to show; the file has no evidence for `assumed`.
    """

    path: Path
    host: str  # name in the registry
    title: str  # "MixSTE, 243 frames, 512 channels"
    sizes: Mapping[str, Any]  # for `from_sizes`
    prune: PruneConfig
    parameters: int
    read: tuple[str, ...] = ()
    assumed: tuple[Assumed, ...] = ()  # "8 heads (the published value)"
    extra: Mapping[str, Any] = field(default_factory=dict)  # fields of a manifest entry from the sidecar


def recognise(path: Path, overrides: Overrides | None = None) -> Recognised:
    """Recognise a checkpoint file without running code from it. Takes a second for a large file.

    Raises `ModelError` for other files, checkpoints of other networks, and `overrides` that do not fit.
    """
    return read_checkpoint(path, overrides)[0]


def read_checkpoint(
    path: Path, overrides: Overrides | None = None, base: Overrides | None = None
) -> tuple[Recognised, State]:
    """Recognise a checkpoint and return its tensors, too.

    `base` replaces the sidecar, as for manifest entries.
    """
    state = read_state_dict(path)
    note, extra = "", dict[str, Any]()
    if base is None:
        base, extra, note = sidecar.read(path)
    asked = (overrides or Overrides()).over(base)
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    family = family_of(shapes)
    sizes = sizes_of(family, shapes)
    inputs = ", ".join(CHANNELS[: sizes["in_channels"]])
    read = [
        f"{family.title}, {sizes['frames']} frames, {sizes['channels']} channels, {sizes['depth']} blocks, {inputs}"
    ]
    recipe = pruning_recipe.recipe_of(family, sizes, shapes, asked)
    sizes |= recipe.sizes
    found = Recognised(
        path,
        family.host,
        f"{family.title}, {sizes['frames']} frames, {sizes['channels']} channels",
        sizes,
        recipe.prune,
        sum(tensor.numel() for name, tensor in state.items() if not name.endswith(("running_mean", "running_var"))),
        (*read, *recipe.read, *([note] if note else [])),
        recipe.assumed,
        extra,
    )
    _check(found, family, state)
    return found, state


def build(found: Recognised, state: State) -> HourglassHost:
    """Build the model and load its weights strictly: evaluation mode, float32, on the CPU."""
    model = _host(found)
    checkpoints.load_strictly(model, state, found.path.name)
    return model.eval().requires_grad_(False)


def _check(found: Recognised, family: Family, state: State) -> None:
    """Raise `ModelError` unless the weights are exactly those of the model.

    Allocates no weights.
    """
    import torch

    with torch.device("meta"):
        model = _host(found)
    checkpoints.check_learned(model, state)
    hint = f"It looks like {family.title}, but differs: it may be another version, or a setting is wrong."
    checkpoints.check_fits(model, state, found.path.name, hint)


def _host(found: Recognised) -> HourglassHost:
    host = registry.find("host", found.host).load()
    try:
        model: HourglassHost = host.from_sizes(found.sizes, found.prune)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"{found.path.name} cannot be a {found.title} ({error}).",
            "Give the number of heads that it was trained with.",
            field="heads",
        ) from error
    return model
