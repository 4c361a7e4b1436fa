"""Read the recording rate of a slow-motion video from the tags of its file.

Cameras store what they recorded at 240 frames a second as a video of 30: its clock then runs eight times too slowly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

_TAG = re.compile(r"(captur|record|shoot|sensor)\w*[ ._-]*(fps|frame[ ._-]*rate)")
_XML = re.compile(rb'\bcaptureFps="(\d+(?:\.\d+)?)[pi]?"')  # Sony's NonRealTimeMeta, beside the video in the file
_SEARCHED_BYTES = 1 << 20  # at either end of the file
_LEAST_RATIO = 1.5  # a capture rate nearer to the stored rate is that of a usual video


def capture_rate_hz(path: Path, tags: Iterable[Mapping[str, str]]) -> tuple[float, str] | None:
    """Return the rate (Hz) at which the camera recorded, and the tag that says so.

    None if no tag does. `tags` are the metadata of the container and of the stream: `com.android.capture.fps` of
    Android, and what other makers call similarly.
    """
    for metadata in tags:
        for name, value in metadata.items():
            if _TAG.search(name.lower()):
                rate = _plausible(value)
                if rate is not None:
                    return rate, name
    with path.open("rb") as file:
        size = path.stat().st_size
        for offset in (0, max(0, size - _SEARCHED_BYTES)):
            file.seek(offset)
            found = _XML.search(file.read(_SEARCHED_BYTES))
            rate = _plausible(found.group(1).decode()) if found else None
            if rate is not None:
                return rate, "captureFps"
    return None


def _plausible(text: str) -> float | None:
    try:
        rate = float(str(text).split()[0])
    except (ValueError, IndexError):
        return None
    return rate if 1 <= rate <= 100_000 else None


def slow_motion(captured_hz: float, stored_hz: float) -> float:
    """Return how many seconds of the file are one second of the motion; 1: not slow motion."""
    ratio = captured_hz / stored_hz
    return ratio if ratio >= _LEAST_RATIO else 1.0
