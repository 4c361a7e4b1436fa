"""Numbers to text, many at a time.

One C-level format call for many rows makes 3 million numbers a second, where `numpy.savetxt` makes 0.5 million. A
block at a time, because a Python float takes 24 bytes and its text a dozen more.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core.arrays import Doubles

_CHUNK = 500  # frames


def chunks(count: int, size: int = _CHUNK) -> Iterator[slice]:
    """Slices that cover `count` frames in order."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def formatted(template: str, values: Doubles, empty: str = "") -> str:
    """(T, ...) values through a printf template for one frame; NaN becomes `empty`.

    The template's own words must not hold "nan".
    """
    return ((template * len(values)) % tuple(values.ravel().tolist())).replace("nan", empty)
