"""Recognise and add checkpoint files, and compute what pruning saves, for the dialogs.

For worker threads: these functions load torch or read whole files.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.backend.checkpoint_info import Assumption, FoundCheckpoint, RecipeCost
from app.backend.pruning_settings import parse_schedule
from app.languages.translation import mark, shown, translate
from pipeline import api
from pipeline.core.errors import ConfigError, ModelError
from pipeline.core.pruning_schedule import RECOVERERS, STRATEGIES, PruneConfig, default_schedule, schedule_text

if TYPE_CHECKING:
    from pipeline.lift.checkpoints.recognise import Overrides, Recognised

_JOINT_RULES = (
    ("h36m", mark("Human3.6M (official checkpoints)")),
    ("hourglass", mark("Hourglass (trained with this program)")),
)


def recognise(path: Path, corrections: Mapping[str, str]) -> FoundCheckpoint:
    """Recognise a checkpoint file; `corrections`: `Assumption.key` -> value given by the user."""
    from pipeline.lift.checkpoints.recognise import recognise

    try:
        return _found(recognise(path, _overrides(corrections)), corrections)
    except ModelError:
        if "stages" in corrections or corrections.get("prune") not in STRATEGIES:
            raise
    # Where nothing was published a pruner alone is not enough: start with the default schedule.
    sizes = recognise(path).sizes
    stages = schedule_text(default_schedule(int(sizes["frames"]), int(sizes["depth"])))
    completed = {**corrections, "stages": stages}
    return _found(recognise(path, _overrides(completed)), completed)


def add_lifter(path: Path, name: str, corrections: Mapping[str, str]) -> str:
    """Make a checkpoint file a lifter and return its name."""
    return api.add_lifter(path, name, joint_rule=corrections.get("joint_rule", ""), overrides=_overrides(corrections))


def cost(lifter: str, prune: PruneConfig | None) -> RecipeCost:
    """Return a window's cost with `lifter` ("": the default) and pruning (None: as trained)."""
    import torch

    from pipeline import weights
    from pipeline.lift.checkpoints.load import build_host
    from pipeline.lift.networks import flops

    entry = weights.find(lifter)

    def gflops(how: PruneConfig | None) -> float:
        with torch.device("meta"):  # only shapes are needed, so no memory is used for weights
            host = build_host(entry, how)
        return flops.count(host, entry.frames, 17, len(entry.channels)).gflops

    return RecipeCost(gflops(prune), gflops(PruneConfig()))


def _found(found: Recognised, corrections: Mapping[str, str]) -> FoundCheckpoint:
    sizes = found.sizes
    fields = []
    for key, title, text in (
        (
            "heads",
            translate("checkpoints", "Attention heads"),
            translate("checkpoints", "The shapes do not tell. The published value is filled in."),
        ),
        (
            "neighbours",
            translate("checkpoints", "Graph neighbours"),
            translate("checkpoints", "Of the temporal graph: 2 in MotionAGFormer's own files, 4 in HoT's."),
        ),
    ):
        if key in sizes:
            fields.append(Assumption(key, title, "number", str(sizes[key]), help=text))
    prune = found.prune
    strategies = (("none", translate("checkpoints", "Nothing")), *((name, name) for name in STRATEGIES))
    fields.append(
        Assumption(
            "prune",
            translate("checkpoints", "Prunes by"),
            "choice",
            prune.strategy if prune.schedule else "none",
            strategies,
            translate("checkpoints", "How the training of this checkpoint dropped frames, if it did."),
        )
    )
    if prune.schedule:
        fields.append(
            Assumption(
                "stages", translate("checkpoints", "Frames @ block"), "stages", schedule_text(prune.schedule),
                help=translate("checkpoints", "How many frames stay at the input of which block."),
            )
        )  # fmt: skip
        recoverers = (*((name, name) for name in RECOVERERS), ("none", translate("checkpoints", "Nothing")))
        fields.append(
            Assumption(
                "recover", translate("checkpoints", "Recovers by"), "choice", prune.recover or "none", recoverers
            )
        )
    if "seq2frame" in sizes:
        sequence = (
            ("no", translate("checkpoints", "For every frame")),
            ("yes", translate("checkpoints", "For the centre frame")),
        )
        fields.append(
            Assumption(
                "seq2frame",
                translate("checkpoints", "Gives a pose"),
                "choice",
                "yes" if sizes["seq2frame"] else "no",
                sequence,
                translate("checkpoints", "Models for the centre frame keep it in every selection."),
            )
        )
    rule = corrections.get("joint_rule") or str(found.extra.get("joint_rule", "h36m"))
    fields.append(
        Assumption(
            "joint_rule", translate("checkpoints", "2D joints"), "choice", rule,
            tuple((key, shown(title)) for key, title in _JOINT_RULES),
            translate("checkpoints", "Which joints it was trained to see. With the wrong rule the body leans."),
        )
    )  # fmt: skip
    assumed = tuple(map(str, found.assumed))
    return FoundCheckpoint(
        found.path, found.title, found.read, assumed, tuple(fields), tuple(sorted(corrections.items()))
    )


def _overrides(corrections: Mapping[str, str]) -> Overrides | None:
    """Convert the user's corrections for the library. Raises `ConfigError` for a wrong number."""
    from pipeline.lift.checkpoints.recognise import Overrides

    given: dict[str, Any] = {}
    for key, value in corrections.items():
        if key in ("heads", "neighbours"):
            if not value.strip().isdigit():
                raise ConfigError(f"'{value}' is no number.", "Write a whole number, for example 8.")
            given[key] = int(value)
        elif key == "stages":
            stages = parse_schedule(value)
            given["at"], given["tokens"] = tuple(b for b, _ in stages), tuple(k for _, k in stages)
        elif key in ("prune", "recover"):
            given[key] = value
        elif key == "seq2frame":
            given[key] = value == "yes"
    if given.get("prune") == "none":
        for key in ("tokens", "at", "recover"):
            given.pop(key, None)
    return dataclasses.replace(Overrides(), **given) if given else None
