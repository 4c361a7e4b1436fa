"""Replace `app.backend.library` by one that answers at once, with switches for failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.backend import inputs
from app.backend.checkpoint_info import Assumption, FoundCheckpoint, RecipeCost
from pipeline.core.camera import at_recorded_rate, turned_info
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiftConfig, RunConfig
from pipeline.core.errors import Cancelled, ConfigError, ModelError, NoPersonError, SourceError, TakeError
from pipeline.core.export_options import ExportOptions
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.take import Finding, LiftedTrack, Progress, Take, Track3D
from pipeline.model_info import DetectorInfo, LifterInfo
from pipeline.take.provenance import with_settings
from tests.helpers.fakes import HALVING, FakeSource, make_take, walking
from tests.helpers.live.fake_live import FakeLive, Tell


class FakeEngine:
    """Replace the loaded models; loads nothing."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class FakeLibrary(FakeLive):
    """Provide all functions of `Library`; with `hold` a run waits after its first partial take.

    It waits until `release` or a cancel. A run raises `fail` if that is set.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.hold = False
        self.fail: BaseException | None = None
        self.configs: list[RunConfig] = []
        self.lifts: list[tuple[tuple[int, ...], RunConfig]] = []  # persons and config of each re-lift
        self.finishes: list[RunConfig] = []
        self.engines: list[FakeEngine] = []
        self.sources: list[FakeSource] = []
        self.no_hands = ""  # why hands cannot be looked for
        self.gpus: tuple[str, ...] = ()
        self.rates_hz: list[float | None] = []  # given with each source that was opened
        self.export_gate = threading.Event()  # which an export waits for
        self.export_gate.set()
        self.install_gate = threading.Event()  # which an installation waits for
        self.exports: list[tuple[Path, str, tuple[str, ...], ExportOptions]] = []
        self.findings: Callable[[RunConfig], tuple[Finding, ...]] | None = None  # of the next runs
        self.before_run: Callable[[], object] = lambda: None
        self.known_lifters = [
            LifterInfo("fake", "Fake lifter", "mixste", "MixSTE", 243, 6, HALVING, default=True),
            LifterInfo("centre", "Fake centre lifter", "mhformer", "MHFormer", 351, 3, PruneConfig(), seq2frame=True),
        ]
        self.known_detectors = [
            DetectorInfo("auto", "Fake automatic"),
            DetectorInfo("mediapipe", "Fake embedded", recommended_for=("live",), advice="It is the quickest."),
            DetectorInfo(
                "rtmpose-m", "Fake RTMPose", "Not here.", installed=False, size_bytes=54_000_000, downloadable=True,
                licence="none", family="RTMPose", cpu_ms=52,
            ),
        ]  # fmt: skip
        self.added_detectors: list[tuple[Path, str]] = []
        # Changes the joints that a run with this `LiftConfig` gives, for tests that compare two recipes.
        self.shape: Callable[[LiftConfig, np.ndarray], np.ndarray] = lambda lift, joints: joints
        self.costs: list[tuple[str, PruneConfig | None]] = []
        self.adopted: list[tuple[Path, str, dict[str, str]]] = []
        self.download_waits = False
        self.download_cancelled = False
        self._release = threading.Event()

    def hands_missing(self) -> str:
        return self.no_hands

    def face_missing(self) -> str:
        return ""

    def release(self) -> None:
        self._release.set()

    def open_source(self, path: Path, fps: float | None = None) -> FakeSource:
        self.rates_hz.append(fps)
        if "*" not in path.name and not path.is_dir() and (not path.is_file() or path.stat().st_size == 0):
            raise SourceError(f"{path.name} cannot be opened.", "Choose a video file.")
        source = FakeSource(path)
        self.sources.append(source)
        return source

    is_plain = staticmethod(inputs.is_plain)
    find_inputs = staticmethod(inputs.find_inputs)

    def sample_video(self) -> Path:
        path = self.folder / "sample.mp4"
        path.write_bytes(b"x")
        return path

    def models(self) -> FakeEngine:
        self.engines.append(FakeEngine())
        return self.engines[-1]

    def _wait(self, tell: Tell, cancel: CancelToken, waiting: Progress) -> None:
        while self.hold and not self._release.is_set():
            cancel.check()
            time.sleep(0.005)
            tell(waiting)
        cancel.check()

    def lift(
        self,
        path: Path,
        *,
        fps: float | None = None,
        config: RunConfig,
        progress: Tell,
        partial: Callable[[Take], None],
        cancel: CancelToken,
        models: Any,
    ) -> Take:
        source = self.open_source(path, fps)
        try:
            return self._lifted(source, config, progress, partial, cancel)
        finally:
            source.close()

    def _lifted(
        self, source: FakeSource, config: RunConfig, tell: Tell, partial: Callable[[Take], None], cancel: CancelToken
    ) -> Take:
        self.configs.append(config)
        tell(Progress("prepare", 0, 0, "Loading models"))
        self.before_run()
        if self.fail is not None:
            raise self.fail
        info = turned_info(at_recorded_rate(source.info, config.recorded_fps), config.scene.turn_deg)
        start_s, end_s = (None if at is None else at * info.slow_motion for at in (config.start_s, config.end_s))
        index = [frame.index for frame in source.frames(start_s, end_s)]
        if not index:
            raise NoPersonError("Nobody was found.", "Choose another video.")
        persons = (1, 2) if config.persons == "all" else config.persons or (1,)
        for done in range(len(index) // 2):
            cancel.check()
            tell(Progress("detect", done, len(index)))
        prune = HALVING if config.lift.prune is None else config.lift.prune
        half = len(index) // 2
        partial(make_take(info, persons[:1], half, index[0], complete=False, prune=prune, config=config))
        self._wait(tell, cancel, Progress("detect", half, len(index)))
        tell(Progress("finish", 0, 1, "Smoothing"))
        take = make_take(info, persons, len(index), index[0], prune=prune, config=config)
        if self.findings and take.scene is not None:
            take = replace(take, scene=replace(take.scene, findings=self.findings(config)))
        return replace(
            take, tracks3d=tuple(replace(t, joints=self.shape(config.lift, t.joints)) for t in take.tracks3d)
        )

    def relift(
        self, take: Take, persons: Sequence[int], config: RunConfig, progress: Tell, cancel: CancelToken, models: Any
    ) -> Take:
        """Return walking people where their 2D is seen."""
        self.lifts.append((tuple(persons), config))
        progress(Progress("lift", 0, take.frame_count))
        self._wait(progress, cancel, Progress("lift", 1, take.frame_count))
        if self.fail is not None:
            raise self.fail
        tracks, lifted = [], []
        for track in take.tracks2d:
            known = take.track3d(track.person)
            if known is None and track.person not in persons:
                continue
            joints = np.where(track.seen[:, None, None], walking(len(track.seen), 0.5 * track.person), np.nan)
            scores = track.seen[:, None] * np.ones(17)
            again = Track3D(
                track.person,
                track.frame_index,
                track.time_s,
                joints.astype(np.float32),
                scores.astype(np.float32),
                "world",
            )
            tracks.append(again if track.person in persons or known is None else known)
            lifted.append(LiftedTrack(track.person, tracks[-1].joints - tracks[-1].joints[:, :1], 1.55))
        provenance = with_settings(take.provenance, config)
        return replace(take, tracks3d=tuple(tracks), lifted=tuple(lifted), provenance=provenance)

    def refinish(self, take: Take, config: RunConfig) -> Take:
        """Set the camera's pitch to the value of the settings, else to 3 degrees."""
        self.finishes.append(config)
        assert take.scene is not None
        pitch, roll = config.scene.pitch_deg, config.scene.roll_deg
        scene = replace(take.scene, pitch_deg=3.0 if pitch is None else pitch, roll_deg=roll or 0.0)
        return replace(take, scene=scene, provenance=with_settings(take.provenance, config))

    def export(
        self,
        take: Take,
        folder: Path,
        stem: str,
        formats: Sequence[str],
        options: ExportOptions,
        progress: Tell,
        cancel: CancelToken,
    ) -> list[Path]:
        self.exports.append((folder, stem, tuple(formats), options))
        while not self.export_gate.wait(0.005):  # as an export that takes long
            cancel.check()
            progress(Progress("export", 30, 120, "overlay"))
        return super().export(take, folder, stem, formats, options, progress, cancel)

    def with_video(self, take: Take, path: Path) -> Take:
        """Take the file of the same name for the video."""
        if path.name != take.info.name:
            raise TakeError(f"{path.name} is not the video.", "Choose that one.")
        return replace(take, info=replace(take.info, path=str(path)))

    def devices(self) -> tuple[str, ...]:
        return self.gpus

    def video_suffixes(self) -> Sequence[str]:
        return [".mp4"]

    def other_suffixes(self) -> Sequence[str]:
        return [".npz"]

    def lifters(self, check: bool = False) -> Sequence[LifterInfo]:
        return list(self.known_lifters)

    def cost(self, lifter: str, prune: PruneConfig | None) -> RecipeCost:
        """Return a cost that each stage halves."""
        self.costs.append((lifter, prune))
        stages = len(self.known_lifters[0].prune.schedule if prune is None else prune.schedule)
        return RecipeCost(8.0 * 0.5**stages, 8.0)

    def recognise(self, path: Path, corrections: Mapping[str, str]) -> FoundCheckpoint:
        if path.read_bytes()[:4] == b"evil":
            raise ModelError(f"{path.name} holds no weights.", "Choose a checkpoint file.")
        heads = corrections.get("heads", "8")
        if not heads.isdigit() or 512 % int(heads):
            raise ModelError(f"512 channels cannot be shared by {heads} heads.", "Choose a divisor of 512.")
        return FoundCheckpoint(
            path, "MixSTE, 243 frames, 512 channels", ("33.8 M parameters.",), ("8 heads, as published.",),
            (
                Assumption("heads", "Attention heads", "number", heads),
                Assumption("seq2frame", "Gives a pose", "choice", "no", (("no", "every frame"), ("yes", "centre"))),
            ),
            tuple(corrections.items()),
        )  # fmt: skip

    def add_lifter(self, path: Path, name: str, corrections: Mapping[str, str]) -> str:
        if any(lifter.name == name for lifter in self.known_lifters):
            raise ConfigError(f"There is a lifter called {name} already.", "Choose another name.")
        self.adopted.append((path, name, dict(corrections)))
        self.known_lifters.append(LifterInfo(name, name, "mixste", "MixSTE", 243, 8, added=True))
        return name

    def remove(self, name: str) -> None:
        self.known_lifters = [lifter for lifter in self.known_lifters if lifter.name != name]
        self.known_detectors = [one for one in self.known_detectors if one.name != name]

    def download(self, name: str, *, progress: Callable[[int, int], None], cancel: CancelToken) -> None:
        """Download; with `download_waits` stop at half of it until cancelled."""
        progress(50_000, 100_000)
        try:
            while self.download_waits:
                cancel.check()
                time.sleep(0.005)
        except Cancelled:
            self.download_cancelled = True
            raise
        progress(100_000, 100_000)
        self.known_lifters = [
            replace(lifter, state="installed") if lifter.name == name else lifter for lifter in self.known_lifters
        ]
        self.known_detectors = [
            replace(one, reason="", installed=True) if one.name == name else one for one in self.known_detectors
        ]

    def install_fbx(self, ask: Callable[[], None]) -> None:
        while not self.install_gate.wait(0.005):  # as pip, which takes minutes
            ask()
        if self.fail is not None:
            raise self.fail

    def detectors(self, check: bool = False) -> Sequence[DetectorInfo]:
        return list(self.known_detectors)

    def add_detector(self, checkpoint: Path, config: str) -> str:
        if "nothing" in config:
            raise ModelError(f"There is no config {config}.", "Check its name.")
        self.added_detectors.append((checkpoint, config))
        self.known_detectors.append(DetectorInfo(checkpoint.stem, checkpoint.stem, added=True))
        return checkpoint.stem
