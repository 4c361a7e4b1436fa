"""What is compared: a host or a lifter, how it is pruned, at which precision. Data only, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core.errors import ConfigError
from ..core.pruning_schedule import PruneConfig

FULL = PruneConfig()

# Name -> (host in the registry, sizes): the published models. MotionBERT of the HoT and H2OT papers is its Lite size.
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
class Recipe:
    """One line of a comparison.

    `model` is a name in `HOSTS` (published size, seeded random weights) or, with `lifter`, in the weights manifest.
    `as_published` computes as the published code does: float32, attention by one product after the other, one window at
    a time.
    """

    title: str
    model: str
    prune: PruneConfig = FULL
    lifter: bool = False
    as_published: bool = False
    precision: str = "float32"  # or "bfloat16": by autocast, as the lifter does it

    def __post_init__(self) -> None:
        if not self.lifter and self.model not in HOSTS:
            raise ConfigError(f"There is no host called '{self.model}'.", f"Known: {', '.join(HOSTS)}.")
        if self.precision not in ("float32", "bfloat16"):
            raise ConfigError(f"The precision '{self.precision}' is not known.", "Choose float32 or bfloat16.")
        if self.as_published and self.precision != "float32":
            raise ConfigError("The baseline 'as published' is float32.", "Leave its precision as it is.")

    @property
    def full(self) -> bool:
        """Whether this is what the others of its model are compared with: unpruned, not as published."""
        return not self.prune.schedule and not self.as_published


def as_published(recipe: Recipe) -> Recipe:
    """The same model in the published order of operations."""
    return replace(recipe, title=f"{recipe.title}, as published", as_published=True, precision="float32")


def standard(default_mixste: PruneConfig, lifter: str, lifter_prune: PruneConfig) -> list[Recipe]:
    """The comparison of `bench --table`: every host, full and by the published or the default schedule."""

    def hot(block: int, keep: int, recover: str = "TRA") -> PruneConfig:
        return PruneConfig("TPC", ((block, keep),), recover)

    def tps(*schedule: tuple[int, int]) -> PruneConfig:
        return PruneConfig("TPS", schedule, "TRI")

    return [
        Recipe("MixSTE", "mixste"),
        as_published(Recipe("MixSTE", "mixste")),
        Recipe("HoT-MixSTE", "mixste", hot(3, 81)),
        Recipe("H2OT-MixSTE, default", "mixste", default_mixste),
        Recipe("H2OT-MixSTE", "mixste", tps((1, 81))),
        Recipe("H2OT-MixSTE", "mixste", tps((1, 121), (4, 81))),
        Recipe("MHFormer", "mhformer"),
        Recipe("TPC-MHFormer", "mhformer", hot(1, 117, "")),
        Recipe("MotionBERT", "motionbert"),
        Recipe("HoT-MotionBERT", "motionbert", hot(1, 81)),
        Recipe("MotionAGFormer-B", "motionagformer-b"),
        Recipe("HoT-MotionAGFormer-B", "motionagformer-b", hot(7, 81)),
        Recipe(f"{lifter}, unpruned", lifter, FULL, lifter=True),
        Recipe(lifter, lifter, lifter_prune, lifter=True),
    ]


def headline(default_mixste: PruneConfig, bfloat16: bool) -> list[Recipe]:
    """MixSTE at full size: as published, full, by the default schedule; the last two also in bfloat16 if asked."""
    full = Recipe("MixSTE", "mixste")
    pruned = Recipe("H2OT-MixSTE, default", "mixste", default_mixste)
    half = [replace(recipe, title=f"{recipe.title}, bfloat16", precision="bfloat16") for recipe in (full, pruned)]
    return [as_published(full), full, pruned, *(half if bfloat16 else [])]


def modules(model: str, schedule: tuple[tuple[int, int], ...]) -> list[Recipe]:
    """Every pruning module and every recovering module once, by the same schedule."""
    pairs = (("TPS", "TRI"), ("TPMo", "TRI"), ("TPA", "TRI"), ("TPC", "TRI"), ("TPS", "TRA"), ("TPC", "TRA"))
    return [Recipe(f"{p} + {r}", model, PruneConfig(p, schedule, r)) for p, r in pairs]
