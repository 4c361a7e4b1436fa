"""Simulate a camera behind `cv2.VideoCapture`, with the failures of drivers."""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np

from pipeline.sources.live.camera import CameraSource
from pipeline.sources.live.camera_list import CameraInfo
from pipeline.sources.live.connection import Patience
from tests.helpers.clips import numbered

QUICK = Patience(
    open_s=2.0, first_s=0.4, bad_s=0.15, silent_s=0.15, hang_s=0.4, retry_s=0.05, max_retry_s=0.1, max_hung_workers=2
)


class FakeCamera:
    """Simulate one camera; its fields may be set while it runs; `source()` opens it."""

    def __init__(self, rate_hz: float = 100.0) -> None:
        self.there = [CameraInfo(2, "Fake HD Webcam", "/dev/video2")]
        self.rate_hz = rate_hz
        self.largest = (320, 180)  # small images make quick tests
        self.size = (0, 0)  # width, height; (0, 0): as requested
        self.busy = False
        self.plugged = True
        self.garbage: object = None  # returned in place of images while `damaged`
        self.damaged = False
        self.hangs_in: set[str] = set()  # any of "open", "read", "release"
        self.fails_to_release = False
        self.let_go = threading.Event()  # ends every hang
        self.opened: list[int] = []
        self.open_now = 0
        self.most_open = 0
        self.requested: dict[int, float] = {}  # cv2 property -> requested value
        self.shown = 0
        self.sources: list[CameraSource] = []

    def cameras(self) -> list[CameraInfo]:
        return self.there if self.plugged else []

    def hang(self, where: str) -> None:
        if where in self.hangs_in:
            self.let_go.wait(30)

    def source(self, spec: int | str = "fake", *wish: float, patience: Patience = QUICK, **more) -> CameraSource:
        source = CameraSource(
            spec, *wish, patience=patience, cameras=self.cameras, capture=lambda info: _Capture(self, info), **more
        )
        self.sources.append(source)
        return source


class _Capture:
    def __init__(self, camera: FakeCamera, info: CameraInfo) -> None:
        camera.opened.append(info.index)
        camera.hang("open")
        self._camera, self._open = camera, camera.plugged and not camera.busy
        camera.open_now += self._open
        camera.most_open = max(camera.most_open, camera.open_now)

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._open

    def set(self, what: int, value: float) -> bool:
        self._camera.requested[what] = value
        return True

    def get(self, what: int) -> float:
        return self._camera.rate_hz if what == cv2.CAP_PROP_FPS else 0.0

    def read(self) -> tuple[bool, object]:
        camera = self._camera
        camera.hang("read")
        if not camera.plugged:
            return False, None
        time.sleep(1 / camera.rate_hz)
        if camera.damaged:
            return True, camera.garbage
        asked = camera.requested
        requested = (asked.get(cv2.CAP_PROP_FRAME_WIDTH, 640), asked.get(cv2.CAP_PROP_FRAME_HEIGHT, 480))
        width, height = camera.size if camera.size[0] else np.minimum(requested, camera.largest).astype(int)
        camera.shown += 1
        return True, numbered(camera.shown % 256, int(width), int(height))

    def release(self) -> None:
        self._camera.hang("release")
        self._camera.open_now -= self._open
        self._open = False
        if self._camera.fails_to_release:
            raise cv2.error("the driver is not amused")
