"""Build the model of a manifest entry and load its weights strictly.

Misfits raise an error; nothing is skipped.
"""

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
    """Load the host model of `entry` with its weights: evaluation mode, float32, on the CPU.

    `prune` replaces the pruning of the manifest; `state` are the weights of `entry` if they have been read already.
    Raises `ModelError` if the weights are missing, damaged or do not fit, or cannot be pruned with `prune`,
    `ConfigError` for an unknown host.
    """
    model = build_host(entry, prune)
    state = read_state_dict(weights.locate(entry)) if state is None else state
    if prune is not None:
        check_learned(model, state)
    load_strictly(model, state, entry.name)
    return model.eval().requires_grad_(False)


def build_host(entry: WeightEntry, prune: PruneConfig | None = None) -> HourglassHost:
    """Build the host model of `entry` without weights, by `from_sizes` of the registered class."""
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
    """Raise `ModelError` if learned pruning parameters do not fit the pruning of `model`.

    The error names the pruning that would fit.
    """
    model.pruner.config.check_learned(state)
    wanted, found = (
        {key: value.shape[1] for key, value in tensors.items() if key.startswith("pos_embed_token")}
        for tensors in (model.state_dict(), state)
    )
    if wanted != found and found:
        frames = ", then ".join(str(keep) for keep in found.values())
        raise ModelError(
            f"This checkpoint has learned positions for the frames that TPC + TRA keeps ({frames}).",
            "Keep its strategy and numbers of frames; the blocks can be others.",
        )
    if wanted and not found:
        raise ModelError(
            "TPC + TRA cannot be put into this checkpoint: it has no learned positions for the kept frames.",
            "Choose another strategy.",
        )


def load_strictly(model: torch.nn.Module, state: dict[str, torch.Tensor], name: str) -> None:
    """Load `state` into `model`.

    Raises `ModelError` that names missing, extra and misshapen tensors.
    """
    check_fits(model, state, name)
    model.load_state_dict(dict(state), strict=True)  # without torch's metadata: batch norms then need no counters


def check_fits(model: torch.nn.Module, state: dict[str, torch.Tensor], name: str, hint: str = _HINT) -> None:
    """Raise `ModelError` unless `state` has exactly the weights of `model`.

    The model may be on the `meta` device.
    """
    if problems := misfits(model, state):
        raise ModelError(f"The weights of '{name}' do not fit the model ({problems}).", hint)


__all__ = ["build_host", "check_fits", "check_learned", "load_host", "load_strictly", "read_state_dict"]
