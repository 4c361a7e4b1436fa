"""Parse the numbers of arguments: finite, and small enough for everything that counts with them."""

from __future__ import annotations

import argparse
import math

_LARGEST_WHOLE = 2**31 - 1
_LONGEST = 40  # characters that a message shows


def finite_number(text: str) -> float:
    """Return a number; argparse uses it for `type=float`. Raises `ArgumentTypeError`."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text[:_LONGEST]!r} is not a number")
    return value


def whole_number(text: str) -> int:
    """Return a whole number; argparse uses it for `type=int`. Raises `ArgumentTypeError`."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:_LONGEST]!r} is not a whole number") from None
    if abs(value) > _LARGEST_WHOLE:
        raise argparse.ArgumentTypeError(f"{text[:_LONGEST]!r} is too large")
    return value
