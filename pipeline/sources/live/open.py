"""Open a live source: a camera by number, name or path, a stream by address, a video file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ... import registry
from ...core.concurrency import IMPORT_LOCK, CancelToken
from ...core.errors import ConfigError, SourceError
from .base import LiveSource


def live_opener(
    spec: str,
    *,
    loop: bool = False,
    width_px: int | None = None,
    height_px: int | None = None,
    fps_hz: float | None = None,
) -> Callable[[], LiveSource]:
    """Return a function that opens the source `spec`; `LiveEngine` calls it.

    A file is played in real time. The opener of a device has a method `cancel` that ends the opening from any thread.
    Raises `ConfigError` at once for an impossible combination, so that no model is loaded for it.
    """
    path = Path(spec).expanduser()
    if is_file(spec):

        def open_file() -> LiveSource:
            _import_readers()
            from .file_as_live import AsLiveSource

            return AsLiveSource(path, loop)

        return open_file
    if loop:
        raise ConfigError("Only a file can be played in a loop.", "Play it once, or name a file.", field="loop")

    return _DeviceOpener(spec, width_px, height_px, fps_hz)


def open_live(
    spec: int | str,
    *,
    width_px: int | None = None,
    height_px: int | None = None,
    fps_hz: float | None = None,
    cancel: CancelToken | None = None,
) -> LiveSource:
    """Open a camera (number, name or unique part of it, /dev path) or a network stream (URL).

    Size and rate are requests to a camera and do not affect a stream. Waits for the first frame; `cancel` ends the
    wait with `Cancelled`. Raises `SourceError`.
    """
    text = str(spec).strip()
    if not text:
        raise SourceError("No camera was chosen.", "Give its number, its name, or the address of a stream.")
    _import_readers()
    source: LiveSource
    if "://" in text:
        source = registry.find("live_source", "stream").load()(text, cancel=cancel)
    elif os.path.isfile(text) and not text.startswith("/dev/"):  # unlike `Path`, it bears names that are too long
        raise SourceError(f"{text} is a file, not a camera.", "Open it as a video, or play it as if it were live.")
    else:
        source = registry.find("live_source", "camera").load()(text, width_px, height_px, fps_hz, cancel=cancel)
    return source


def _import_readers() -> None:
    """Import what reads sources, before other threads of a live run import their packages."""
    with IMPORT_LOCK:
        import av  # noqa: F401
        import cv2  # noqa: F401


class _DeviceOpener:
    """Open a camera or a stream, which may take seconds; `cancel` ends the attempt."""

    def __init__(self, spec: str, width_px: int | None, height_px: int | None, fps_hz: float | None) -> None:
        self._spec, self._width_px, self._height_px, self._fps_hz = spec, width_px, height_px, fps_hz
        self._opening = CancelToken()

    def __call__(self) -> LiveSource:
        self._opening = CancelToken()
        return open_live(
            self._spec,
            width_px=self._width_px,
            height_px=self._height_px,
            fps_hz=self._fps_hz,
            cancel=self._opening,
        )

    def cancel(self) -> None:
        self._opening.cancel()


def is_file(spec: str) -> bool:
    """Return whether `spec` is a file or a folder, and not a device such as /dev/video0."""
    path = Path(spec).expanduser()
    try:
        return path.is_file() or path.is_dir()
    except OSError:  # a URL that is not a valid file name
        return False
