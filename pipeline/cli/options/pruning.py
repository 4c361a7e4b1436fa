"""Define the pruning options: `--prune`, `--tokens`, `--at`, `--recover`, `--motion`.

Several commands share them.
"""

from __future__ import annotations

import argparse

from ...core.errors import ConfigError
from ...core.pruning_schedule import RECOVERERS, STRATEGIES, PruneConfig

_NONE = "none"
_EXAMPLE = "For example: --prune tps --tokens 121,81 --at 2,4 (121 frames from block 2 on, 81 from block 4 on)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options; `prune_from` reads them."""
    group = parser.add_argument_group("token pruning", "What is left out is as the model was trained.")
    group.add_argument(
        "--prune", metavar="NAME", help="tpc (cluster), tpa (attention), tpmo (motion), tps (sampler); none: full model"
    )
    group.add_argument("--tokens", metavar="N,N", help="frames to keep at each stage, falling: 121,81")
    group.add_argument("--at", metavar="B,B", help="block at whose input each stage prunes, rising, from 0: 2,4")
    group.add_argument("--recover", metavar="NAME", help="tra (attention), tri (interpolation), none (seq2frame only)")
    group.add_argument(
        "--motion", metavar="SHARE", help="tps only: how far the kept frames follow the motion, 0 (evenly spread) to 1"
    )


def prune_from(arguments: argparse.Namespace, base: PruneConfig | None = None) -> PruneConfig | None:
    """Read the options; None if none of them was given. Letter case does not matter.

    `base` is the model's default pruning: strategy, schedule or recovery that were not named come from there (without
    it: TPS and TRI, and a schedule has to be given). An empty schedule is the full model (`--prune none`). Whether it
    fits the model is checked where the model is made. Raises `ConfigError`.
    """
    name, *others = (getattr(arguments, key) for key in ("prune", "tokens", "at", "recover", "motion"))
    tokens, at, recover, motion = others
    unsaid = all(value is None for value in others)
    if name is None and unsaid:
        return None
    if name is not None and name.lower() == _NONE:
        if not unsaid:
            raise ConfigError(
                "--prune none keeps every frame: the other pruning options have nothing to say.",
                "Leave them out, or name a strategy.",
            )
        return PruneConfig()
    start = base if base is not None and base.schedule else PruneConfig()
    schedule = start.schedule if tokens is None and at is None else _schedule(tokens, at)
    if not schedule:
        raise ConfigError("It is not said how many frames to keep, and where.", _EXAMPLE)
    if recover is not None:
        recover = "" if recover.lower() == _NONE else _known("--recover", recover, RECOVERERS)
    strategy = start.strategy if name is None else _known("--prune", name, STRATEGIES)
    own_share = start.motion_share if strategy == start.strategy else 0.0
    return PruneConfig(
        strategy,
        schedule,
        start.recover if recover is None else recover,
        own_share if motion is None else _share(motion),
    )


def _known(option: str, name: str, names: tuple[str, ...]) -> str:
    for known in names:
        if known.lower() == name.lower():
            return known
    raise ConfigError(f"{option} {name} is not known.", f"Known: {', '.join(n.lower() for n in names)}, {_NONE}.")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ConfigError(f"--motion {text} is no share.", "Choose 0 (evenly spread frames) to 1, for example 0.5.")
    return share


def _schedule(tokens: str | None, at: str | None) -> tuple[tuple[int, int], ...]:
    if tokens is None or at is None:
        given, missing = ("--at", "--tokens") if tokens is None else ("--tokens", "--at")
        raise ConfigError(f"{given} needs {missing}.", _EXAMPLE)
    keep, blocks = _numbers("--tokens", tokens), _numbers("--at", at)
    if len(keep) != len(blocks):
        raise ConfigError(
            f"--tokens has {len(keep)} and --at has {len(blocks)} numbers: each stage needs one of both.", _EXAMPLE
        )
    return tuple(zip(blocks, keep, strict=True))


def _numbers(option: str, text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ConfigError(f"{option} {text} is no list of whole numbers.", _EXAMPLE) from None
