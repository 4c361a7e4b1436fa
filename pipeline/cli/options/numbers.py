"""Parse numeric arguments: finite and within the range of all later computations."""

from __future__ import annotations

import argparse
import math

_LARGEST_WHOLE = 2**31 - 1
_MAX_SHOWN = 40  # characters of an argument that a message shows


def finite_number(text: str) -> float:
    """Parse a number, as argparse's `type=float`. Raises `ArgumentTypeError`."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text[:_MAX_SHOWN]!r} is not a number")
    return value


def whole_number(text: str) -> int:
    """Parse a whole number, as argparse's `type=int`. Raises `ArgumentTypeError`."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:_MAX_SHOWN]!r} is not a whole number") from None
    if abs(value) > _LARGEST_WHOLE:
        raise argparse.ArgumentTypeError(f"{text[:_MAX_SHOWN]!r} is too large")
    return value
