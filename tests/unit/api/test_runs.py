"""Lifting through the api with a lifter that is quick: callbacks, stopping, joints of other detectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pipeline as hg
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled, ConfigError, SourceError
from pipeline.core.take import Progress
from pipeline.run.last_take import last_take
from tests.helpers.fakes import make_take
from tests.helpers.live.fakes import FIGURE, FakeModels

FRAMES = 90


@pytest.fixture
def joints() -> np.ndarray:
    """(T, 17, 2) px: a figure that walks to the right."""
    return (FIGURE + np.arange(FRAMES)[:, None, None] * [2, 0] + [200, 300]).astype(np.float32)


@pytest.fixture
def scores() -> np.ndarray:
    return np.full((FRAMES, 17), 0.9, np.float32)


def test_one_persons_joints_become_a_take(joints: np.ndarray, scores: np.ndarray) -> None:
    told: list[Progress] = []
    models = FakeModels()
    take = hg.lift_joints(
        joints, scores, fps=50, size=(1920, 1080), height_cm=160, progress=told.append, models=models, name="mine"
    )
    assert isinstance(take, hg.Take)
    assert take.info.name == "mine"
    assert take.people[0].joints_world.shape == (FRAMES, 17, 3)
    assert take.config.scene.height_cm == 160
    assert {"prepare", "detect", "finish"} <= {progress.stage for progress in told}
    assert not models.closed, "they stay the caller's"


def test_several_people_in_any_order(joints: np.ndarray, scores: np.ndarray) -> None:
    both = np.stack([joints, joints + [600, 0]], axis=1)
    both[1::2] = both[1::2, ::-1]
    take = hg.lift_joints(both, np.stack([scores, scores], 1), fps=30, size=(1920, 1080), models=FakeModels())
    assert [person.number for person in take.people] == [1, 2]
    one = hg.lift_joints(both, np.stack([scores, scores], 1), fps=30, size=(1920, 1080), people=2, models=FakeModels())
    assert [person.number for person in one.people] == [2]


def test_joints_in_another_order_are_noticed(joints: np.ndarray, scores: np.ndarray) -> None:
    """COCO's 17 joints taken for Human3.6M's: joint 8 is an elbow then."""
    coco = joints[:, [10, 10, 10, 9, 9, 11, 14, 12, 15, 13, 16, 4, 1, 5, 2, 6, 3]]
    with pytest.raises(ConfigError, match=r"not in the order of Human3\.6M") as caught:
        hg.lift_joints(coco, scores, fps=30, size=(1920, 1080), models=FakeModels())
    assert caught.value.fields == ("skeleton",)
    named = hg.lift_joints(coco, scores, fps=30, size=(1920, 1080), skeleton="coco17", models=FakeModels())
    assert len(named.people) == 1
    with pytest.raises(SourceError, match="joints_image"):
        hg.lift_joints(joints[:, :5], scores[:, :5], fps=30, size=(1920, 1080))


def test_a_run_is_stopped_by_a_function_or_a_token(joints: np.ndarray, scores: np.ndarray) -> None:
    for cancel in (lambda: True, CancelToken()):
        if isinstance(cancel, CancelToken):
            cancel.cancel()
        with pytest.raises(Cancelled):
            hg.lift_joints(joints, scores, fps=30, size=(1920, 1080), cancel=cancel, models=FakeModels())


class TestLastTake:
    def test_what_a_job_yields_goes_to_the_callbacks(self, take_steps: list) -> None:
        told, partial = [], []
        assert last_take(iter(take_steps), told.append, partial.append) is take_steps[-1]
        assert told == take_steps[:1]
        assert partial == take_steps[1:2]

    def test_the_job_is_closed_however_it_ends(self, take_steps: list) -> None:
        closed = []

        def job():
            try:
                yield from take_steps
            finally:
                closed.append(True)

        def fails(progress: Progress) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            last_take(job(), fails)
        token = CancelToken()
        token.cancel()
        with pytest.raises(Cancelled):
            last_take(job(), cancel=token)
        assert closed == [True, True]

    def test_a_job_without_a_take_is_a_bug(self, take_steps: list) -> None:
        with pytest.raises(RuntimeError, match="without a take"):
            last_take(iter(take_steps[:2]))

    @pytest.fixture
    def take_steps(self) -> list:
        info = hg.Take.of(make_take_info()).info
        return [Progress("detect", 1, 2), make_take(info, complete=False), make_take(info)]


def make_take_info():
    from pipeline.core.camera import VideoInfo

    return make_take(VideoInfo("walk.mp4", "", 320, 180, 30.0, 60, 2.0))


def test_a_rate_and_size_complete_files_of_other_programs() -> None:
    table = Path(__file__).parents[2] / "data/cases/deeplabcut.h5"
    source = hg.open_source(table, fps=50, size=(1280, 720))
    assert (source.info.fps_hz, source.info.width_px, source.info.height_px, source.info.notes) == (50, 1280, 720, ())
    take = hg.lift(table, fps=50, size=(1280, 720), models=FakeModels())
    assert (take.info.fps_hz, take.info.width_px) == (50, 1280)
    with pytest.raises(ConfigError, match="open_source") as caught:
        hg.lift(source, fps=50)
    assert caught.value.fields == ("fps_hz",)
    for wrong, field in (({"fps": float("nan")}, "fps_hz"), ({"fps": 0}, "fps_hz"), ({"size": (0, 720)}, "size_px")):
        with pytest.raises(ConfigError) as caught:
            hg.open_source(table, **wrong)
        assert caught.value.fields == (field,)
