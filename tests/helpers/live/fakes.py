"""Simulate camera, detector and lifter of live runs: quick, with switches for failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from pipeline.core.arrays import Floats
from pipeline.core.camera import Camera, Frame, VideoInfo
from pipeline.core.concurrency import Closed
from pipeline.core.config import DetectConfig, LiftConfig
from pipeline.core.poses import Pose2D
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.detect.keypoint_similarity import joint_box
from pipeline.lift.base import Kept, WindowLifter
from pipeline.lift.streaming.newest_frames import WholeWindow

# (17, 2) a standing figure in pixels, H36M-17, about 200 tall.
FIGURE = np.array(
    [
        (0, 0), (-12, 0), (-13, 45), (-13, 90), (12, 0), (13, 45), (13, 90), (0, -30), (0, -60), (0, -75), (0, -92),
        (20, -60), (32, -32), (36, -6), (-20, -60), (-32, -32), (-36, -6),
    ],
    np.float32,
)  # fmt: skip

Positions = Callable[[float], list[tuple[float, float]]]


def walker(time_s: float) -> list[tuple[float, float]]:
    """Return the position of one person who walks to the right."""
    return [(100 + 20 * time_s, 120)]


class FakeCamera:
    """Deliver `count` frames (None: without end) at `hz` in real time, or `speed` times as fast.

    `change(index)` returns the image of a frame, or raises. From frame `stall_at` on `read` returns None in time, and
    the notice is `stall_notice`. At frame `hang_at` `read` does not return before `release` is set.
    """

    def __init__(
        self,
        count: int | None = None,
        hz: float = 100.0,
        size: tuple[int, int] = (320, 240),
        change: Callable[[int], np.ndarray] | None = None,
        stall_at: int | None = None,
        hang_at: int | None = None,
        speed: float = 1.0,
    ) -> None:
        self.info = VideoInfo("fake", "", *size, hz, 0, 0.0)
        self.notice, self.stall_notice = "", "Camera unplugged: waiting for it"
        self.closed = threading.Event()
        self.release = threading.Event()
        self.readers: set[str] = set()
        self._count, self._hz, self._speed, self._change = count, hz, speed, change
        self._stall_at, self._hang_at = stall_at, hang_at
        self._picture = np.zeros((size[1], size[0], 3), np.uint8)
        self._begun = 0.0
        self._index = 0

    def read(self, timeout_s: float) -> Frame | None:
        self.readers.add(threading.current_thread().name)
        if self.closed.is_set() or self._index == self._count:
            raise Closed
        if self._index == self._hang_at:
            self.release.wait(20)
        if self._index == self._stall_at:
            self.notice = self.stall_notice
            if self.closed.wait(timeout_s):
                raise Closed
            return None
        now = time.monotonic()
        self._begun = self._begun or now
        due = self._begun + self._index / (self._hz * self._speed)
        if self.closed.wait(max(0.0, min(due - now, timeout_s))):
            raise Closed
        if due - now > timeout_s:
            return None
        index, self._index = self._index, self._index + 1
        picture = self._picture if self._change is None else self._change(index)
        return Frame(index, index / self._hz, picture)

    def close(self) -> None:
        self.closed.set()


class FakeDetector:
    """Detect people at `positions(time_s)`, in `delay_s` per frame; call `fail_at` raises."""

    name = "fake"
    skeleton = "h36m17"
    cache_key = "fake"

    def __init__(self, positions: Positions = walker, delay_s: float = 0.0, fail_at: int | None = None) -> None:
        self.positions, self.delay_s, self.fail_at = positions, delay_s, fail_at
        self.calls: list[int] = []  # indices of the frames
        self.closed = False

    def detect(self, frame: Frame) -> Pose2D:
        self.calls.append(frame.index)
        if len(self.calls) == self.fail_at:
            raise RuntimeError("the detector broke")
        time.sleep(self.delay_s)
        people = self.positions(frame.time_s)
        if not people:
            return Pose2D.nobody(self.skeleton)
        joints = np.stack([FIGURE + np.float32(place) for place in people]).astype(np.float32)
        scores = np.full(joints.shape[:2], 0.9, np.float32)
        boxes = np.stack([joint_box(j, s) for j, s in zip(joints, scores, strict=True)])
        return Pose2D(boxes, joints, scores, self.skeleton)

    def reset(self) -> None:
        pass

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class FakeLifter(WindowLifter):
    """Lift every person to `FIGURE`, flat, with a chain of 1.55 m, in `delay_s` per window."""

    name = "fake"
    frames = 27
    rate_hz = (24.0, 75.0)
    device_name = "cpu"
    precision = "float32"
    seq2frame = False
    prune = PruneConfig()
    gflops = None
    unit_stature_m = 1.55

    def __init__(self, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self.last_kept: Kept = {}
        self.windows = 0
        self.closed = False

    def one_pass(
        self, joints_image: Floats, scores: Floats, camera: Camera, depth: Floats | None = None
    ) -> tuple[Floats, Kept]:
        self.windows += len(joints_image)
        time.sleep(self.delay_s)
        flat = np.concatenate([FIGURE / 118.0, np.zeros((17, 1))], axis=1)  # leg + pelvis-thorax-nose-head: 1.55 m
        return np.broadcast_to(flat, (*joints_image.shape[:2], 17, 3)).astype(np.float32), {}

    def newest(self, *_: object, **__: object) -> WholeWindow:
        return WholeWindow(self)

    def close(self) -> None:
        self.closed = True


class FakeModels:
    """Replace `pipeline.run.models.Engine`."""

    def __init__(self, detector: FakeDetector | None = None, lifter: FakeLifter | None = None) -> None:
        self.made = detector or FakeDetector(), lifter or FakeLifter()
        self.wait = 0.0  # s that loading takes, unless `loaded` is set
        self.loaded = threading.Event()
        self.closed = False

    def detector(self, config: DetectConfig) -> FakeDetector:
        self.loaded.wait(self.wait)
        return self.made[0]

    def lifter(self, config: LiftConfig) -> FakeLifter:
        return self.made[1]

    def close(self) -> None:
        self.closed = True
