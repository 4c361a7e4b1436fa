"""Add `--height`, of everyone or of one person, and read it into the settings of the scene."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ...core.config import SceneConfig
from ...core.errors import ConfigError
from .numbers import finite_number

_EXAMPLE = "For example: --height 172, or --height 2=150 for person 2."


def add_argument(parser: Any) -> None:
    """Add `--height` to a parser or to a group of one."""
    parser.add_argument(
        "--height",
        action="append",
        default=[],
        metavar="[N=]CM",
        help="height of the people, or of person N; can be given for several",
    )


def with_heights(values: Sequence[str], scene: SceneConfig) -> dict[str, Any]:
    """Return the fields of `scene` that the arguments change. Raises `ConfigError`.

    "auto" takes a height back.
    """
    height_cm, heights_cm = scene.height_cm, dict(scene.heights_cm)
    for text in values:
        person, one, height = text.rpartition("=")
        if one and not (person.strip().isdecimal() and person.strip().isascii()):
            raise ConfigError(f"'{text}' does not name a person and a height.", _EXAMPLE, field="height_cm")
        value = None if height.strip() == "auto" else _centimetres(height)
        if not one:
            height_cm = value
        elif value is None:
            heights_cm.pop(int(person), None)
        else:
            heights_cm[int(person)] = value
    return {"height_cm": height_cm, "heights_cm": heights_cm}


def _centimetres(text: str) -> float:
    try:
        return finite_number(text)
    except argparse.ArgumentTypeError:
        raise ConfigError(f"'{text}' is not a height.", _EXAMPLE, field="height_cm") from None
