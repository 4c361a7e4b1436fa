"""What is done to the frames inside the lifter, as the window edits it. No widgets.

A recipe is a lifter, a pruner, a recoverer and a schedule; the settings hold it as plain values, the library wants a
`PruneConfig`. A schedule is written `121 @ 2, 81 @ 4`: 121 frames stay at the input of block 2, 81 at block 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.core.errors import ConfigError, UserError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.model_info import LifterInfo

AS_TRAINED, NOTHING = "trained", "none"
_STAGE = re.compile(r"\s*(\d{1,6})\s*@\s*(\d{1,4})\s*")


@dataclass(slots=True)
class RecipeSettings:
    """The part of the settings that is a recipe."""

    lifter: str = ""  # "": the default one
    pruner: str = AS_TRAINED  # or NOTHING, or one of schedule.STRATEGIES
    recoverer: str = "TRI"  # or "TRA", or "" for none
    schedule: str = ""  # as it was typed
    motion_share: float = 0.0  # how much the kept frames follow the motion, 0 to 1; TPS only


def parse_schedule(text: str) -> tuple[tuple[int, int], ...]:
    """`121 @ 2, 81 @ 4` -> ((2, 121), (4, 81)), as `PruneConfig` has it. Raises `ConfigError`."""
    stages = []
    for part in re.split(r"[,;]", text):
        found = _STAGE.fullmatch(part)
        if found is None:
            raise ConfigError("Write it as frames @ block, for example 121 @ 2, 81 @ 4.")
        stages.append((int(found[2]), int(found[1])))
    return tuple(stages)


def share_kept(prune: PruneConfig, frames: int) -> float:
    """Share of the frames that goes through the last block."""
    return prune.schedule[-1][1] / frames if prune.schedule else 1.0


def prune_config(recipe: RecipeSettings) -> PruneConfig | None:
    """What `LiftConfig.prune` wants: None = as the lifter was trained. Raises `ConfigError`."""
    if recipe.pruner == AS_TRAINED:
        return None
    if recipe.pruner == NOTHING:
        return PruneConfig(recover=recipe.recoverer or "TRI")
    share = recipe.motion_share if takes_motion(recipe.pruner) else 0.0
    return PruneConfig(recipe.pruner, parse_schedule(recipe.schedule), recipe.recoverer, share)


def effective(recipe: RecipeSettings, lifter: LifterInfo) -> PruneConfig:
    """What really happens with `lifter`. Raises `UserError` for what cannot combine."""
    prune = prune_config(recipe)
    if prune is None:
        return lifter.prune
    prune.check(lifter.frames, lifter.depth, lifter.seq2frame)
    prune.check_learned(("x_token",) if lifter.learned else ())
    _check_positions(prune, lifter)
    return prune


def _check_positions(prune: PruneConfig, lifter: LifterInfo) -> None:
    """The HoT models learned a position for each frame that stays: their numbers of frames cannot be changed."""
    mine, trained = (
        [keep for _, keep in p.schedule] if p.position_names(lifter.seq2frame) else [] for p in (prune, lifter.prune)
    )
    if mine != trained:
        kept = ", then ".join(map(str, trained))
        what = f"only {kept} frames can stay, chosen by TPC" if trained else "it was not trained for TPC with TRA"
        raise ConfigError(f"This lifter cannot do that: {what}.")


def problem(recipe: RecipeSettings, lifter: LifterInfo) -> str:
    """Why `lifter` cannot follow the recipe; "" if it can."""
    try:
        effective(recipe, lifter)
    except UserError as error:
        return error.message
    return ""


def takes_motion(strategy: str) -> bool:
    """Whether the kept frames can follow the motion instead of being spread evenly."""
    return strategy == "TPS"


def describe(recipe: RecipeSettings, lifter: LifterInfo) -> str:
    """In a few words, for people: "every frame" or "TPS + TRI, 121 @ 2, 81 @ 4"."""
    try:
        return effective(recipe, lifter).label
    except UserError:
        return "a recipe that does not fit"
