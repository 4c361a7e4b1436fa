"""The part of the backend that knows lifters: what there is, what a recipe costs, checkpoint files of the user's.

Everything but `lifters` without `check` belongs into a worker thread: it loads torch or reads whole files.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.backend.lifter_info import DAMAGED, INSTALLED, MISSING, Assumption, FoundCheckpoint, LifterInfo, RecipeCost
from app.backend.pruning_settings import parse_schedule
from pipeline import registry
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import ConfigError, ModelError
from pipeline.core.pruning_schedule import RECOVERERS, STRATEGIES, PruneConfig, default_schedule, schedule_text

if TYPE_CHECKING:
    from pipeline.lift.checkpoints.recognise import Overrides, Recognised
    from pipeline.weights import WeightEntry

_OPTION = re.compile(r"; --[a-z-]+| \(--[a-z-]+(, --[a-z-]+)*\)")  # the library names the command line's options
_UNKNOWN_DEPTH = 1000  # a manifest entry that leaves the host's own depth alone: the host checks the blocks itself


class ModelBackend(Protocol):
    """Lifters as the window sees them. Raises `UserError` children."""

    def lifters(self, check: bool = False) -> Sequence[LifterInfo]:
        """All of them, the default first. `check` reads the files, to find damaged ones."""
        ...

    def cost(self, lifter: str, prune: PruneConfig | None) -> RecipeCost:
        """What a window costs with `lifter` ("" = the default), pruned so (None: as trained)."""
        ...

    def recognise(self, path: Path, corrections: Mapping[str, str]) -> FoundCheckpoint:
        """Look at a checkpoint file. `corrections`: `Assumption.key` -> value that a person gave."""
        ...

    def adopt(self, path: Path, name: str, corrections: Mapping[str, str]) -> str:
        """Make it a lifter; returns its name."""
        ...

    def remove(self, name: str) -> None: ...

    def download(self, name: str, progress: Callable[[int, int], None], cancel: CancelToken) -> None: ...


class PipelineModels:
    """The real one."""

    def lifters(self, check: bool = False) -> Sequence[LifterInfo]:
        from pipeline import weights

        listed = [_info(entry, check) for entry in weights.manifest()]
        return sorted(listed, key=lambda lifter: not lifter.default)

    def cost(self, lifter: str, prune: PruneConfig | None) -> RecipeCost:
        return _cost(lifter, prune)

    def recognise(self, path: Path, corrections: Mapping[str, str]) -> FoundCheckpoint:
        from pipeline.lift.checkpoints.recognise import recognise

        try:
            return _found(recognise(path, _overrides(corrections)), corrections)
        except ModelError:
            if "stages" in corrections or corrections.get("prune") not in STRATEGIES:
                raise
        # A pruner alone is not enough where nothing was published: start from a sensible schedule.
        sizes = recognise(path).sizes
        stages = schedule_text(default_schedule(int(sizes["frames"]), int(sizes["depth"])))
        completed = {**corrections, "stages": stages}
        return _found(recognise(path, _overrides(completed)), completed)

    def adopt(self, path: Path, name: str, corrections: Mapping[str, str]) -> str:
        from pipeline.lift.checkpoints.add import adopt

        return adopt(path, name, _overrides(corrections), corrections.get("joint_rule", "")).name

    def remove(self, name: str) -> None:
        from pipeline.lift.checkpoints.add import remove

        remove(name)

    def download(self, name: str, progress: Callable[[int, int], None], cancel: CancelToken) -> None:
        from pipeline import weights

        weights.download(weights.find(name), progress, cancel)


def _info(entry: WeightEntry, check: bool) -> LifterInfo:
    from pipeline import weights

    path, reason = weights.path_of(entry), ""
    state = MISSING if path is None else INSTALLED
    if check:
        try:
            weights.locate(entry)
        except ModelError as error:
            state, reason = MISSING if path is None else DAMAGED, str(error)
    added, title = weights.is_own(entry.name), entry.title or entry.name
    if added and title.endswith(f" ({entry.name})"):  # its name tells it from others: it comes first
        title = f"{entry.name}: {title.removesuffix(f' ({entry.name})')}"
    return LifterInfo(
        name=entry.name,
        title=title,
        host=entry.host,
        host_title=_host_title(entry.host),
        frames=entry.frames,
        depth=int(entry.sizes.get("depth", _UNKNOWN_DEPTH)),
        prune=PruneConfig.from_json(entry.prune),
        seq2frame=entry.host == "mhformer" or bool(entry.sizes.get("seq2frame", False)),
        default=entry.default,
        state=state,
        reason=reason,
        licence=entry.licence,
        limits=_OPTION.sub("", entry.limits),
        size_bytes=entry.bytes,
        downloadable=bool(entry.url),
        added=added,
    )


def _host_title(host: str) -> str:
    try:
        return registry.find("host", host).title
    except ConfigError:
        return host


def _cost(lifter: str, prune: PruneConfig | None) -> RecipeCost:
    import torch

    from pipeline import weights
    from pipeline.lift.checkpoints.load import build_host
    from pipeline.lift.networks import flops

    entry = weights.find(lifter)

    def gflops(how: PruneConfig | None) -> float:
        with torch.device("meta"):  # shapes are enough: no memory for weights that are never used
            host = build_host(entry, how)
        return flops.count(host, entry.frames, 17, len(entry.channels)).gflops

    return RecipeCost(gflops(prune), gflops(PruneConfig()))


# --- checkpoint files

_JOINT_RULES = (("h36m", "Human3.6M (official checkpoints)"), ("hourglass", "Hourglass (trained with this program)"))


def _found(found: Recognised, corrections: Mapping[str, str]) -> FoundCheckpoint:
    sizes = found.sizes
    fields = []
    for key, title, text in (
        ("heads", "Attention heads", "The shapes do not tell. The published value is filled in."),
        ("neighbours", "Graph neighbours", "Of the temporal graph: 2 in MotionAGFormer's own files, 4 in HoT's."),
    ):
        if key in sizes:
            fields.append(Assumption(key, title, "number", str(sizes[key]), help=text))
    prune = found.prune
    strategies = (("none", "Nothing"), *((name, name) for name in STRATEGIES))
    fields.append(
        Assumption(
            "prune", "Prunes by", "choice", prune.strategy if prune.schedule else "none", strategies,
            "How the training of this checkpoint dropped frames, if it did.",
        )
    )  # fmt: skip
    if prune.schedule:
        fields.append(
            Assumption(
                "stages", "Frames @ block", "stages", schedule_text(prune.schedule),
                help="How many frames stay at the input of which block.",
            )
        )  # fmt: skip
        recoverers = (*((name, name) for name in RECOVERERS), ("none", "Nothing"))
        fields.append(Assumption("recover", "Recovers by", "choice", prune.recover or "none", recoverers))
    if "seq2frame" in sizes:
        sequence = (("no", "For every frame"), ("yes", "For the centre frame"))
        fields.append(
            Assumption(
                "seq2frame", "Gives a pose", "choice", "yes" if sizes["seq2frame"] else "no", sequence,
                "Models for the centre frame keep it in every selection.",
            )
        )  # fmt: skip
    rule = corrections.get("joint_rule") or str(found.extra.get("joint_rule", "h36m"))
    fields.append(
        Assumption(
            "joint_rule", "2D joints", "choice", rule, _JOINT_RULES,
            "Which joints it was trained to see. With the wrong rule the body leans.",
        )
    )  # fmt: skip
    assumed = tuple(_OPTION.sub("", text) for text in found.assumed)
    return FoundCheckpoint(
        found.path, found.title, found.read, assumed, tuple(fields), tuple(sorted(corrections.items()))
    )


def _overrides(corrections: Mapping[str, str]) -> Overrides | None:
    """What a person corrected, as the library takes it. Raises `ConfigError` for text that is no number."""
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
