"""A webcam through OpenCV and the system's own interface: V4L2, AVFoundation or DirectShow."""

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
from .camera_list import CameraInfo, can_list, find_camera, list_cameras, plugged_in
from .connection import Lost, Patience
from .reconnecting_feed import LiveFeed

_WIDTH_PX, _HEIGHT_PX, _FPS_HZ = 1280, 720, 30.0  # asked for unless the user chooses
_UNCOMPRESSED_PX = 640 * 480  # what fits through USB 2 at 30 Hz; above it, webcams drop to 5 or 10 Hz unless MJPEG
_CLOCK_S = 1.0  # a device's timestamp this near to now is on our clock

OpenCapture = Callable[[CameraInfo], Any]  # -> what behaves as a cv2.VideoCapture; not opened if it cannot be


def open_capture(camera: CameraInfo) -> Any:
    """The `cv2.VideoCapture` of a camera."""
    if sys.platform == "darwin":
        # OpenCV would ask for the permission on the main thread, which this is not; the system asks by itself.
        os.environ.setdefault("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")
    import cv2

    interface = {"win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION, "linux": cv2.CAP_V4L2}
    return cv2.VideoCapture(camera.index, interface.get(sys.platform, cv2.CAP_ANY))


class CameraSource(LiveFeed):
    """`LiveSource` of a camera by number, name, unique part of the name, or /dev path; see `cameras.find_camera`.

    Size and rate are wishes: the device takes what is nearest, and `info` says what it really gives. Raises
    `SourceError` if there is no such camera or it cannot be used, with the reason as far as the system tells it.
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
        wish = _Wish.of(width_px, height_px, fps_hz)
        self._camera = find_camera(camera, cameras())

        def connect() -> _Camera:
            if cameras is not list_cameras or can_list():
                there = plugged_in(self._camera, cameras())
                if there is None:
                    raise SourceError(f"{self._camera.name} is unplugged.", "Plug it in again.")
                self._camera = there
            return _Camera(self._camera, wish, capture)

        super().__init__(self._camera.name, self._camera.path, connect, patience, cancel)


class _Wish:
    """The size and rate to ask a camera for."""

    def __init__(self, width_px: int, height_px: int, fps_hz: float) -> None:
        self.width_px, self.height_px, self.fps_hz = width_px, height_px, fps_hz

    @staticmethod
    def of(width_px: int | None, height_px: int | None, fps_hz: float | None) -> _Wish:
        """The other side of a picture follows at 16:9 (4:3 up to VGA)."""
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
        return _Wish(width_px, height_px, fps_hz)


class _Camera:
    """An open camera: the `Connection` behind `CameraSource`."""

    def __init__(self, camera: CameraInfo, wish: _Wish, capture: OpenCapture) -> None:
        self._name = camera.name
        self._capture = capture(camera)
        try:
            if not self._capture.isOpened():
                raise cannot_open(camera)
            self._ask_for(wish)
        except BaseException:
            self._capture.release()
            raise

    def _ask_for(self, wish: _Wish) -> None:
        import cv2

        # The format first: drivers list sizes and rates by format.
        if wish.width_px * wish.height_px > _UNCOMPRESSED_PX:
            self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, wish.width_px)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wish.height_px)
        self._capture.set(cv2.CAP_PROP_FPS, wish.fps_hz)

    @property
    def rate_hz(self) -> float:
        import cv2

        return float(self._capture.get(cv2.CAP_PROP_FPS) or 0.0)

    def grab(self) -> tuple[float, object]:
        import cv2

        try:
            ok, picture = self._capture.read()
            now = time.monotonic()
            # V4L2 and AVFoundation stamp pictures on the clock of `time.monotonic`; others tell something else.
            stamp = float(self._capture.get(cv2.CAP_PROP_POS_MSEC) or 0.0) / 1000
        except cv2.error as error:  # a driver's rubbish that OpenCV cannot convert
            raise Lost(f"{self._name} sends damaged pictures ({error.err or 'OpenCV'})") from error
        return stamp if 0 <= now - stamp <= _CLOCK_S else now, picture if ok else None

    def release(self) -> None:
        self._capture.release()


def cannot_open(camera: CameraInfo, system: str = sys.platform) -> SourceError:
    """Why that may be and what to do, as far as the system tells."""
    if system.startswith("linux") and camera.path:
        if not os.access(camera.path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            return SourceError(
                f"No permission to use {camera.name} ({camera.path}).",
                "Add yourself to the group video (sudo usermod -aG video $USER), log out and in again.",
            )
        holder = _holder(camera.path)
        if holder:
            return SourceError(f"{camera.name} is in use by {holder}.", f"Close {holder}, then try again.")
    hint = {
        "darwin": "Allow it in System Settings, Privacy & Security, Camera (for the program or the terminal that "
        "started it), and close other programs that use the camera.",
        "win32": "Close other programs that use it (Teams, Zoom, a browser), and allow it in Settings, Privacy & "
        "security, Camera: 'Let desktop apps access your camera'.",
    }.get(system, "Close other programs that use it; unplug it and plug it in again.")
    return SourceError(f"{camera.name} cannot be opened: it is busy, or its use is not allowed.", hint)


def _holder(device: str) -> str:
    """The name of another program that has the device open; "" if none is seen."""
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(handle) == device and int(handle.parts[2]) != os.getpid():
                return (handle.parents[1] / "comm").read_text(encoding="utf-8", errors="replace").strip()
    return ""
