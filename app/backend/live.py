"""What the window asks of the library for live runs. Heavy modules are imported inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.core.camera import VideoInfo
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiveConfig, RunConfig
from pipeline.core.take import Progress, Take

if TYPE_CHECKING:
    from pipeline.live.engine import LiveEngine
    from pipeline.live.recording.recorder import Recorder
    from pipeline.stream.base import Stream


@dataclass(frozen=True, slots=True)
class LiveWish:
    """What is to be opened live. `source`: a camera's number or name, an address, or a video file."""

    source: str
    config: LiveConfig
    loop: bool = False  # of a file
    size_px: tuple[int, int] | None = None  # to ask a camera for
    rate_hz: float | None = None


class LiveBackend(Protocol):
    """Any thread, but for the engine, which is used from one. Raises `UserError` children."""

    def cameras(self) -> Sequence[tuple[str, str]]:
        """(what to open, title) of the cameras that are plugged in now. May take a second."""
        ...

    def make_live(self, wish: LiveWish, models: Any) -> LiveEngine:
        """A live engine that is not started; `models` keep what it loads."""
        ...

    def make_recorder(self, parent: Path, info: VideoInfo, config: LiveConfig) -> Recorder:
        """Begin a recording in a new folder inside `parent`."""
        ...

    def open_stream(self, url: str) -> Stream: ...

    def recover(self, folder: Path) -> Take:
        """The recording in `folder`, put in order if it was interrupted, as it was lifted live or later."""
        ...

    def relift(self, folder: Path, config: RunConfig, cancel: CancelToken, engine: Any) -> Iterator[Progress | Take]:
        """Lift a recording again, with past and future known; see `pipeline.live.recording.relift`."""
        ...

    def unfinished(self, parent: Path) -> Sequence[Path]:
        """Folders of recordings in `parent` that were interrupted, newest first."""
        ...

    def gpu_warning(self) -> str:
        """Why a GPU that is there lies idle; "" if there is none or it is used. Loads torch."""
        ...


class PipelineLive:
    """The real one."""

    def cameras(self) -> Sequence[tuple[str, str]]:
        from pipeline.sources.live.camera_list import list_cameras

        return [(str(camera.index), f"{camera.index}: {camera.name}") for camera in list_cameras()]

    def make_live(self, wish: LiveWish, models: Any) -> LiveEngine:
        from pipeline.live.engine import LiveEngine
        from pipeline.sources.live.open import is_file, live_opener

        width, height = wish.size_px or (None, None)
        file = is_file(wish.source)
        opener = live_opener(
            wish.source,
            as_live=file,
            loop=wish.loop and file,
            width_px=None if file else width,
            height_px=None if file else height,
            fps_hz=None if file else wish.rate_hz,
        )
        return LiveEngine(opener, wish.config, models)

    def make_recorder(self, parent: Path, info: VideoInfo, config: LiveConfig) -> Recorder:
        from pipeline.live.recording.recorder import Recorder, made_with
        from pipeline.take.recording_folder import new_take_folder

        return Recorder(new_take_folder(parent), info, made_with(config))

    def open_stream(self, url: str) -> Stream:
        from pipeline.stream.open import open_stream

        return open_stream(url)

    def recover(self, folder: Path) -> Take:
        from pipeline.live.recording.open import recover

        return recover(folder).take()

    def relift(self, folder: Path, config: RunConfig, cancel: CancelToken, engine: Any) -> Iterator[Progress | Take]:
        from pipeline.live.recording.relift import relift

        return relift(folder, config, cancel, engine)

    def unfinished(self, parent: Path) -> Sequence[Path]:
        from pipeline.take.recording_folder import is_recording, read_manifest

        if not parent.is_dir():
            return []
        folders = [folder for folder in parent.iterdir() if folder.is_dir() and is_recording(folder)]
        return sorted((f for f in folders if read_manifest(f).get("complete") is not True), reverse=True)

    def gpu_warning(self) -> str:
        from pipeline.system import devices

        return " ".join(devices.describe()["warnings"])
