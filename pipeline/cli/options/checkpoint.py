"""Define the options for properties of a checkpoint that its tensors do not reveal.

`models run` and `models add` share them.
"""

from __future__ import annotations

import argparse

from ...core.errors import ConfigError
from ...lift.checkpoints.pruning_recipe import Overrides
from . import pruning as recipe

EPILOG = (
    "Host, sizes and whether a checkpoint recovers with learned queries (HoT) are read from its tensors. What these "
    "cannot tell is the published value, unless an option, or a file NAME.json beside the checkpoint, says otherwise: "
    '{"heads": 4, "neighbours": 4, "prune": "tpc", "tokens": [81], "at": [7], "recover": "tra", "seq2frame": false}.'
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options; `overrides_from` reads them."""
    recipe.add_arguments(parser)
    group = parser.add_argument_group("what a file cannot tell", EPILOG)
    group.add_argument("--heads", type=int, metavar="N", help="attention heads")
    group.add_argument("--neighbours", type=int, metavar="N", help="MotionAGFormer: frames joined in its graph")
    group.add_argument(
        "--seq2frame", action="store_true", default=None, help="only the centre frame counts: it is always kept"
    )


def overrides_from(arguments: argparse.Namespace) -> Overrides:
    """Read the options. Raises `ConfigError` for malformed lists."""
    return Overrides(
        heads=arguments.heads,
        neighbours=arguments.neighbours,
        prune=arguments.prune,
        tokens=_numbers("--tokens", arguments.tokens),
        at=_numbers("--at", arguments.at),
        recover=arguments.recover,
        seq2frame=arguments.seq2frame,
        motion=_share(arguments.motion),
    )


def _share(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise ConfigError(f"--motion {text} is no number.", "Choose 0 (evenly spread frames) to 1.") from None


def _numbers(option: str, text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"{option} {text} is no list of whole numbers.", f"For example: {option} 121,81.") from None
