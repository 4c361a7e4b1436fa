"""Replace the live part of the library: the real engine with a fake camera, detector and lifter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.backend.library import Library
from app.backend.live import LiveRequest
from pipeline.core.camera import VideoInfo
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import RunConfig
from pipeline.core.errors import ConfigError, SourceError
from pipeline.core.live import LiveResult
from pipeline.core.take import Progress, Take
from pipeline.live.engine import LiveEngine
from tests.helpers.fakes import COUNT, FPS, HEIGHT, WIDTH, make_take
from tests.helpers.live.fakes import FakeCamera, FakeDetector, FakeModels

Tell = Callable[[Progress], None]


class FakeStream:
    """Count the results it is sent."""

    def __init__(self, url: str) -> None:
        self.url, self.sent, self.dropped, self.notice, self.closed = url, 0, 0, "", False

    def send(self, result: LiveResult) -> None:
        self.sent += 1

    def close(self) -> None:
        self.closed = True


class FakeLive(Library):
    """Provide the live part: the real engine with fake camera and models, and real recordings.

    The re-lift of a recording is quick.
    """

    def __init__(self) -> None:
        self.known_cameras = [("0", "0: Fake camera")]
        self.camera: Callable[[], Any] = FakeCamera
        self.detector = FakeDetector()
        self.requests: list[LiveRequest] = []
        self.streams: list[FakeStream] = []
        self.relifted: list[tuple[Path, RunConfig]] = []
        self.gpu = ""

    def cameras(self) -> Sequence[tuple[str, str]]:
        return list(self.known_cameras)

    def open_live(self, request: LiveRequest, models: Any) -> LiveEngine:
        self.requests.append(request)
        if request.source == "nothing":
            raise SourceError("There is no camera 'nothing'.", "Plug one in.")
        return LiveEngine(self.camera, request.config, FakeModels(self.detector))

    def open_stream(self, url: str) -> FakeStream:
        if "nobody" in url:
            raise ConfigError(f"Nothing streams to '{url}'.", "Known: vmc://.")
        self.streams.append(FakeStream(url))
        return self.streams[-1]

    def lift_recording(
        self, folder: Path, *, config: RunConfig, progress: Tell, partial: Any, cancel: CancelToken, models: Any
    ) -> Take:
        self.relifted.append((folder, config))
        progress(Progress("lift", 0, COUNT))
        info = VideoInfo("video.mkv", str(folder / "video.mkv"), WIDTH, HEIGHT, FPS, COUNT, COUNT / FPS)
        return make_take(info, (1, 2), config=config)

    def gpu_warning(self) -> str:
        return self.gpu
