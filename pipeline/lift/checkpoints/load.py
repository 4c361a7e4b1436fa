"""From a manifest entry to a model with its weights in it. Strict: what does not fit is refused, never skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import registry, weights
from ...core.errors import ModelError
from ...core.pruning_schedule import PruneConfig
from ...weights import WeightEntry
from ...weights.read_tensors import misfits, read_state_dict

if TYPE_CHECKING:
    import torch

    from ..hourglass.host import HourglassHost

_HINT = "File and sizes must belong together: correct the manifest entry."


def load_host(
    entry: WeightEntry, prune: PruneConfig | None = None, state: dict[str, torch.Tensor] | None = None
) -> HourglassHost:
    """The host model of `entry` in evaluation mode, float32, on the CPU, with its weights.

    `prune` replaces what the manifest says; `state` are the weights of `entry` if they have been read already. Raises
    `ModelError` if the weights are missing, damaged or do not fit, or if `prune` cannot be put into them, `ConfigError`
    for an unknown host.
    """
    model = build_host(entry, prune)
    state = read_state_dict(weights.locate(entry)) if state is None else state
    if prune is not None:
        check_learned(model, state)
    load_strictly(model, state, entry.name)
    return model.eval().requires_grad_(False)


def build_host(entry: WeightEntry, prune: PruneConfig | None = None) -> HourglassHost:
    """The host model of `entry` without weights: `from_sizes(sizes, prune)` of the class in the registry."""
    host = registry.find("host", entry.host).load()
    prune = PruneConfig.from_json(entry.prune) if prune is None else prune
    try:
        model: HourglassHost = host.from_sizes(entry.sizes, prune)
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"The sizes of '{entry.name}' do not fit its host '{entry.host}' ({error}).", "Correct the manifest entry."
        ) from error
    return model


def check_learned(model: HourglassHost, state: dict[str, torch.Tensor]) -> None:
    """Raise `ModelError` if what `state` has learned for pruning does not fit how `model` prunes; says what would."""
    model.pruner.config.check_learned(state)
    wanted, there = (
        {key: value.shape[1] for key, value in tensors.items() if key.startswith("pos_embed_token")}
        for tensors in (model.state_dict(), state)
    )
    if wanted != there and there:
        frames = ", then ".join(str(keep) for keep in there.values())
        raise ModelError(
            f"This checkpoint has learned positions for the frames that TPC + TRA keeps ({frames}).",
            "Keep its strategy and numbers of frames; the blocks can be others.",
        )
    if wanted and not there:
        raise ModelError(
            "TPC + TRA cannot be put into this checkpoint: it has no learned positions for the kept frames.",
            "Choose another strategy.",
        )


def load_strictly(model: torch.nn.Module, state: dict[str, torch.Tensor], name: str) -> None:
    """Put `state` into `model`. Raises `ModelError` naming what is missing, too much or of another shape."""
    check_fits(model, state, name)
    model.load_state_dict(dict(state), strict=True)  # a plain one: batch norms then need no counters


def check_fits(model: torch.nn.Module, state: dict[str, torch.Tensor], name: str, hint: str = _HINT) -> None:
    """Raise `ModelError` unless `state` has exactly the weights of `model`, which may be on the `meta` device."""
    if problems := misfits(model, state):
        raise ModelError(f"The weights of '{name}' do not fit the model ({problems}).", hint)


__all__ = ["build_host", "check_fits", "check_learned", "load_host", "load_strictly", "read_state_dict"]
