"""What the window asks of the library, in one place, so that tests can put something quicker behind it.

Everything heavy is imported inside the functions: they run in worker threads, and the window is on the screen before
torch, PyAV or MediaPipe are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.backend.detectors import DetectorBackend, PipelineDetectors
from app.backend.lifters import ModelBackend, PipelineModels
from app.backend.live import LiveBackend, PipelineLive
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import RunConfig
from pipeline.core.export_options import ExportOptions
from pipeline.core.take import Progress, Take

if TYPE_CHECKING:
    from pipeline.sources.base import FrameSource
    from pipeline.sources.file.joints2d import Joints2DSource

TAKE_SUFFIX = ".pose3d"


class Backend(ModelBackend, DetectorBackend, LiveBackend, Protocol):
    """The library as the window sees it. Any thread; raises `UserError` children for what the user can put right."""

    def open_source(self, path: Path) -> FrameSource | Joints2DSource: ...

    def sample(self) -> Path: ...

    def make_engine(self) -> Any:
        """Something with `close()` that keeps models loaded from one run to the next."""
        ...

    def analyse(
        self, source: FrameSource | Joints2DSource, config: RunConfig, cancel: CancelToken, engine: Any
    ) -> Iterator[Progress | Take]:
        """Runs the whole path; see `pipeline.run.lift_video.analyse`."""
        ...

    def lift_again(
        self, take: Take, persons: Sequence[int], config: RunConfig, cancel: CancelToken, engine: Any
    ) -> Iterator[Progress | Take]:
        """Lifts `persons` from the take's own 2D; see `pipeline.run.relift.lift_again`."""
        ...

    def refinish(self, take: Take, config: RunConfig) -> Take:
        """The steps behind the lifter again; see `pipeline.run.refinish.refinish`."""
        ...

    def load_take(self, path: Path) -> Take: ...

    def save_take(self, take: Take, path: Path) -> None: ...

    def export(
        self,
        take: Take,
        folder: Path,
        stem: str,
        formats: Sequence[str],
        options: ExportOptions,
        cancel: CancelToken,
        progress: Callable[[Progress], None],
    ) -> list[Path]: ...

    def video_suffixes(self) -> Sequence[str]: ...

    def devices(self) -> Sequence[tuple[str, str]]:
        """(name, title) of the devices that can be asked for."""
        ...


class PipelineBackend(PipelineModels, PipelineDetectors, PipelineLive):
    """The real one."""

    def open_source(self, path: Path) -> FrameSource | Joints2DSource:
        from pipeline.sources.open import open_source

        return open_source(path)

    def sample(self) -> Path:
        from pipeline.sources.sample import sample_video

        return sample_video()

    def make_engine(self) -> Any:
        from pipeline.run.models import Engine

        return Engine()

    def analyse(
        self, source: FrameSource | Joints2DSource, config: RunConfig, cancel: CancelToken, engine: Any
    ) -> Iterator[Progress | Take]:
        from pipeline.run.lift_video import analyse

        return analyse(source, config, cancel, engine)

    def lift_again(
        self, take: Take, persons: Sequence[int], config: RunConfig, cancel: CancelToken, engine: Any
    ) -> Iterator[Progress | Take]:
        from pipeline.run.relift import lift_again

        return lift_again(take, persons, config, cancel, engine)

    def refinish(self, take: Take, config: RunConfig) -> Take:
        from pipeline.run.refinish import refinish

        return refinish(take, config)

    def load_take(self, path: Path) -> Take:
        from pipeline.take.file import load_take

        return load_take(path)

    def save_take(self, take: Take, path: Path) -> None:
        from pipeline.take.file import save_take

        save_take(take, path)

    def export(
        self,
        take: Take,
        folder: Path,
        stem: str,
        formats: Sequence[str],
        options: ExportOptions,
        cancel: CancelToken,
        progress: Callable[[Progress], None],
    ) -> list[Path]:
        from pipeline.export.base import Watch
        from pipeline.export.export_take import export_take

        return export_take(take, folder, stem, formats, options, Watch(cancel, progress))

    def video_suffixes(self) -> Sequence[str]:
        from pipeline.sources.open import VIDEO_SUFFIXES

        return sorted(VIDEO_SUFFIXES)

    def devices(self) -> Sequence[tuple[str, str]]:
        return [
            ("auto", "Automatic"),
            ("cpu", "Processor (CPU)"),
            ("cuda", "NVIDIA GPU (CUDA)"),
            ("mps", "Apple GPU (Metal)"),
        ]
