"""Open live runs for the window: cameras, engines, recordings, streams.

Modules of the library that load much are imported inside the functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import api
from pipeline.core.camera import VideoInfo
from pipeline.core.config import LiveConfig

if TYPE_CHECKING:
    from pipeline.live.engine import LiveEngine
    from pipeline.live.recording.recorder import Recorder
    from pipeline.stream.base import Stream


@dataclass(frozen=True, slots=True)
class LiveRequest:
    """Describe what to open live: a camera's number or name, an address, or a video file."""

    source: str
    config: LiveConfig
    loop: bool = False  # repeat a file
    size_px: tuple[int, int] | None = None  # requested of a camera; None: its default
    rate_hz: float | None = None


def cameras() -> Sequence[tuple[str, str]]:
    """List the connected cameras as (what to open, title); may take a second."""
    from pipeline.sources.live.camera_list import list_cameras

    return [(str(camera.index), f"{camera.index}: {camera.name}") for camera in list_cameras()]


def open_live(request: LiveRequest, models: api.Models) -> LiveEngine:
    """Return a live engine that is not started; `models` keep what it loads."""
    from pipeline.sources.live.open import is_file

    loop = request.loop and is_file(request.source)  # the switch may be left from a file that was played before
    size_px, rate_hz = request.size_px, request.rate_hz
    run = api.live(request.source, config=request.config, loop=loop, size_px=size_px, rate_hz=rate_hz, models=models)
    return run.engine


def new_recorder(parent: Path, info: VideoInfo, config: LiveConfig, detector_runtime: str) -> Recorder:
    """Start a recording in a new folder inside `parent`."""
    from pipeline.live.recording.recorder import Recorder, made_with
    from pipeline.take.recording_folder import new_take_folder

    return Recorder(new_take_folder(parent, source=info.name), info, made_with(config, detector_runtime))


def open_stream(url: str) -> Stream:
    """Open a stream to another program."""
    from pipeline.stream.open import open_stream

    return open_stream(url)


def unfinished_recordings(parent: Path) -> Sequence[Path]:
    """List the folders of recordings in `parent` that were interrupted, newest first."""
    from pipeline.take.recording_folder import is_recording, read_manifest

    if not parent.is_dir():
        return []
    folders = [folder for folder in parent.iterdir() if folder.is_dir() and is_recording(folder)]
    return sorted((f for f in folders if read_manifest(f).get("complete") is not True), reverse=True)


def gpu_warning() -> str:
    """Return why a GPU is not used; "" if there is none or it is used. Loads torch."""
    from pipeline.system import devices

    return " ".join(devices.describe()["warnings"])
