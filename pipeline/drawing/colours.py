"""Define the colours of people, floor and background, for the window and for videos.

Left is blue and right is coral in the whole program. Colours are "#rrggbb".
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Floats

LEFT, RIGHT, CENTRE = "#4db8ff", "#ff7d66", "#e6e1d6"
BACKGROUND = "#0f1116"
SUIT = "#9fb0c9"  # of human bodies
FLOOR, GRID = "#454e5e", "#7d8aa0"
FAR = "#4a5160"  # into which the bodies of others than the followed person fade
OTHERS = 0.42  # share of their own colour that others keep

# One colour for each person's number and lane, on a dark and on a light ground, with a contrast of 3 : 1 at least.
_ON_DARK = ("#e9b44c", "#7fb3ff", "#f28fb1", "#6fcf97", "#c79bff", "#ff9e64", "#5ccfd6", "#cdd16a")
_ON_LIGHT = ("#8f6410", "#2b62b8", "#b23a66", "#23774a", "#7643b8", "#a84c10", "#0c717a", "#66690f")


def person_colour(person: int, dark: bool = True) -> str:
    """Return the colour of a person; persons count from 1, and colours repeat after the last."""
    colours = _ON_DARK if dark else _ON_LIGHT
    return colours[(person - 1) % len(colours)]


def rgb(colour: str) -> Floats:
    """Return "#rrggbb" as (3,) red, green, blue, 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def body_colours(share: float = 1.0) -> Floats:
    """Return RGBA (3, 4) of left, right and centre, of which 1 - `share` is `FAR`."""
    own = np.stack([rgb(colour) for colour in (LEFT, RIGHT, CENTRE)])
    mixed = rgb(FAR) + (own - rgb(FAR)) * np.float32(share)
    return np.concatenate([mixed, np.ones((3, 1), np.float32)], axis=1)


def hand_colours(person: int, shares: Floats) -> Floats:
    """Return RGBA (2, 4) of a person's hands, of which 1 - `shares` (2,) is `FAR`."""
    mixed = rgb(FAR) + (rgb(person_colour(person)) - rgb(FAR)) * shares[:, None].astype(np.float32)
    return np.concatenate([mixed, np.ones((2, 1), np.float32)], axis=1)
