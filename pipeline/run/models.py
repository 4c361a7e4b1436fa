"""Keep loaded models: several files in one call, or runs in one window, share one start-up."""

from __future__ import annotations

import dataclasses
import threading
from types import TracebackType
from typing import TYPE_CHECKING

from ..core.concurrency import IMPORT_LOCK
from ..core.config import DetectConfig, LiftConfig
from ..detect.base import Detector
from ..lift.base import WindowLifter
from ..system.memory import share_heaps

if TYPE_CHECKING:
    from ..lift.host_lifter import HostLifter


class Engine:
    """Create detectors and lifters on demand and keep the last one of each; `close` frees them."""

    def __init__(self) -> None:
        share_heaps()  # the threads of every run start after this
        self._lock = threading.Lock()  # the lifter is asked for in the lift thread
        self._detector: tuple[DetectConfig, Detector] | None = None
        self._lifter: tuple[LiftConfig, HostLifter] | None = None

    def detector(self, config: DetectConfig) -> Detector:
        """Return the detector of `config`, loading it if needed.

        Raises `ConfigError` for an unknown name, `ModelError` for one that cannot be used here.
        """
        with IMPORT_LOCK, self._lock:
            import cv2  # noqa: F401 - the first crop needs it, while the lift thread imports torch

            from ..detect.create import create_detector

            if self._detector is None or self._detector[0] != config:
                if self._detector is not None:
                    self._detector[1].close()
                    self._detector = None
                self._detector = (config, create_detector(config))
            return self._detector[1]

    def lifter(self, config: LiftConfig) -> WindowLifter:
        """Return the lifter of `config`, loading it if needed.

        If only the pruning differs from the last one's, its weights are used again: no file is read. Raises
        `ConfigError` for an unknown name, `ModelError` for missing or damaged weights, or a pruning schedule that does
        not fit.
        """
        with IMPORT_LOCK, self._lock:
            from ..lift.host_lifter import create_lifter

            if self._lifter is not None and self._lifter[0] != config:
                before, last = self._lifter
                if dataclasses.replace(before, prune=config.prune) == config:
                    self._lifter = (config, last.with_prune(config.prune))  # unfit: the last one stays
                else:
                    self._lifter = None
                last.close()
            if self._lifter is None:
                self._lifter = (config, create_lifter(config))
            return self._lifter[1]

    def close(self) -> None:
        with self._lock:
            if self._detector is not None:
                self._detector[1].close()
            if self._lifter is not None:
                self._lifter[1].close()
            self._detector = self._lifter = None

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
