"""Sort frame files by number ("img_2" before "img_10"), and read their frame numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DIGITS = re.compile(r"(\d+)")
_WORD = re.compile(r"([^\W\d_]+)[\W_]*$")
_SPARSE = 4  # times as many numbers as frames: these are no numbers of frames
_SPARE = 300  # frames that may be missing in any case
_LONGEST = 18  # digits of a number that is one: longer ones are hashes


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key that compares runs of digits as numbers and ignores case."""
    parts = _DIGITS.split(name.casefold())
    # A number with more digits is larger, whatever these are: no need to convert thousands of them.
    return tuple(
        (len(digits := part.lstrip("0")), digits) if place % 2 else (0, part) for place, part in enumerate(parts)
    )


def shape_of(stem: str) -> str:
    """Return a name with "*" for each number: "cam1_0012" -> "cam*_*".

    Names of one series have one shape.
    """
    return _DIGITS.sub("*", stem)


def frame_numbers(stems: Sequence[str]) -> list[int] | None:
    """Read frame numbers from the names of a series; None if not numbered like frames.

    The names of a series are alike apart from one number; of a single name, its last number counts. Numbers that repeat
    or are too far apart for frames (times of day, ids of a data set) are none.
    """
    varying = varying_numbers(stems)
    if varying is None or len(varying) != 1:
        return None
    texts = [_DIGITS.findall(stem)[varying[0]] for stem in stems]
    numbers = [int(text) for text in texts if len(text) <= _LONGEST]
    return numbers if len(numbers) == len(stems) and are_frames(numbers) else None


def numbers_in(stem: str) -> list[int]:
    """Return the numbers in a name, in order; of a longer one its last digits."""
    return [int(text[-_LONGEST:]) for text in _DIGITS.findall(stem)]


def varying_numbers(stems: Sequence[str]) -> list[int] | None:
    """Return the position of the number that differs between the names of a series.

    Positions count from 0; None if the names differ otherwise.

    Of a single name with a number it is the last one.
    """
    if len({shape_of(stem) for stem in stems}) != 1:
        return None
    columns = list(zip(*(_DIGITS.findall(stem) for stem in stems), strict=True))
    if len(stems) == 1:
        return [len(columns) - 1] if columns else None
    return [place for place, column in enumerate(columns) if len(set(column)) > 1]


def word_before(stem: str, place: int) -> str:
    """Return the letters directly before a number in a name, or "".

    Numbers count from 0: before number 0 of "cam_1_0012" stands "cam".
    """
    match = _WORD.search(_DIGITS.split(stem)[2 * place])
    return match[1] if match else ""


def series_name(stems: Sequence[str]) -> str:
    """Return the common name of a series, with "*" for the numbers that differ: "cam1_*"."""
    varying = varying_numbers(stems) or []
    parts = _DIGITS.split(stems[0])
    for place in varying:
        parts[2 * place + 1] = "*"
    return "".join(parts)


def are_frames(numbers: Sequence[int]) -> bool:
    """Return whether whole numbers can be frame numbers.

    They are from 0, below 10**18, each once, and dense enough.
    """
    if len(set(numbers)) < len(numbers):
        return False
    first, last = min(numbers, default=0), max(numbers, default=0)
    return first >= 0 and last < 10**_LONGEST and last - first + 1 <= _SPARSE * len(numbers) + _SPARE
