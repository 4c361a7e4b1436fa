"""From what the user gives (a camera's number, name or path, an address) to a live source."""

from __future__ import annotations

from pathlib import Path

from pipeline import registry
from pipeline.errors import SourceError
from pipeline.flow import CancelToken
from pipeline.sources.cameras import CameraInfo, list_cameras
from pipeline.sources.live_base import LiveSource

__all__ = ["CameraInfo", "list_cameras", "open_live"]


def open_live(
    spec: int | str,
    *,
    width_px: int | None = None,
    height_px: int | None = None,
    fps_hz: float | None = None,
    cancel: CancelToken | None = None,
) -> LiveSource:
    """Open a camera (number, name or unique part of it, /dev path) or a network stream (URL).

    Size and rate are wishes to a camera; a stream comes as it is. Waits for the first picture; `cancel` ends that with
    `Cancelled`. Raises `SourceError`.
    """
    text = str(spec).strip()
    if not text:
        raise SourceError("No camera was chosen.", "Give its number, its name, or the address of a stream.")
    source: LiveSource
    if "://" in text:
        source = registry.find("live_source", "stream").load()(text, cancel=cancel)
    elif Path(text).is_file() and not text.startswith("/dev/"):
        raise SourceError(f"{text} is a file, not a camera.", "Open it as a video, or play it as if it were live.")
    else:
        source = registry.find("live_source", "camera").load()(text, width_px, height_px, fps_hz, cancel=cancel)
    return source
