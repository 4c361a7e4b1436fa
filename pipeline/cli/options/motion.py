"""Define the options of the steps after the lifter: fields of `PostConfig`, measured limbs."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from ...core.config import LIMBS, PostConfig
from ...core.errors import ConfigError

_DEFAULT = PostConfig()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags; a flag that is not given keeps the library's default."""
    group = parser.add_argument_group("motion", "what happens behind the lifter; the numbers: docs/motion.md")
    add = group.add_argument
    add(
        "--smooth",
        type=float,
        metavar="HZ",
        help=f"cut-off of the smoothing, 0 = off (default: {_DEFAULT.smooth_hz:g})",
    )
    add(
        "--smooth-kind",
        choices=("adaptive", "butterworth", "savitzky_golay", "off"),
        help=f"how it is smoothed (default: {_DEFAULT.smooth})",
    )
    add(
        "--fill-gap",
        type=float,
        metavar="S",
        help=f"bridge absences up to so long (default: {_DEFAULT.fill_gap_s:g} s)",
    )
    add(
        "--bones",
        choices=("fit", "directions", "off"),
        help=f"constant lengths: by inverse kinematics, or bone by bone (default: {_DEFAULT.bones})",
    )
    add(
        "--picture",
        type=float,
        metavar="SHARE",
        help=f"how far joints are drawn onto their places in the picture, 0 to 1 (default: {_DEFAULT.picture:g})",
    )
    add("--sides", choices=("repair", "list", "off"), help=f"exchanged left and right (default: {_DEFAULT.sides})")
    add(
        "--limits",
        choices=("repair", "list", "off"),
        help=f"knees and elbows that bend backward (default: {_DEFAULT.limits})",
    )
    add(
        "--calm-turns",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="slow bones down that turn faster than a body can (default: yes)",
    )
    add(
        "--feet",
        choices=("off", "auto", "always", "grounding"),
        help=f"locking of standing feet (default: {_DEFAULT.foot_lock})",
    )
    add(
        "--limb", action="append", default=[], metavar="NAME=CM",
        help=f"a length measured on the person, between the middles of the joints: {', '.join(LIMBS)}",
    )  # fmt: skip


def post_from(arguments: argparse.Namespace, before: PostConfig = _DEFAULT) -> PostConfig:
    """Return `before` with the given changes. Raises `ConfigError` for values out of range."""
    given = {
        "fill_gap_s": arguments.fill_gap,
        "smooth": arguments.smooth_kind,
        "smooth_hz": arguments.smooth,
        "bones": arguments.bones,
        "picture": arguments.picture,
        "sides": arguments.sides,
        "limits": arguments.limits,
        "calm_turns": arguments.calm_turns,
        "foot_lock": arguments.feet,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    return dataclasses.replace(before, **values)


def limbs_from(arguments: argparse.Namespace) -> dict[str, float]:
    """Parse `--limb thigh=44` to {"thigh": 44.0}. Raises `ConfigError` unless it is NAME=CM."""
    limbs = {}
    for pair in arguments.limb:
        name, _, value = pair.partition("=")
        try:
            limbs[name.strip()] = float(value)
        except ValueError:
            raise ConfigError(
                f"'{pair}' is not NAME=CM.", f"For example: --limb thigh=44. Names: {', '.join(LIMBS)}."
            ) from None
    return limbs
