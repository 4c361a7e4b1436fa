"""List the cases of a benchmark: model, pruning schedule, precision (data only, no torch)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core.errors import ConfigError
from ..core.pruning_schedule import PruneConfig

FULL = PruneConfig()

# Name -> (host in the registry, sizes) of the published models. The HoT and H2OT papers use MotionBERT's Lite size.
HOSTS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "mixste": ("mixste", {}),
    "mixste-seq2frame": ("mixste", {"seq2frame": True}),
    "mhformer": ("mhformer", {}),
    "motionbert": ("motionbert", {"channels": 256, "mlp_ratio": 4.0}),
    "motionbert-full": ("motionbert", {}),
    "motionagformer-xs": ("motionagformer", {"frames": 27, "channels": 64, "depth": 12}),
    "motionagformer-s": ("motionagformer", {"frames": 81, "channels": 64, "depth": 26}),
    "motionagformer-b": ("motionagformer", {}),
    "motionagformer-l": ("motionagformer", {"depth": 26}),
}


@dataclass(frozen=True, slots=True)
class BenchCase:
    """Describe one line of a comparison: a model, its pruning and its precision.

    `model` is a name in `HOSTS` (published size, seeded random weights) or, with `lifter`, in the weights manifest.
    `as_published` computes like the published code: float32, unfused attention (one matrix product after the other),
    one window at a time.
    """

    title: str
    model: str
    prune: PruneConfig = FULL
    lifter: bool = False
    as_published: bool = False
    precision: str = "float32"  # or "bfloat16", by autocast as in the lifter

    def __post_init__(self) -> None:
        if not self.lifter and self.model not in HOSTS:
            raise ConfigError(f"There is no host called '{self.model}'.", f"Known: {', '.join(HOSTS)}.")
        if self.precision not in ("float32", "bfloat16"):
            raise ConfigError(f"The precision '{self.precision}' is not known.", "Choose float32 or bfloat16.")
        if self.as_published and self.precision != "float32":
            raise ConfigError("The baseline 'as published' is float32.", "Leave its precision at float32.")

    @property
    def full(self) -> bool:
        """Return whether this is the reference of its model: unpruned, and not `as_published`."""
        return not self.prune.schedule and not self.as_published


def as_published(case: BenchCase) -> BenchCase:
    """Return the case with the same model in the published order of operations."""
    return replace(case, title=f"{case.title}, as published", as_published=True, precision="float32")


def standard(default_mixste: PruneConfig, lifter: str, lifter_prune: PruneConfig) -> list[BenchCase]:
    """List the standard comparison: every host, full and with the published or default schedule."""

    def hot(block: int, keep: int, recover: str = "TRA") -> PruneConfig:
        return PruneConfig("TPC", ((block, keep),), recover)

    def tps(*schedule: tuple[int, int]) -> PruneConfig:
        return PruneConfig("TPS", schedule, "TRI")

    return [
        BenchCase("MixSTE", "mixste"),
        as_published(BenchCase("MixSTE", "mixste")),
        BenchCase("HoT-MixSTE", "mixste", hot(3, 81)),
        BenchCase("H2OT-MixSTE, default", "mixste", default_mixste),
        BenchCase("H2OT-MixSTE", "mixste", tps((1, 81))),
        BenchCase("H2OT-MixSTE", "mixste", tps((1, 121), (4, 81))),
        BenchCase("MHFormer", "mhformer"),
        BenchCase("TPC-MHFormer", "mhformer", hot(1, 117, "")),
        BenchCase("MotionBERT", "motionbert"),
        BenchCase("HoT-MotionBERT", "motionbert", hot(1, 81)),
        BenchCase("MotionAGFormer-B", "motionagformer-b"),
        BenchCase("HoT-MotionAGFormer-B", "motionagformer-b", hot(7, 81)),
        BenchCase(f"{lifter}, unpruned", lifter, FULL, lifter=True),
        BenchCase(lifter, lifter, lifter_prune, lifter=True),
    ]


def headline(default_mixste: PruneConfig, bfloat16: bool) -> list[BenchCase]:
    """List MixSTE at full size: as published, full, and pruned with the default schedule.

    With `bfloat16`, the full and the pruned model follow again in that precision.
    """
    full = BenchCase("MixSTE", "mixste")
    pruned = BenchCase("H2OT-MixSTE, default", "mixste", default_mixste)
    half = [replace(case, title=f"{case.title}, bfloat16", precision="bfloat16") for case in (full, pruned)]
    return [as_published(full), full, pruned, *(half if bfloat16 else [])]


def modules(model: str, schedule: tuple[tuple[int, int], ...]) -> list[BenchCase]:
    """List every pruning module and every recovery module with the same schedule."""
    pairs = (("TPS", "TRI"), ("TPMo", "TRI"), ("TPA", "TRI"), ("TPC", "TRI"), ("TPS", "TRA"), ("TPC", "TRA"))
    return [BenchCase(f"{p} + {r}", model, PruneConfig(p, schedule, r)) for p, r in pairs]
