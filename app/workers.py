"""The window's threads. Each is started and joined by the controller; none is ever terminated.

Topology: JobThread (one per run) and PlayerThread (one per opened video) write what they have into a
`flow.LatestSlot`; a QTimer of the receiving side looks into the slot 30 to 60 times a second. Qt signals carry only
small things that happen once (opened, done, failed). Back-pressure: a slot holds one item, the newest wins, so a slow
window never makes a queue grow. Receivers are slots of QObjects in the main thread, so signals are queued.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, QSize, Qt, QThread, Signal
from PySide6.QtGui import QImage

from app.backend import Backend
from pipeline.config import RunConfig
from pipeline.errors import Cancelled, UserError
from pipeline.export.base import Watch
from pipeline.flow import CancelToken, Closed, LatestSlot
from pipeline.sources.base import FrameSource
from pipeline.types import Frame, Progress, Take, VideoInfo

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """A decoded frame as the view paints it: scaled to the view's pixels, ready to blit."""

    index: int
    time_s: float
    image: QImage


class PixelLess(Protocol):
    """2D joints found elsewhere: a source without pictures."""

    @property
    def info(self) -> VideoInfo: ...

    def close(self) -> None: ...


class EngineHolder:
    """Keeps the models loaded between runs. Made in the first job's thread, closed by the controller."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._engine: Any = None

    def get(self) -> Any:
        if self._engine is None:
            self._engine = self._make()
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is over: the video at `path`, or, if `take` is there, its 2D, of which `persons` are lifted again, or
    the 2D of the live recording in the folder `recording`."""

    config: RunConfig
    path: Path | None = None
    take: Take | None = None
    persons: tuple[int, ...] = ()
    recording: Path | None = None


class JobThread(QThread):
    """One run, with a decoder of its own if it is over a video. `generation` lets the receiver drop stale news."""

    succeeded = Signal(int, object)  # generation, Take
    stopped = Signal(int)
    failed = Signal(int, object)  # generation, UserError
    broke = Signal(int, object)  # generation, Exception: a bug

    def __init__(self, generation: int, backend: Backend, engine: EngineHolder, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("job")
        self.generation = generation
        self.progress: LatestSlot[Progress] = LatestSlot()
        self.partial: LatestSlot[Take] = LatestSlot()
        self._backend, self._engine, self._work = backend, engine, work
        self._cancel = CancelToken()

    def cancel(self) -> None:
        self._cancel.cancel()

    def run(self) -> None:
        try:
            take = self._analyse()
        except Cancelled:
            self.stopped.emit(self.generation)
        except UserError as error:
            log.info("run failed: %s", error)
            self.failed.emit(self.generation, error)
        except Exception as error:
            log.exception("bug in a run")
            self.broke.emit(self.generation, error)
        else:
            self.succeeded.emit(self.generation, take)

    def _analyse(self) -> Take:
        self.progress.put(Progress("prepare", 0, 0))
        work = self._work
        if work.take is not None:
            self._cancel.check()
            again = self._backend.lift_again(work.take, work.persons, work.config, self._cancel, self._engine.get())
            return self._last_of(again)
        if work.recording is not None:
            self._cancel.check()
            return self._last_of(self._backend.relift(work.recording, work.config, self._cancel, self._engine.get()))
        assert work.path is not None, "a run is over a video or over a take"
        source = self._backend.open_source(work.path)
        try:
            self._cancel.check()
            return self._last_of(self._backend.analyse(source, work.config, self._cancel, self._engine.get()))
        finally:
            source.close()

    def _last_of(self, steps: Iterator[Progress | Take]) -> Take:
        last: Take | None = None
        try:
            for step in steps:
                self._cancel.check()
                if isinstance(step, Progress):
                    self.progress.put(step)
                else:
                    last = step
                    if not step.complete:
                        self.partial.put(step)
        finally:
            close = getattr(steps, "close", None)
            if close is not None:
                close()
        if last is None or not last.complete:
            raise RuntimeError("the run ended without a take")
        return last


class PlayerThread(QThread):
    """Opens a video and decodes the frame that was asked for last. Requests in, `ShownFrame`s out, one slot each."""

    opened = Signal(int, object)  # generation, VideoInfo
    failed = Signal(int, object)  # generation, UserError
    broke = Signal(int, object)

    def __init__(self, generation: int, backend: Backend, path: Path | None, parent: QObject) -> None:
        """`path` None opens the sample video."""
        super().__init__(parent)
        self.setObjectName("player")
        self.generation = generation
        self.frames: LatestSlot[ShownFrame] = LatestSlot()
        self._wanted: LatestSlot[tuple[float, QSize]] = LatestSlot()
        self._backend, self._path = backend, path

    @property
    def is_sample(self) -> bool:
        return self._path is None

    def request(self, time_s: float, size: QSize) -> None:
        """Ask for the frame at `time_s`, to be shown in `size` device pixels. An older, unserved request is dropped."""
        try:
            self._wanted.put((time_s, size))
        except Closed:
            log.debug("frame asked of a closed player")

    def close(self) -> None:
        self._wanted.close()

    def run(self) -> None:
        try:
            path = self._path or self._backend.sample()
            source = self._backend.open_source(path)
            try:
                self.opened.emit(self.generation, source.info)
                self._serve(source)
            finally:
                source.close()
        except UserError as error:
            log.info("cannot show the video: %s", error)
            self.failed.emit(self.generation, error)
        except Exception as error:
            log.exception("bug in the player")
            self.broke.emit(self.generation, error)
        finally:
            self._wanted.close()
            self.frames.close()

    def _serve(self, source: FrameSource | PixelLess) -> None:
        while True:
            try:
                wanted = self._wanted.get()
            except Closed:
                return
            if wanted is not None:
                time_s, size = wanted
                if isinstance(source, FrameSource):
                    self.frames.put(shown(source.frame_at(time_s), size))
                else:
                    self.frames.put(blank(source.info, time_s))


def shown(frame: Frame, size: QSize) -> ShownFrame:
    """Scale `frame` to fit into `size` device pixels (never up) and make it the format that paints fastest."""
    height, width = frame.bgr.shape[:2]
    image = QImage(frame.bgr.data, width, height, frame.bgr.strides[0], QImage.Format.Format_BGR888)
    if size.isValid() and (width > size.width() or height > size.height()):
        image = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    # convertToFormat copies: the picture outlives the decoder's buffer.
    return ShownFrame(frame.index, frame.time_s, image.convertToFormat(QImage.Format.Format_RGB32))


class TaskThread(QThread):
    """Runs one short function (save, load) away from the window."""

    done = Signal(object, object)  # the thread itself, result
    stopped = Signal(object)  # the thread itself
    failed = Signal(object, object)  # the thread itself, UserError
    broke = Signal(object, object)

    def __init__(self, name: str, work: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._work = work

    def run(self) -> None:
        try:
            result = self._work()
        except Cancelled:
            self.stopped.emit(self)
        except UserError as error:
            self.failed.emit(self, error)
        except Exception as error:
            log.exception("bug in %s", self.objectName())
            self.broke.emit(self, error)
        else:
            self.done.emit(self, result)


class ExportThread(TaskThread):
    """Writes files, which may take minutes: says how far it is, and can be cancelled."""

    def __init__(self, work: Callable[[Watch], list[Path]], parent: QObject) -> None:
        self.progress: LatestSlot[Progress] = LatestSlot()
        self._cancel = CancelToken()
        watch = Watch(self._cancel, self.progress.put)
        super().__init__("export", lambda: work(watch), parent)

    def cancel(self) -> None:
        self._cancel.cancel()


def blank(info: VideoInfo, time_s: float) -> ShownFrame:
    """An empty picture for sources that have joints but no pixels."""
    image = QImage(16, 9, QImage.Format.Format_RGB32)
    image.fill(0xFF1B1F26)
    index = int((time_s + 0.0005) * info.fps_hz)
    return ShownFrame(index, time_s, image)


__all__ = [
    "EngineHolder",
    "ExportThread",
    "JobThread",
    "PlayerThread",
    "ShownFrame",
    "TaskThread",
    "VideoInfo",
    "Work",
    "shown",
]
