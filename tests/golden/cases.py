"""Define the nine golden cases: published networks with generated weights.

The weights come from `rule`. data/NAME.json holds the names and shapes of the published state dict, data/NAME.npz the
`input`, the `output` and, where the published model reports them, the `kept_frames`. data/NAME_kept.npz holds kept
frames that were found by a search (see `test_parity`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor

from pipeline import registry
from pipeline.lift.hourglass.host import HourglassHost, PruneConfig
from tests.golden.rule import golden_state_dict

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Case:
    host: str
    frames: int
    prune: PruneConfig = field(default_factory=PruneConfig)
    sizes: Mapping[str, Any] = field(default_factory=dict)  # those that differ from the architecture's defaults


_LITE = {"channels": 256, "mlp_ratio": 4.0}
_FOUR = {"heads": 4, "neighbours": 4}
CASES = {
    "mixste": Case("mixste", 243),
    "tpc_mixste": Case("mixste", 243, PruneConfig("TPC", ((7, 61),), ""), {"seq2frame": True}),
    "hot_mixste": Case("mixste", 243, PruneConfig("TPC", ((3, 81),), "TRA")),
    "mhformer": Case("mhformer", 351),
    "tpc_mhformer": Case("mhformer", 351, PruneConfig("TPC", ((1, 117),), "")),
    "motionbert": Case("motionbert", 243, sizes=_LITE),
    "hot_motionbert": Case("motionbert", 243, PruneConfig("TPC", ((1, 81),), "TRA"), _LITE),
    "motionagformer": Case("motionagformer", 243, sizes=_FOUR),
    "hot_motionagformer": Case("motionagformer", 243, PruneConfig("TPC", ((7, 81),), "TRA"), _FOUR),
}


@cache
def facts(name: str) -> dict[str, Any]:
    """Load the stored facts of the published model.

    They are `state_dict` (name -> shape), `parameters`, `hyperparameters` and `salt`.
    """
    stored: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return stored


@cache
def arrays(name: str) -> dict[str, Tensor]:
    """Load `input` (B, F, J, 2 or 3), `output`, and `kept_frames` (B, r) if known.

    Kept frames of a pruned case are stored or were found by a search.
    """
    found = DATA / f"{name}_kept.npz"
    out = {}
    for path in (DATA / f"{name}.npz", *([found] if found.exists() else [])):
        with np.load(path) as stored:
            out |= {key: torch.from_numpy(stored[key]) for key in stored}
    return out


@cache
def _loaded(name: str) -> HourglassHost:
    case = CASES[name]
    host = registry.find("host", case.host).load()
    model: HourglassHost = host.from_sizes({"frames": case.frames, **case.sizes}, case.prune)
    state = golden_state_dict(facts(name)["state_dict"], facts(name)["salt"])
    for key in facts(name)["state_dict"]:
        if key.endswith("num_batches_tracked"):
            state[key] = torch.tensor(0)  # a training counter, which the rule leaves out
    model.load_state_dict(state, strict=True)
    return model.eval().requires_grad_(False)


def build(name: str) -> HourglassHost:
    """Build the network of a case with its golden weights, loaded strictly.

    It is built once and shared: use `published` and `selecting` to change it temporarily.
    """
    return _loaded(name)


@contextmanager
def published(model: HourglassHost) -> Iterator[None]:
    """Let the model compute in the published order of operations (`HourglassHost.as_published`)."""
    selector = model.pruner.selector
    layers = [module for module in model.modules() if hasattr(module, "fused")]
    model.as_published()
    try:
        yield
    finally:
        model.pruner.selector = selector
        for layer in layers:
            del layer.fused  # removes the instance's value; that of the class is True


@contextmanager
def selecting(model: HourglassHost, kept: Tensor | None) -> Iterator[None]:
    """Let the model keep the frames `kept` (B, r) in its only pruning stage.

    None: its own choice.
    """
    if kept is None:
        yield
        return
    with patch.object(model.pruner, "select", lambda *_: kept):  # one stage: positions are frame numbers
        yield
