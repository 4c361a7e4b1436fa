"""Store and check the pruning recipe that the window edits.

A recipe is a lifter, a pruner, a recoverer and a schedule; the settings hold plain values, the library takes a
`PruneConfig`. A schedule is written `121 @ 2, 81 @ 4`: 121 frames stay at the input of block 2, 81 at block 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.languages.translation import translate
from pipeline.core.errors import ConfigError, UserError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.model_info import LifterInfo

AS_TRAINED, NOTHING = "trained", "none"
_STAGE = re.compile(r"\s*(\d{1,6})\s*@\s*(\d{1,4})\s*")


@dataclass(slots=True)
class RecipeSettings:
    """Hold a recipe as plain values."""

    lifter: str = ""  # "": the default
    pruner: str = AS_TRAINED  # or NOTHING, or one of schedule.STRATEGIES
    recoverer: str = "TRI"  # or "TRA", or "" for none
    schedule: str = ""  # as typed
    motion_share: float = 0.0  # how much the kept frames follow the motion, 0 to 1; TPS only


def parse_schedule(text: str) -> tuple[tuple[int, int], ...]:
    """Parse `121 @ 2, 81 @ 4` to ((2, 121), (4, 81)). Raises `ConfigError`."""
    stages = []
    for part in re.split(r"[,;]", text):
        found = _STAGE.fullmatch(part)
        if found is None:
            raise ConfigError("Write it as frames @ block, for example 121 @ 2, 81 @ 4.")
        stages.append((int(found[2]), int(found[1])))
    return tuple(stages)


def share_kept(prune: PruneConfig, frames: int) -> float:
    """Return the share of the frames that passes the last block."""
    return prune.schedule[-1][1] / frames if prune.schedule else 1.0


def prune_config(recipe: RecipeSettings) -> PruneConfig | None:
    """Return the `LiftConfig.prune` of a recipe; None: as trained. Raises `ConfigError`."""
    if recipe.pruner == AS_TRAINED:
        return None
    if recipe.pruner == NOTHING:
        return PruneConfig(recover=recipe.recoverer or "TRI")
    share = recipe.motion_share if takes_motion(recipe.pruner) else 0.0
    return PruneConfig(recipe.pruner, parse_schedule(recipe.schedule), recipe.recoverer, share)


def effective(recipe: RecipeSettings, lifter: LifterInfo) -> PruneConfig:
    """Return the pruning that `lifter` would do. Raises `UserError` for an invalid combination."""
    prune = prune_config(recipe)
    if prune is None:
        return lifter.prune
    prune.check(lifter.frames, lifter.depth, lifter.seq2frame)
    prune.check_learned(("x_token",) if lifter.learned else ())
    _check_positions(prune, lifter)
    return prune


def _check_positions(prune: PruneConfig, lifter: LifterInfo) -> None:
    """Refuse other numbers of frames for HoT models, which learned a position for each kept frame."""
    mine, trained = (
        [keep for _, keep in p.schedule] if p.position_names(lifter.seq2frame) else [] for p in (prune, lifter.prune)
    )
    if mine != trained:
        kept = translate("pruning_settings", ", then ").join(map(str, trained))
        what = (
            translate("pruning_settings", "only {kept} frames can stay, chosen by TPC").format(kept=kept)
            if trained
            else translate("pruning_settings", "it was not trained for TPC with TRA")
        )
        raise ConfigError(translate("pruning_settings", "This lifter cannot do that: {what}.").format(what=what))


def problem(recipe: RecipeSettings, lifter: LifterInfo) -> str:
    """Return why `lifter` cannot do the recipe; "" if it can."""
    try:
        effective(recipe, lifter)
    except UserError as error:
        return error.message
    return ""


def takes_motion(strategy: str) -> bool:
    """Return whether the kept frames can follow the motion instead of being spread evenly."""
    return strategy == "TPS"


def describe(recipe: RecipeSettings, lifter: LifterInfo) -> str:
    """Describe a recipe for the user: "every frame" or "TPS + TRI, 121 @ 2, 81 @ 4"."""
    try:
        return effective(recipe, lifter).label
    except UserError:
        return translate("pruning_settings", "a recipe that does not fit")
