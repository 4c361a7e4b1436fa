"""Make a synthetic video, and takes of two walking people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.core.camera import Camera, Frame, VideoInfo
from pipeline.core.config import RunConfig
from pipeline.core.geometry import rotation_world_from_camera
from pipeline.core.poses import PersonTrack
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.take import LiftedTrack, SceneEstimate, Take, TokenStages, Track3D

WIDTH, HEIGHT, FPS, COUNT = 320, 180, 30.0, 60
HALVING = PruneConfig("TPS", ((2, 121), (4, 61)), "TRI")  # the recipe of the fake lifter


def walking(count: int, x: float = 0.0) -> np.ndarray:
    """Return (count, 17, 3) world, metres: an upright body that walks along +y."""
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
    """Return a take of two people in 2D, `persons` of them in 3D.

    Stages keep their share of a window of 243 frames, spread evenly.
    """
    index = np.arange(start, start + count, dtype=np.int64)
    times = index / info.fps_hz
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
    """Deliver frames whose brightness is their index."""

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
