"""What the curves page and its plot share: a curve, a gait event, and the colour of each side."""

from __future__ import annotations

from dataclasses import dataclass

from app import theme
from pipeline.core.arrays import Doubles

COLOURS = {"left": theme.LEFT, "right": theme.RIGHT, "": theme.CENTRE}


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: (T,) values, the colour of its side, a line style for its part. Other people's curves are faint."""

    values: Doubles
    side: str  # a key of COLOURS
    style: int
    subject: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A gait event: kind, side, seconds."""

    kind: str
    side: str
    time_s: float
