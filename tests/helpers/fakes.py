"""A library that answers at once: a synthetic video, two walking people, and switches for what goes wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.backend.detector_info import DetectorRow
from app.backend.lifter_info import Assumption, FoundCheckpoint, LifterInfo, RecipeCost
from app.backend.live import LiveWish, PipelineLive
from pipeline.core.camera import Camera, Frame, VideoInfo
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiftConfig, RunConfig
from pipeline.core.errors import Cancelled, ConfigError, ModelError, NoPersonError, SourceError
from pipeline.core.geometry import rotation_world_from_camera
from pipeline.core.live import LiveResult
from pipeline.core.poses import PersonTrack
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.take import LiftedTrack, Progress, SceneEstimate, Take, TokenStages, Track3D
from pipeline.export.base import ExportOptions, Watch
from pipeline.live.engine import LiveEngine
from pipeline.take.provenance import with_settings
from tests.helpers.live.fakes import FakeCamera, FakeDetector, FakeModels

WIDTH, HEIGHT, FPS, COUNT = 320, 180, 30.0, 60
HALVING = PruneConfig("TPS", ((2, 121), (4, 61)), "TRI")  # the fake lifter's own recipe


def walking(count: int, x: float = 0.0) -> np.ndarray:
    """(count, 17, 3) world metres: an upright body that walks along +y."""
    rest = np.array(
        [
            (0, 0, 0.9), (-0.1, 0, 0.9), (-0.1, 0, 0.5), (-0.1, 0, 0.08), (0.1, 0, 0.9), (0.1, 0, 0.5), (0.1, 0, 0.08),
            (0, 0, 1.15), (0, 0, 1.4), (0, -0.1, 1.55), (0, 0, 1.7), (0.18, 0, 1.4), (0.3, 0, 1.15), (0.35, 0, 0.9),
            (-0.18, 0, 1.4), (-0.3, 0, 1.15), (-0.35, 0, 0.9),
        ]
    )  # fmt: skip
    path = np.zeros((count, 1, 3))
    path[:, 0, 0], path[:, 0, 1] = x, np.arange(count) * 0.02
    return (rest[None] + path).astype(np.float32)


def make_take(
    info: VideoInfo,
    persons: Sequence[int] = (1,),
    count: int = COUNT,
    start: int = 0,
    complete: bool = True,
    prune: PruneConfig = HALVING,
    config: RunConfig | None = None,
) -> Take:
    """Two people in 2D, `persons` of them in 3D; stages keep their share of frames of a window of 243, evenly."""
    index = np.arange(start, start + count, dtype=np.int64)
    times = index / FPS
    rotation = rotation_world_from_camera(0.0)
    scene = SceneEstimate(
        Camera.assumed((WIDTH, HEIGHT)).fov_deg, 0.0, rotation, np.array([0.0, -4.0, 1.2]), {"fov": "assumed"}
    )
    tracks2d, tracks3d = [], []
    for person in (1, 2):
        joints = walking(count, x=1.2 * (person - 1))
        image = np.stack([joints[..., 0] * 90 + 110, 160 - joints[..., 2] * 85], axis=-1).astype(np.float32)
        scores = np.ones((count, 17), np.float32)
        tracks2d.append(PersonTrack.of(person, index, times, image, scores, "h36m17"))
        if person in persons:
            tracks3d.append(Track3D(person, index, times, joints, scores, "world"))
    kept = np.zeros((len(prune.schedule), count), np.bool_)
    for stage, (_, keep) in enumerate(prune.schedule):
        kept[stage, np.linspace(0, count - 1, max(1, round(count * keep / 243))).round().astype(int)] = True
    blocks = tuple(block for block, _ in prune.schedule)
    stages = tuple(TokenStages(person, blocks, kept) for person in persons) if blocks else ()
    lifted = tuple(LiftedTrack(t.person, t.joints - t.joints[:, :1], 1.55) for t in tracks3d)
    provenance = {"made": "by a fake", "config": (config or RunConfig()).to_json()}
    return Take(info, tuple(tracks2d), tuple(tracks3d), scene, provenance, complete, stages, lifted)


class FakeSource:
    """Frames whose brightness is their index."""

    def __init__(self, path: Path) -> None:
        self.info = VideoInfo(path.name, str(path), WIDTH, HEIGHT, FPS, COUNT, COUNT / FPS, content_key=path.name)
        self.closed = False

    def _frame(self, index: int) -> Frame:
        return Frame(index, index / FPS, np.full((HEIGHT, WIDTH, 3), index, np.uint8))

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        for index in range(COUNT):
            if (start_s or 0) <= index / FPS < (end_s if end_s is not None else 1e9):
                yield self._frame(index)

    def frame_at(self, time_s: float) -> Frame:
        return self._frame(min(max(int((time_s + 0.0005) * FPS), 0), COUNT - 1))

    def close(self) -> None:
        self.closed = True


class FakeEngine:
    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class FakeStream:
    """Counts what it is sent."""

    def __init__(self, url: str) -> None:
        self.url, self.sent, self.dropped, self.notice, self.closed = url, 0, 0, "", False

    def send(self, result: LiveResult) -> None:
        self.sent += 1

    def close(self) -> None:
        self.closed = True


class FakeLive:
    """The live part of `FakeBackend`: the real engine with the camera and the models of `tests.helpers.live.fakes`,
    real recordings, and a lifting again that is quick."""

    def __init__(self) -> None:
        self.known_cameras = [("0", "0: Fake camera")]
        self.camera: Callable[[], Any] = FakeCamera
        self.detector = FakeDetector()
        self.wishes: list[LiveWish] = []
        self.streams: list[FakeStream] = []
        self.relifted: list[tuple[Path, RunConfig]] = []
        self.gpu = ""

    def cameras(self) -> Sequence[tuple[str, str]]:
        return list(self.known_cameras)

    def make_live(self, wish: LiveWish, models: Any) -> LiveEngine:
        self.wishes.append(wish)
        if wish.source == "nothing":
            raise SourceError("There is no camera 'nothing'.", "Plug one in.")
        return LiveEngine(self.camera, wish.config, FakeModels(self.detector))  # type: ignore[arg-type]

    make_recorder, recover, unfinished = PipelineLive.make_recorder, PipelineLive.recover, PipelineLive.unfinished

    def open_stream(self, url: str) -> FakeStream:
        if "nobody" in url:
            raise ConfigError(f"Nothing streams to '{url}'.", "Known: vmc://.")
        self.streams.append(FakeStream(url))
        return self.streams[-1]

    def relift(self, folder: Path, config: RunConfig, cancel: CancelToken, engine: Any) -> Iterator[Progress | Take]:
        self.relifted.append((folder, config))
        yield Progress("lift", 0, COUNT)
        info = VideoInfo("video.mkv", str(folder / "video.mkv"), WIDTH, HEIGHT, FPS, COUNT, COUNT / FPS)
        yield make_take(info, (1, 2), config=config)

    def gpu_warning(self) -> str:
        return self.gpu


class FakeBackend(FakeLive):
    """`hold` set: a run waits after its first partial take until `release`d or cancelled. `fail` is raised in a run."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.hold = False
        self.fail: BaseException | None = None
        self.configs: list[RunConfig] = []
        self.lifts: list[tuple[tuple[int, ...], RunConfig]] = []  # persons and config of each lifting again
        self.finishes: list[RunConfig] = []
        self.engines: list[FakeEngine] = []
        self.sources: list[FakeSource] = []
        self.export_gate = threading.Event()  # an export waits for it
        self.export_gate.set()
        self.exports: list[tuple[Path, str, tuple[str, ...], ExportOptions]] = []
        self.before_run: Callable[[], object] = lambda: None
        self.known_lifters = [
            LifterInfo("fake", "Fake lifter", "mixste", "MixSTE", 243, 6, HALVING, default=True),
            LifterInfo("centre", "Fake centre lifter", "mhformer", "MHFormer", 351, 3, PruneConfig(), seq2frame=True),
        ]
        self.known_detectors = [
            DetectorRow("mediapipe", "Fake embedded"),
            DetectorRow("rtmpose-m", "Fake RTMPose", "Not here.", False, 54_000_000, True, details="Licence: none."),
        ]
        self.added_detectors: list[tuple[Path, str]] = []
        # What a run with this `LiftConfig` makes of a body: for tests that compare two recipes.
        self.shape: Callable[[LiftConfig, np.ndarray], np.ndarray] = lambda lift, joints: joints
        self.costs: list[tuple[str, PruneConfig | None]] = []
        self.adopted: list[tuple[Path, str, dict[str, str]]] = []
        self.download_waits = False
        self.download_cancelled = False
        self._release = threading.Event()

    def release(self) -> None:
        self._release.set()

    def open_source(self, path: Path) -> FakeSource:
        if not path.is_file() or path.stat().st_size == 0:
            raise SourceError(f"{path.name} cannot be opened.", "Choose a video file.")
        source = FakeSource(path)
        self.sources.append(source)
        return source

    def sample(self) -> Path:
        path = self.folder / "sample.mp4"
        path.write_bytes(b"x")
        return path

    def make_engine(self) -> FakeEngine:
        self.engines.append(FakeEngine())
        return self.engines[-1]

    def analyse(
        self, source: FakeSource, config: RunConfig, cancel: CancelToken, engine: Any
    ) -> Iterator[Progress | Take]:
        self.configs.append(config)
        yield Progress("prepare", 0, 0, "Loading models")
        self.before_run()
        if self.fail is not None:
            raise self.fail
        index = [frame.index for frame in source.frames(config.start_s, config.end_s)]
        if not index:
            raise NoPersonError("Nobody was found.", "Choose another video.")
        persons = (1, 2) if config.persons == "all" else config.persons or (1,)
        for done in range(len(index) // 2):
            yield Progress("detect", done, len(index))
        prune = HALVING if config.lift.prune is None else config.lift.prune
        yield make_take(source.info, persons[:1], len(index) // 2, index[0], complete=False, prune=prune, config=config)
        while self.hold and not self._release.is_set():
            cancel.check()
            time.sleep(0.005)
            yield Progress("detect", len(index) // 2, len(index))
        cancel.check()
        yield Progress("finish", 0, 1, "Smoothing")
        take = make_take(source.info, persons, len(index), index[0], prune=prune, config=config)
        yield replace(take, tracks3d=tuple(replace(t, joints=self.shape(config.lift, t.joints)) for t in take.tracks3d))

    def lift_again(
        self, take: Take, persons: Sequence[int], config: RunConfig, cancel: CancelToken, engine: Any
    ) -> Iterator[Progress | Take]:
        """Everyone walks again, where their 2D is seen."""
        self.lifts.append((tuple(persons), config))
        yield Progress("lift", 0, take.frame_count)
        while self.hold and not self._release.is_set():
            cancel.check()
            time.sleep(0.005)
            yield Progress("lift", 1, take.frame_count)
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
        yield replace(take, tracks3d=tuple(tracks), lifted=tuple(lifted), provenance=provenance)

    def refinish(self, take: Take, config: RunConfig) -> Take:
        """The camera is where the settings say, else it looks down by 3 degrees."""
        self.finishes.append(config)
        assert take.scene is not None
        pitch, roll = config.scene.pitch_deg, config.scene.roll_deg
        scene = replace(take.scene, pitch_deg=3.0 if pitch is None else pitch, roll_deg=roll or 0.0)
        return replace(take, scene=scene, provenance=with_settings(take.provenance, config))

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
        from pipeline.export.export_take import export_take

        watch = Watch(cancel, progress)
        self.exports.append((folder, stem, tuple(formats), options))
        while not self.export_gate.wait(0.005):  # like a video that takes long
            watch.step("overlay", 30, 120)
        return export_take(take, folder, stem, formats, options, watch)

    def video_suffixes(self) -> Sequence[str]:
        return [".mp4"]

    def lifters(self, check: bool = False) -> Sequence[LifterInfo]:
        return list(self.known_lifters)

    def cost(self, lifter: str, prune: PruneConfig | None) -> RecipeCost:
        """Half of it for every stage."""
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

    def adopt(self, path: Path, name: str, corrections: Mapping[str, str]) -> str:
        if any(lifter.name == name for lifter in self.known_lifters):
            raise ConfigError(f"There is a lifter called {name} already.", "Choose another name.")
        self.adopted.append((path, name, dict(corrections)))
        self.known_lifters.append(LifterInfo(name, name, "mixste", "MixSTE", 243, 8, added=True))
        return name

    def remove(self, name: str) -> None:
        self.known_lifters = [lifter for lifter in self.known_lifters if lifter.name != name]

    def download(self, name: str, progress: Callable[[int, int], None], cancel: CancelToken) -> None:
        """`download_waits`: half of it comes, then nothing until it is cancelled."""
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

    def detectors(self, check: bool = False) -> Sequence[DetectorRow]:
        return list(self.known_detectors)

    def add_detector(self, checkpoint: Path, config: str) -> str:
        if "nothing" in config:
            raise ModelError(f"There is no config {config}.", "Check its name.")
        self.added_detectors.append((checkpoint, config))
        self.known_detectors.append(DetectorRow(checkpoint.stem, checkpoint.stem, added=True))
        return checkpoint.stem

    def remove_detector(self, name: str) -> None:
        self.known_detectors = [one for one in self.known_detectors if one.name != name]

    def download_detector(self, name: str, progress: Callable[[int, int], None], cancel: CancelToken) -> None:
        self.download(name, progress, cancel)
        self.known_detectors = [
            replace(one, reason="", installed=True) if one.name == name else one for one in self.known_detectors
        ]

    def devices(self) -> Sequence[tuple[str, str]]:
        return [("auto", "Automatic"), ("cpu", "Processor")]
