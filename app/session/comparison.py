"""Lift the same 2D with a second recipe in the background, and compare the two results.

The second result is only displayed: it is neither saved into the take nor exported.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.session.runner import Runner
from app.settings import Settings
from app.threads.job_thread import Work
from pipeline.core.arrays import Floats
from pipeline.core.config import RunConfig
from pipeline.core.errors import UserError
from pipeline.core.take import Take, Track3D
from pipeline.take.edit import edited


@dataclass(frozen=True, slots=True)
class Ghost:
    """Hold a person lifted with the other recipe, moved so that both pelvises coincide."""

    joints: Floats  # (T, 17, 3) world, metres, rows as in the take; NaN where one of the two is not known
    difference_mm: Floats  # (T,) mean over the joints, NaN where not known


def ghost(first: Track3D, second: Track3D) -> Ghost:
    """Compare `second` with `first`, matched by frame number; distances are root-aligned MPJPE."""
    joints = np.full_like(first.joints, np.nan)
    _, mine, other = np.intersect1d(first.frame_index, second.frame_index, assume_unique=True, return_indices=True)
    moved = second.joints[other] - second.joints[other, :1] + first.joints[mine, :1]
    joints[mine] = moved
    difference = np.linalg.norm(joints - first.joints, axis=2).mean(axis=1) * 1000
    return Ghost(joints, difference.astype(np.float32))


def ghosts(first: Take, second: Take) -> dict[int, Ghost]:
    """Return person -> ghost for the persons in both takes."""
    pairs = ((track, second.track3d(track.person)) for track in first.tracks3d)
    return {track.person: ghost(track, other) for track, other in pairs if other is not None}


def _tracks(take: Take) -> object:
    """Return a key that is equal for takes with the same persons."""
    return take.provenance.get("edits", [])


class Stage(enum.Enum):
    """List the states; WAITING is for a first run, FAILED is shown in the banner."""

    OFF = "off"
    WAITING = "waiting"
    LIFTING = "lifting"
    READY = "ready"
    FAILED = "failed"


class Comparer(QObject):
    """Keep `ghosts` up to date with take and other recipe while on; for the main thread."""

    changed = Signal()  # stage or ghosts
    failed = Signal(object)  # UserError
    broke = Signal(object)  # Exception: a bug

    def __init__(self, settings: Settings, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage = Stage.OFF
        self.ghosts: Mapping[int, Ghost] = {}
        self._settings, self._runner = settings, runner
        self._take: Take | None = None
        self._path: Path | None = None
        self._config: RunConfig | None = None  # that made the take
        self._wanted: RunConfig | None = None  # for the other recipe, being lifted
        self._other: tuple[RunConfig, Path, Take] | None = None  # the last result
        runner.finished.connect(self._finished)
        runner.failed.connect(self._run_failed)
        runner.broke.connect(self._run_broke)

    @property
    def enabled(self) -> bool:
        return self.stage is not Stage.OFF

    def set_enabled(self, on: bool) -> None:
        if on != self.enabled:
            self._show(Stage.WAITING if on else Stage.OFF)
            if on:
                self.refresh()
            else:
                self.stop()
                self._other = None

    def set_take(self, take: Take | None, path: Path | None, config: RunConfig | None) -> None:
        """Set the complete take to compare with, its video and configuration; None: nothing for now."""
        if take is self._take and path == self._path:
            return
        self._take, self._path, self._config = take, path, config
        self.refresh()

    def stop(self) -> None:
        """Stop lifting, so that another run can use the models."""
        self._wanted = None
        self._runner.drop()

    @Slot()
    def refresh(self) -> None:
        """Lift what is missing after the take or the other recipe changed."""
        if not self.enabled:
            return
        take, path, config = self._take, self._path, self._config
        if take is None or path is None or config is None:
            self.stop()
            self._show(Stage.WAITING)
            return
        try:
            lift = self._settings.compare.lift_config(config.lift)
        except UserError as error:
            self._run_failed(error)
            return
        # The same people as in the take.
        persons = tuple(track.person for track in take.tracks3d)
        wanted = dataclasses.replace(config, lift=lift, persons=persons)
        other = self._other
        if other is not None and other[:2] == (wanted, path) and _tracks(other[2]) == _tracks(take):
            self.stop()
            self._show(Stage.READY, ghosts(take, other[2]))
        elif self._wanted != wanted:
            self._show(Stage.LIFTING)
            self._wanted = wanted
            # An edited take has other tracks than a run over its video would give.
            own = edited(take)
            rate_hz = take.info.fps_hz / take.info.slow_motion
            self._runner.start(Work(wanted, path, take if own else None, persons if own else (), rate_hz=rate_hz))

    @Slot(object)
    def _finished(self, other: Take) -> None:
        if self._wanted is None or self._path is None or self._take is None:
            return
        self._other, self._wanted = (self._wanted, self._path, other), None
        self._show(Stage.READY, ghosts(self._take, other))

    @Slot(object)
    def _run_failed(self, error: UserError) -> None:
        self.stop()
        self._show(Stage.FAILED)
        self.failed.emit(error)

    @Slot(object)
    def _run_broke(self, error: Exception) -> None:
        self.stop()
        self._show(Stage.FAILED)
        self.broke.emit(error)

    def _show(self, stage: Stage, found: Mapping[int, Ghost] | None = None) -> None:
        self.stage, self.ghosts = stage, found or {}
        self.changed.emit()
