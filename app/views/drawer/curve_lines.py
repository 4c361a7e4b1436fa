"""Define a curve, a gait event, and give the colour of each body side."""

from __future__ import annotations

from dataclasses import dataclass

from app import theme
from pipeline.core.arrays import Doubles


def colour_of(side: str) -> str:
    """Return the colour of "left", "right" or "" (in the middle) in the theme."""
    colours = theme.colours()
    return {"left": colours.left, "right": colours.right}.get(side, colours.centre)


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one curve of (T,) values; `subject` False draws it faintly, as of another person."""

    values: Doubles
    side: str  # "left", "right" or ""
    style: int  # index of the line style, one per joint
    subject: bool = True
    error: Doubles | None = None  # (T,) half width of the band of nine of ten true values; None: no band


@dataclass(frozen=True, slots=True)
class Mark:
    """Hold a gait event: its kind (`analysis.gait.GaitEvent`), the side, and the time in s."""

    kind: str
    side: str
    time_s: float
