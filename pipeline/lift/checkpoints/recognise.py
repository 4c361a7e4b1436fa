"""What a checkpoint file is: which host, how large, pruned how. Read from the names and shapes of its tensors.

What no tensor shows (heads, neighbours, the block that prunes, whether a model prunes at all without learned queries)
comes, in this order, from what the caller says, from a sidecar `NAME.json` beside the file, or is the published value;
whatever was assumed is said.
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
    """One checkpoint. `read` and `assumed` are for people; nothing in `assumed` stands in the file."""

    path: Path
    host: str  # a name of the registry
    title: str  # "MixSTE, 243 frames, 512 channels"
    sizes: Mapping[str, Any]  # for `from_sizes`
    prune: PruneConfig
    parameters: int
    read: tuple[str, ...] = ()
    assumed: tuple[Assumed, ...] = ()  # "8 heads (the published value)"
    extra: Mapping[str, Any] = field(default_factory=dict)  # what else the sidecar said: fields of a manifest entry


def recognise(path: Path, overrides: Overrides | None = None) -> Recognised:
    """Look at a checkpoint file; runs nothing of it and writes nothing. Takes a second for a large one.

    Raises `ModelError` if it is none, or one of another network, or if `overrides` do not fit.
    """
    return read_checkpoint(path, overrides)[0]


def read_checkpoint(
    path: Path, overrides: Overrides | None = None, base: Overrides | None = None
) -> tuple[Recognised, State]:
    """The same, and the tensors. `base` stands in for the sidecar (a manifest entry knows what its file is)."""
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
    """The model with its weights, strictly loaded: evaluation mode, float32, on the CPU."""
    model = _host(found)
    checkpoints.load_strictly(model, state, found.path.name)
    return model.eval().requires_grad_(False)


def _check(found: Recognised, family: Family, state: State) -> None:
    """Raise `ModelError` unless the weights are exactly those of the model. Nothing is allocated for it."""
    import torch

    with torch.device("meta"):
        model = _host(found)
    checkpoints.check_learned(model, state)
    hint = f"It looks like {family.title}, but is not quite it: another version of it, or not as it was told."
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
