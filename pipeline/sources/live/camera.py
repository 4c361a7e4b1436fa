"""Capture a webcam with OpenCV through V4L2, AVFoundation or DirectShow."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...core.concurrency import CancelToken
from ...core.errors import SourceError
from .camera_list import CameraInfo, can_list, find_camera, find_replugged, list_cameras
from .connection import ConnectionLost, Patience
from .reconnecting_feed import LiveFeed

_WIDTH_PX, _HEIGHT_PX, _FPS_HZ = 1280, 720, 30.0  # px, px, Hz: requested unless the user chooses
_UNCOMPRESSED_PX = 640 * 480  # px that USB 2 carries at 30 Hz; above it, webcams drop to 5 or 10 Hz unless MJPEG
_MAX_CAPTURE_AGE_S = 1.0  # s: a device's timestamp that is older than this is on another clock

OpenCapture = Callable[[CameraInfo], Any]  # returns an object with cv2.VideoCapture's methods, open if possible


def open_capture(camera: CameraInfo) -> Any:
    """Open a camera as a `cv2.VideoCapture`."""
    if sys.platform == "darwin":
        # OpenCV would ask for permission, which works on the main thread only; the system asks by itself.
        os.environ.setdefault("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")
    import cv2

    interface = {"win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION, "linux": cv2.CAP_V4L2}
    return cv2.VideoCapture(camera.index, interface.get(sys.platform, cv2.CAP_ANY))


class CameraSource(LiveFeed):
    """Capture a camera that is given by number, name, unique part of the name, or /dev path.

    Implements `LiveSource`; `camera_list.find_camera` finds the camera. Size and rate are requests: the device chooses
    its nearest mode, and `info` holds the actual size and rate. Raises `SourceError` if there is no such camera or it
    cannot be used, with the reason if the system reports one.
    """

    def __init__(
        self,
        camera: int | str,
        width_px: int | None = None,
        height_px: int | None = None,
        fps_hz: float | None = None,
        *,
        cancel: CancelToken | None = None,
        patience: Patience | None = None,
        cameras: Callable[[], Sequence[CameraInfo]] = list_cameras,
        capture: OpenCapture = open_capture,
    ) -> None:
        mode = _CaptureMode.of(width_px, height_px, fps_hz)
        self._camera = find_camera(camera, cameras())

        def connect() -> _Camera:
            if cameras is not list_cameras or can_list():
                there = find_replugged(self._camera, cameras())
                if there is None:
                    raise SourceError(f"{self._camera.name} is unplugged.", "Plug it in again.")
                self._camera = there
            return _Camera(self._camera, mode, capture)

        super().__init__(self._camera.name, self._camera.path, connect, patience, cancel)


class _CaptureMode:
    """Hold the size and the rate to request from a camera."""

    def __init__(self, width_px: int, height_px: int, fps_hz: float) -> None:
        self.width_px, self.height_px, self.fps_hz = width_px, height_px, fps_hz

    @staticmethod
    def of(width_px: int | None, height_px: int | None, fps_hz: float | None) -> _CaptureMode:
        """Fill in defaults: a missing side follows from the other one at 16:9 (4:3 up to VGA)."""
        shape = 4 / 3 if (width_px or 9999) <= 640 or (height_px or 9999) <= 480 else 16 / 9
        if width_px is None:
            width_px = _WIDTH_PX if height_px is None else round(height_px * shape / 2) * 2
        height_px = round(width_px / shape) if height_px is None else height_px
        fps_hz = _FPS_HZ if fps_hz is None else fps_hz
        for what, value, low, high in (
            ("width", width_px, 16, 16384), ("height", height_px, 16, 16384), ("rate", fps_hz, 1, 1000),
        ):  # fmt: skip
            if not low <= value <= high:
                raise SourceError(f"A camera has no {what} of {value:g}.", f"Choose {low} to {high}.")
        return _CaptureMode(width_px, height_px, fps_hz)


class _Camera:
    """Grab frames from an open camera; the `Connection` of `CameraSource`."""

    def __init__(self, camera: CameraInfo, mode: _CaptureMode, capture: OpenCapture) -> None:
        self._name = camera.name
        self._capture = capture(camera)
        try:
            if not self._capture.isOpened():
                raise explain_open_failure(camera)
            self._request(mode)
        except BaseException:
            self._capture.release()
            raise

    def _request(self, mode: _CaptureMode) -> None:
        import cv2

        # The format is set first, because drivers list sizes and rates by format.
        if mode.width_px * mode.height_px > _UNCOMPRESSED_PX:
            self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, mode.width_px)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, mode.height_px)
        self._capture.set(cv2.CAP_PROP_FPS, mode.fps_hz)

    @property
    def rate_hz(self) -> float:
        import cv2

        return float(self._capture.get(cv2.CAP_PROP_FPS) or 0.0)

    def grab(self) -> tuple[float, object]:
        import cv2

        try:
            ok, image = self._capture.read()
            now = time.monotonic()
            # V4L2 and AVFoundation use the clock of `time.monotonic`; other interfaces report other values.
            stamp = float(self._capture.get(cv2.CAP_PROP_POS_MSEC) or 0.0) / 1000
        except cv2.error as error:  # the driver sent data that OpenCV cannot convert
            raise ConnectionLost(f"{self._name} sends damaged pictures ({error.err or 'OpenCV'})") from error
        return stamp if 0 <= now - stamp <= _MAX_CAPTURE_AGE_S else now, image if ok else None

    def release(self) -> None:
        self._capture.release()


def explain_open_failure(camera: CameraInfo, system: str = sys.platform) -> SourceError:
    """Build the error for a camera that cannot be opened, with the cause if it can be found."""
    if system.startswith("linux") and camera.path:
        if not os.access(camera.path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            return SourceError(
                f"No permission to use {camera.name} ({camera.path}).",
                "Add yourself to the group video (sudo usermod -aG video $USER), log out and in again.",
            )
        holder = _program_using(camera.path)
        if holder:
            return SourceError(f"{camera.name} is in use by {holder}.", f"Close {holder}, then try again.")
    hint = {
        "darwin": "Allow it in System Settings, Privacy & Security, Camera (for the program or the terminal that "
        "started it), and close other programs that use the camera.",
        "win32": "Close other programs that use it (Teams, Zoom, a browser), and allow it in Settings, Privacy & "
        "security, Camera: 'Let desktop apps access your camera'.",
    }.get(system, "Close other programs that use it; unplug it and plug it in again.")
    return SourceError(f"{camera.name} cannot be opened: it is busy, or its use is not allowed.", hint)


def _program_using(device: str) -> str:
    """Return the name of another program that has the device open; "" if none is found."""
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(handle) == device and int(handle.parts[2]) != os.getpid():
                return (handle.parents[1] / "comm").read_text(encoding="utf-8", errors="replace").strip()
    return ""
